"""The card as tables to read: its scale, its coefficients, points to score by hand, and how an example is scored."""

import numpy as np
import pandas as pd

from riskbench.core.results import LEVEL
from riskbench.scorecard.card import BASE, Scorecard
from riskbench.scorecard.reason_texts import ReasonTexts
from riskbench.scorecard.regression.inference import coefficient_table


def scale_told(card: Scorecard) -> str:
    """What a number of points means, in words.

    >>> scale_told(Scorecard())
    '600 points stand for odds of 50 good to one bad; 20 points double the odds.'
    """
    return (
        f"{card.base_score:g} points stand for odds of {card.base_odds:g} good to one bad; "
        f"{card.pdo:g} points double the odds."
    )


def card_coefficients(card: Scorecard, X: pd.DataFrame, y: pd.Series, level: float = LEVEL) -> pd.DataFrame:
    """`coefficient_table` of a card on the X and y (1 = bad) that it was fitted on, with the `iv` of each feature."""
    table = coefficient_table(card.logit_, card.binning_.transform(X), y, level=level)
    return table.assign(iv=table["term"].map(card.binning_.iv_))


def points_sheet(card: Scorecard, texts: ReasonTexts) -> pd.DataFrame:
    """The card to score by hand: feature, points, what the bin means, and the cases, bad rate and WoE they rest on.

    `bin` is the English text of the bin; the bad rate, with Wilson's interval, is that of the development sample.
    """
    bins = card.binning_.features_
    rates = pd.concat([of.table() for of in bins.values()], ignore_index=True)
    table = card.points_table()[["feature", "points"]].assign(bin=texts.table(bins.values())["en"])
    return table.join(rates[["count", "bad_rate", "bad_rate_lower", "bad_rate_upper", "woe"]])


def points_facts(card: Scorecard) -> pd.DataFrame:
    """What the points can do: columns fact, points, where.

    Highest and lowest score are those of bins that development saw, so they can be reached; a rule among the features
    may still keep one person from having all of those bins.
    """
    best, neutral = card.baseline_points("best"), card.baseline_points("neutral")
    features = card.binning_.features_
    seen = {name: points[features[name].cases > 0] for name, points in card.points_.items()}
    worst = np.array([points.min() for points in seen.values()])
    spread = best - worst
    widest = int(np.argmax(spread))
    step, where = _largest_step(card)
    rows = [
        ("highest score that can be reached", card.base_ + int(best.sum()), "every feature in its best bin"),
        ("neutral score", card.base_ + int(neutral.sum()), "every feature at average risk (WoE 0)"),
        ("lowest score that can be reached", card.base_ + int(worst.sum()), "every feature in its worst bin"),
        ("widest feature", int(spread[widest]), list(seen)[widest]),
        ("largest step between neighbouring bins", step, where),
        ("base", card.base_, "points that everybody has"),
    ]
    return pd.DataFrame(rows, columns=["fact", "points", "where"])


def example_table(card: Scorecard, example: pd.Series) -> pd.DataFrame:
    """`Scorecard.explain` with its values as text, and a last row that sums the points and gives the PD."""
    told = card.explain(example).drop(columns="text")
    rows = told.assign(value=[f"{value:g}" if isinstance(value, float) else str(value) for value in told["value"]])
    rows.loc[rows["feature"] == BASE, "value"] = ""
    score = int(rows["points"].sum())
    total = {"feature": "score", "value": f"PD {card.score_to_pd(score):.1%}", "bin": "", "points": score}
    lost = {name: int(rows[name].sum()) for name in ("points_lost", "below_neutral")}
    return pd.concat([rows, pd.DataFrame([total | lost])], ignore_index=True)


def _largest_step(card: Scorecard) -> tuple[int, str]:
    """The largest difference of points between regular bins that touch, and which they are."""
    largest, where = 0, "every feature has one regular bin"
    for name, points in card.points_.items():
        bins = card.binning_.features_[name]
        regular = np.flatnonzero(bins.cases[: bins.regular] > 0)
        steps = np.abs(np.diff(points[regular]))
        if len(steps) and steps.max() > largest:
            largest, at = int(steps.max()), int(np.argmax(steps))
            where = f"{name}: {bins.labels[regular[at]]} and {bins.labels[regular[at + 1]]}"
    return largest, where
