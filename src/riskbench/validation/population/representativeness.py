"""Representativeness: is the card used on those that it was built for.

Two comparisons, on bins frozen at development. The holdout against development asks whether those who apply have
changed. The holdout against the labelled of development asks whether the card was fitted on a part of those only: who
was declined, or never booked, taught it nothing. A figure by the convention stands beside the value that chance alone
exceeds at its size. What no single feature shows, a model that tries to tell the two samples apart may.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench import metrics
from riskbench.core.results import CheckResult, Estimate
from riskbench.metrics.multiple_tests import holm
from riskbench.scorecard.stability import psi_of_columns
from riskbench.validation.population.applicants import Applicants, largest

PSI_KEY = "monitoring.psi"
SCORE = "score"
ALL_LABELLED = "all of development is labelled: of those who were never lent to, the study holds nobody"
COLUMNS = ["feature", "psi", "critical", "p_holm", "status", "fitted_psi", "fitted_critical"]
Moved = Mapping[str, Estimate]


def movements(applicants: Applicants, bands: int = 10) -> tuple[Moved, Moved]:
    """PSI of the score, over `bands` bands, and of each feature: holdout against development, and against the fitted.

    The second is missing where all of development is labelled: the two are one then, and what lies beyond is not known.
    Raises ValueError where development holds nobody, or nobody with a label.
    """
    codes = applicants.bands(bands).join(applicants.bins)
    since = psi_of_columns(codes, applicants.developing, applicants.judged)
    if (applicants.fitted == applicants.developing).all():
        return since, {name: Estimate.missing(ALL_LABELLED, e.n) for name, e in since.items()}
    return since, psi_of_columns(codes, applicants.fitted, applicants.judged)


def movement_table(since: Moved, since_fitted: Moved, applicants: Applicants) -> pd.DataFrame:
    """One row for the score, then one a feature, the one that moved most first.

    `psi`, `critical` and `p_holm` (for all rows together) against development, `status` by the convention;
    `fitted_psi` and its critical value against those that the card was fitted on.
    """
    limit = applicants.thresholds[PSI_KEY]
    status = [CheckResult(name, name, e, limit).status for name, e in since.items()]
    rows = [
        (name, e.value, e.critical, e.p_value, light, since_fitted[name].value, since_fitted[name].critical)
        for (name, e), light in zip(since.items(), status, strict=True)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["p_holm"] = holm(table["p_holm"].astype(float))
    order = np.lexsort((-table["psi"].astype(float).fillna(-1.0), table["feature"] != SCORE))
    return table.iloc[order].reset_index(drop=True)


def movement_checks(since: Moved, since_fitted: Moved, applicants: Applicants) -> list[CheckResult]:
    """The score and the feature that moved most, since development and since what the card was fitted on."""
    sample, limit = applicants.sample, applicants.thresholds[PSI_KEY]
    (moved, most), (off, farthest) = _largest(since), _largest(since_fitted)
    return [
        CheckResult(f"score.psi.{sample}", "PSI of the score, from development", since[SCORE], limit),
        CheckResult(f"features.largest_csi.{sample}", f"Largest CSI from development{moved}", most, limit),
        CheckResult(
            f"score.psi_from_fitted.{sample}",
            "PSI of the score, from those that the card was fitted on",
            since_fitted[SCORE],
            limit,
        ),
        CheckResult(
            f"features.largest_csi_from_fitted.{sample}",
            f"Largest CSI from those that the card was fitted on{off}",
            farthest,
            limit,
        ),
    ]


def two_sample_check(applicants: Applicants, seed: int = 0) -> CheckResult:
    """`applicants.two_sample_auc.<holdout>`: how well a model tells the holdout from development by the card's bins.

    Bins and not values, because what moves within a bin is nothing to the card.
    """
    compared = applicants.developing | applicants.judged
    half = applicants.halves(seed)[compared]
    value = two_sample_auc(applicants.bins[compared], applicants.judged[compared], half, seed)
    return CheckResult(
        f"applicants.two_sample_auc.{applicants.sample}",
        "AUC by which a model tells the holdout from development",
        value,
        applicants.thresholds["population.two_sample_auc"],
    )


def two_sample_auc(codes: pd.DataFrame, later: ArrayLike, half: ArrayLike, seed: int = 0) -> Estimate:
    """AUC by which boosted trees, fitted on the rows of `half`, tell the later from the others; .5 is chance.

    `codes` holds whole numbers, a bin each; `later` and `half` are booleans by row. The interval is DeLong's. Missing
    where a half lacks one of the samples. Source: Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests (2017).

    >>> x = np.arange(400) % 4
    >>> two_sample_auc(pd.DataFrame({"x": x}), x > 1, np.arange(400) < 200).value
    1.0
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    is_later, learning = np.asarray(later, dtype=bool), np.asarray(half, dtype=bool)
    method = "boosted trees, learned on one half of the customers and judged on the other; DeLong"
    if any(len(np.unique(is_later[part])) < 2 for part in (learning, ~learning)):
        return Estimate.missing("it takes applications of both samples in each half", len(is_later), method)
    model = HistGradientBoostingClassifier(max_iter=40, early_stopping=False, random_state=seed)
    told = model.fit(codes[learning].to_numpy(), is_later[learning]).predict_proba(codes[~learning].to_numpy())[:, 1]
    found = metrics.auc(is_later[~learning], told)
    return Estimate(found.value, found.lower, found.upper, found.level, found.n, method)


def _largest(moved: Moved) -> tuple[str, Estimate]:
    values = {name: e.value for name, e in moved.items() if name != SCORE and e.value is not None}
    if not values:
        return "", Estimate.missing(moved[SCORE].reason or "no feature could be compared")
    name = largest(values)
    return f" of {len(values)} features: {name}", moved[name]
