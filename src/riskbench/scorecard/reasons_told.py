"""What customers are told of their score: reasons in words, row by row and in a letter, and which come first."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskbench.scorecard.card import Baseline, Scorecard
from riskbench.scorecard.reason_texts import LANGUAGES, Language, ReasonTexts

LETTER: dict[Language, dict[str, str]] = {
    "en": {
        "lead": "The score is held down by: ",
        "none": "No reason: every feature earns the most it can.",
        "mark": ". ",
        "and": "; ",
        "end": ".",
    },
    "zh": {"lead": "影响评分的主要原因：", "none": "无：各项均已达到最高分。", "mark": "．", "and": "；", "end": "。"},
}


def told_reasons(
    card: Scorecard,
    X: pd.DataFrame,
    texts: ReasonTexts,
    language: Language = "en",
    *,
    n: int = 4,
    baseline: Baseline = "best",
) -> pd.DataFrame:
    """`Scorecard.reasons` in words: the text of the bin that each row is in, None where there is no reason."""
    bins, features = card.binning_.bins(X), card.binning_.features_
    words = {
        name: np.array([texts.text(of, at, language) for at in range(len(of.labels))], dtype=object)[bins[name]]
        for name, of in features.items()
    }
    told = card.reasons(X, n, baseline)
    for name, text in words.items():
        told = told.mask(told == name, pd.Series(text, index=X.index), axis=0)
    return told


def reasons_of_bins(card: Scorecard, bins: Mapping[str, int], n: int = 4) -> list[tuple[str, int]]:
    """The reasons of somebody in these bins, one a feature of the card: feature and bin, most points lost first.

    As `Scorecard.reasons`, for somebody of whom no values are known; against the best bin seen when fitted. Raises
    ValueError where a feature has no bin.
    """
    if absent := [name for name in card.points_ if name not in bins]:
        raise ValueError(f"bins must hold one of each feature of the card, got none of {', '.join(absent)}")
    best = dict(zip(card.points_, card.baseline_points("best"), strict=True))
    lost = {name: int(best[name] - card.points_[name][at]) for name, at in bins.items() if name in best}
    ordered = sorted(card.points_, key=lambda name: -lost[name])
    return [(name, bins[name]) for name in ordered[:n] if lost[name] > 0]


def letter(card: Scorecard, row: pd.Series, texts: ReasonTexts, language: Language = "en", n: int = 4) -> str:
    """The reasons of one application as a letter would list them: numbered, most points lost first."""
    X = pd.DataFrame({name: [row[name]] for name in card.points_})
    told = [text for text in told_reasons(card, X, texts, language, n=n).iloc[0] if text is not None]
    words = LETTER[language]
    if not told:
        return words["none"]
    listed = words["and"].join(f"{rank}{words['mark']}{text}" for rank, text in enumerate(told, 1))
    return f"{words['lead']}{listed}{words['end']}"


def reason_table(card: Scorecard, texts: ReasonTexts) -> pd.DataFrame:
    """Every bin with what a customer would be told: feature, bin, points, points_lost, below_neutral, en, zh."""
    table = texts.table(card.binning_.features_.values())
    points = np.concatenate(list(card.points_.values()))
    sizes = [len(of) for of in card.points_.values()]
    best, neutral = (np.repeat(card.baseline_points(name), sizes) for name in ("best", "neutral"))
    losses = {
        "points": points,
        "points_lost": np.maximum(best - points, 0),
        "below_neutral": np.maximum(neutral - points, 0),
    }
    return table.assign(**losses)[["feature", "bin", *losses, *LANGUAGES]]


def reason_overview(card: Scorecard, X: pd.DataFrame, texts: ReasonTexts) -> pd.DataFrame:
    """One row a feature: how often it is the first reason, by either baseline, and what its costliest bin is called.

    `text` is in every language. The last row, `none`, counts the applications without a reason.
    """
    shares = {
        f"first_by_{baseline}": card.reasons(X, 1, baseline)["reason_1"].fillna("none").value_counts(normalize=True)
        for baseline in ("best", "neutral")
    }
    told = reason_table(card, texts)
    seen = np.concatenate([of.cases > 0 for of in card.binning_.features_.values()])
    costliest = told[seen].sort_values("points_lost", ascending=False, kind="stable").drop_duplicates("feature")
    text = costliest[list(LANGUAGES)].agg(" · ".join, axis=1)
    rows = costliest.assign(text=text).set_index("feature")[["points_lost", "text"]]
    table = pd.DataFrame(shares).reindex([*card.points_, "none"], fill_value=0.0).fillna(0.0).join(rows)
    table = table.rename_axis("feature").reset_index()
    order = np.lexsort((-table["first_by_best"], table["feature"] == "none"))
    return table.iloc[order].reset_index(drop=True)
