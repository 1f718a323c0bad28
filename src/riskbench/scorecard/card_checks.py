"""The checks that a fitted card must pass: its coefficients, its reasons, its points, and what rounding costs."""

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.discrimination import auc, delong
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.reason_texts import LANGUAGES, ReasonTexts
from riskbench.scorecard.regression.inference import statsmodels_difference


def card_checks(
    card: Scorecard, X: pd.DataFrame, y: pd.Series, example: pd.Series, thresholds: Thresholds, texts: ReasonTexts
) -> list[CheckResult]:
    """Signs, significance, texts of reasons, the sum of an example's points, and agreement with statsmodels.

    X and y (1 = bad) are those that the card was fitted on; `example` is one row of features.
    """
    solver = statsmodels_difference(card.binning_.transform(X), y, card.logit_)
    title = "Largest difference of a coefficient from statsmodels'"
    return [
        *_coefficient_checks(card, len(X), thresholds),
        _texts_lacking(card, texts, thresholds),
        _points_sum_gap(card, example, thresholds),
        CheckResult("champion.solver_difference", title, solver, thresholds["scorecard.equivalence"]),
    ]


def rounding_checks(card: Scorecard, X: pd.DataFrame, y: pd.Series, thresholds: Thresholds) -> list[CheckResult]:
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


def _coefficient_checks(card: Scorecard, n: int, thresholds: Thresholds) -> list[CheckResult]:
    summary = card.summary().query("term != 'intercept'")
    weakest = summary.sort_values("p_value").iloc[-1]
    wrong = Estimate(len(card.sign_violations_), n=len(summary), method="count of coefficients above 0")
    p_value = Estimate(float(weakest["p_value"]), n=n, method="Wald test, two-sided")
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
    ]


def _texts_lacking(card: Scorecard, texts: ReasonTexts, thresholds: Thresholds) -> CheckResult:
    lacking, asked = len(texts.lacking(card.binning_.features_.values())), len(LANGUAGES) * len(card.points_table())
    return CheckResult(
        "champion.reason_texts_lacking",
        "Reason texts that fall back on the data's own names, as a share",
        Estimate(lacking / asked, n=asked, method="share of bins by language"),
        thresholds["scorecard.reason_texts"],
    )


def _points_sum_gap(card: Scorecard, example: pd.Series, thresholds: Thresholds) -> CheckResult:
    frame = pd.DataFrame({name: [example[name]] for name in card.points_})
    gap = float(card.explain(example)["points"].sum() - card.points(frame)[0])
    return CheckResult(
        "champion.points_sum_gap",
        "Sum of the example's points less its score",
        Estimate(abs(gap), n=1),
        thresholds["scorecard.equivalence"],
    )
