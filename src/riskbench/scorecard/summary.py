"""What a card does to applications, in a few tables, and the checks that a card must pass."""

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import moved
from riskbench.metrics.discrimination import auc, delong
from riskbench.scorecard.card import BASE, Scorecard
from riskbench.scorecard.reasons import LANGUAGES, ReasonTexts
from riskbench.scorecard.regression.inference import statsmodels_difference

CARRIED = ["application", "month", "sample", "label", "y"]  # what every table of scores says of an application


def score_table(
    card: Scorecard, applications: pd.DataFrame, features: pd.DataFrame, shift: float = 0.0
) -> pd.DataFrame:
    """One row an application: pseudonym, month, sample, label, y, PDs and score.

    `pd` is at the bad rate of the data, to be compared with y; `pd_applied` is what the card says and the policy uses.
    They are one unless the card was moved by `shift` to the bad rate of the population.
    """
    inputs = features[list(card.points_)]
    applied = card.predict_proba(inputs)[:, 1]
    return applications[CARRIED].assign(pd=moved(applied, -shift), pd_applied=applied, score=card.points(inputs))


def score_distribution(scores: pd.DataFrame, width: int = 10) -> pd.DataFrame:
    """Goods and bads by band of `width` points: columns score (lower edge), good, bad. Only labelled rows count."""
    labelled = scores[scores["y"].notna()]
    lower = (labelled["score"] // width * width).astype(int)
    edges = np.arange(lower.min(), lower.max() + width, width)
    counts = {
        name: lower[labelled["y"] == value].value_counts().reindex(edges, fill_value=0).to_numpy()
        for name, value in (("good", 0), ("bad", 1))
    }
    return pd.DataFrame({"score": edges} | counts)


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


def _largest_step(card: Scorecard) -> tuple[int, str]:
    """The largest difference of points between regular bins that touch, and which they are."""
    largest, where = 0, "every feature has one regular bin"
    for name, points in card.points_.items():
        bins = card.binning_.features_[name]
        regular = np.flatnonzero(bins.cases[: len(bins.labels) - len(bins.coding.specials) - 1] > 0)
        steps = np.abs(np.diff(points[regular]))
        if len(steps) and steps.max() > largest:
            largest, at = int(steps.max()), int(np.argmax(steps))
            where = f"{name}: {bins.labels[regular[at]]} and {bins.labels[regular[at + 1]]}"
    return largest, where


def rounding_loss(card: Scorecard, X: pd.DataFrame, y: pd.Series, thresholds: Thresholds) -> list[CheckResult]:
    """What whole points cost against the exact log odds: in points, in AUC (with DeLong's interval), and in PD."""
    exact, score = card.predict_proba(X)[:, 1], card.points(X)
    signed = float((score - card.exact_score(X)).mean())
    gaps = np.abs(card.score_to_pd(score) - exact)
    method = "mean and largest absolute difference"
    pd_gap = Estimate(float(gaps.mean()), upper=float(gaps.max()), n=len(X), method=method)
    return [
        CheckResult(
            "champion.rounding_error",
            "Points by which rounding moves a score, on average",
            card.rounding_error(X),
            thresholds["scorecard.points_error"],
        ),
        CheckResult(
            "champion.rounding_bias",
            "Points by which rounding raises (+) or lowers (−) scores, on average",
            Estimate(signed, n=len(X), method="mean of the score less the exact score"),
        ),
        CheckResult("champion.auc_exact.development", "AUC of the exact score", auc(y, exact)),
        CheckResult("champion.auc_points.development", "AUC of whole points", auc(y, -score)),
        CheckResult(
            "champion.rounding_auc",
            "AUC lost to rounding",
            delong(y, exact, -score),
            thresholds["scorecard.rounding_auc"],
        ),
        CheckResult("champion.rounding_pd", "PD moved by rounding, on average", pd_gap),
    ]


def example_table(card: Scorecard, example: pd.Series) -> pd.DataFrame:
    """`Scorecard.explain` with its values as text, and a last row that sums the points and gives the PD."""
    told = card.explain(example).drop(columns="text")
    rows = told.assign(value=[f"{value:g}" if isinstance(value, float) else str(value) for value in told["value"]])
    rows.loc[rows["feature"] == BASE, "value"] = ""
    score = int(rows["points"].sum())
    total = {"feature": "score", "value": f"PD {card.score_to_pd(score):.1%}", "bin": "", "points": score}
    lost = {name: int(rows[name].sum()) for name in ("points_lost", "below_neutral")}
    return pd.concat([rows, pd.DataFrame([total | lost])], ignore_index=True)


def card_checks(
    card: Scorecard, X: pd.DataFrame, y: pd.Series, example: pd.Series, thresholds: Thresholds, texts: ReasonTexts
) -> list[CheckResult]:
    """Signs, significance, texts of reasons, the sum of an example's points, and agreement with statsmodels."""
    summary = card.summary().query("term != 'intercept'")
    weakest = summary.sort_values("p_value").iloc[-1]
    lacking, told_of = len(texts.lacking(card.binning_.features_.values())), len(LANGUAGES) * len(card.points_table())
    told = card.explain(example)
    frame = pd.DataFrame({name: [example[name]] for name in card.points_})
    gap = float(told["points"].sum() - card.points(frame)[0])
    p_value = Estimate(float(weakest["p_value"]), n=len(X), method="Wald test, two-sided")
    wrong = Estimate(len(card.sign_violations_), n=len(summary), method="count of coefficients above 0")
    return [
        CheckResult(
            "champion.sign_violations",
            "Coefficients with the wrong sign",
            wrong,
            thresholds["scorecard.sign_violations"],
        ),
        CheckResult(
            "champion.largest_p_value",
            f"Largest p-value of a coefficient ({weakest['term']})",
            p_value,
            thresholds["scorecard.p_value"],
        ),
        CheckResult(
            "champion.reason_texts_lacking",
            "Reason texts that fall back on the data's own names, as a share",
            Estimate(lacking / told_of, n=told_of, method="share of bins by language"),
            thresholds["scorecard.reason_texts"],
        ),
        CheckResult(
            "champion.points_sum_gap",
            "Sum of the example's points less its score",
            Estimate(abs(gap), n=1),
            thresholds["scorecard.equivalence"],
        ),
        CheckResult(
            "champion.solver_difference",
            "Largest difference of a coefficient from statsmodels'",
            statsmodels_difference(card.binning_.transform(X), y, card.logit_),
            thresholds["scorecard.equivalence"],
        ),
    ]
