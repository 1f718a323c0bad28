"""The funnel from candidate features to those of the card, in which every candidate ends with a reason in words.

Steps, in order: no values; near-constant; information value under the floor (over the ceiling: kept, and marked for
review, because leakage looks like that); correlated on WoE with a stronger feature; then backward elimination in the
logit. WoE is larger where risk is smaller, so a coefficient must be negative: one number, z = coefficient / standard
error, judges both sign and significance, and the feature with the largest z leaves first. Removing one can turn the
sign of another, so they leave one at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri
from sklearn.utils.validation import check_is_fitted

from riskbench.core.errors import DataError
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.binning import WoeBinning, target_of
from riskbench.scorecard.logit import Logit, SeparationError, dependent_columns, fit_logit

KEPT, DROPPED = "kept", "dropped"


@dataclass(frozen=True)
class _Limits:
    dominant: float
    floor: float
    ceiling: float
    correlation: float
    p_value: float


def select(
    X: pd.DataFrame,
    y: ArrayLike,
    binning: WoeBinning,
    thresholds: Thresholds | None = None,
    *,
    keep: Iterable[str] = (),
    drop_review: bool = False,
    max_features: int | None = None,
) -> pd.DataFrame:
    """What became of every fitted feature: columns feature, iv, missing_share, distinct, status, review, reason.

    `binning` is fitted on X and y (y: 0/1, 1 = bad). The limits are the green ones of features.dominant_share,
    features.iv_floor, features.iv_ceiling, features.correlation and scorecard.p_value (two-sided). `keep` names
    features that stay whatever is found (only combinations of each other cannot). `drop_review` drops what is over
    the ceiling; `max_features` is the most that may remain. The rows stand in the order of the binning.
    Raises ValueError for names in `keep` that the binning does not have.
    """
    check_is_fitted(binning, "features_")
    target = target_of(X, y)
    forced = set(keep)
    names = list(binning.features_)
    if unknown := forced - set(names):
        raise ValueError(f"keep names {', '.join(sorted(unknown))}, which the binning does not have")
    if max_features is not None and max_features < max(1, len(forced)):
        raise ValueError(f"max_features must be at least 1 and at least the number kept by name, got {max_features}")
    limits = _limits(thresholds or Thresholds())
    facts = _facts(X, binning)
    reasons = _poor_alone(facts, limits, forced)
    review = (facts["iv"] > limits.ceiling) & facts["iv"].notna()
    for name in facts.index[review]:
        if drop_review and name not in forced:
            reasons.setdefault(name, _over_ceiling(float(facts["iv"][name]), limits) + ", and dropped as asked")
    W = binning.transform(X)
    left = [name for name in names if name not in reasons]
    reasons |= _correlated(W[left], facts["iv"], limits, forced)
    left = [name for name in names if name not in reasons]
    reasons |= _eliminated(W[left], target, limits, forced, max_features)
    words = {name: _why_kept(float(facts["iv"][name]), limits, name in forced) for name in names}
    return facts.reset_index(names="feature").assign(
        status=[DROPPED if name in reasons else KEPT for name in names],
        review=review.to_numpy(),
        reason=[reasons.get(name, words[name]) for name in names],
    )


def vif(W: pd.DataFrame) -> pd.Series:
    """Variance inflation factor by column: 1 / (1 − R²) of a column on the others; 1 is best, smaller is better.

    The diagonal of the inverse correlation matrix (Marquardt 1970). NaN for a column without variation, infinite for
    a combination of others. Raises `DataError` without a column: no feature was chosen, and there is no card.

    >>> vif(pd.DataFrame({"a": [1.0, -1.0, 1.0, -1.0], "b": [1.0, 1.0, -1.0, -1.0]})).tolist()
    [1.0, 1.0]
    """
    if not len(W.columns):
        raise DataError(
            "a card needs a feature, and none of the candidates earned a place",
            remedy="bring more rows or other columns; the table of candidates says why each was dropped",
        )
    result = pd.Series(np.nan, index=W.columns, name="vif", dtype=float)
    varying = [str(name) for name in W if np.ptp(W[name].to_numpy(float)) > 0]
    if not varying:
        return result
    correlation = np.atleast_2d(np.corrcoef(W[varying].to_numpy(float), rowvar=False))
    values, vectors = np.linalg.eigh(correlation)
    parts = np.where(vectors**2 > 1e-12, vectors**2, 0.0) / np.maximum(values, 1e-300)
    inflation = parts.sum(axis=1)
    result.loc[varying] = np.where(inflation < 1e10, np.maximum(inflation, 1.0), np.inf)
    return result


def _limits(thresholds: Thresholds) -> _Limits:
    return _Limits(
        thresholds["features.dominant_share"].bound,
        thresholds["features.iv_floor"].bound,
        thresholds["features.iv_ceiling"].bound,
        thresholds["features.correlation"].bound,
        thresholds["scorecard.p_value"].bound,
    )


def _facts(X: pd.DataFrame, binning: WoeBinning) -> pd.DataFrame:
    """Per feature: IV, share of missing values, distinct values, and the share of the most frequent one."""
    rows = []
    for name in binning.features_:
        frequent = X[name].value_counts(dropna=True, sort=False)
        missing = float(X[name].isna().mean())
        top = max(missing, float(frequent.max()) / len(X) if len(frequent) else 0.0)
        rows.append((float(binning.iv_[name]), missing, int((frequent > 0).sum()), top))
    return pd.DataFrame(
        rows, columns=["iv", "missing_share", "distinct", "dominant_share"], index=list(binning.features_)
    )


def _poor_alone(facts: pd.DataFrame, limits: _Limits, forced: set[str]) -> dict[str, str]:
    """Features that are not worth a place whatever the others are."""
    reasons = {}
    for name, fact in facts.iterrows():
        if name in forced:
            continue
        if fact["distinct"] == 0:
            reasons[str(name)] = "no values: every row is missing"
        elif fact["dominant_share"] > limits.dominant:
            reasons[str(name)] = (
                f"near-constant: one value holds {fact['dominant_share']:.1%} of the rows, over {limits.dominant:.1%}"
            )
        elif fact["iv"] < limits.floor:
            reasons[str(name)] = f"IV {fact['iv']:.4f} is under the floor of {limits.floor:g}"
    return reasons


def _correlated(W: pd.DataFrame, iv: pd.Series, limits: _Limits, forced: set[str]) -> dict[str, str]:
    """Features too much like a stronger one that stays; features kept by name count as strongest."""
    ranked = sorted(W.columns, key=lambda name: (name not in forced, -iv[name]))
    with np.errstate(invalid="ignore", divide="ignore"):  # a column kept by name may be constant
        matrix = np.abs(np.nan_to_num(np.atleast_2d(np.corrcoef(W[ranked].to_numpy(float), rowvar=False))))
    stays: list[int] = []
    reasons = {}
    for i, name in enumerate(ranked):
        twin = max(stays, key=lambda j: matrix[i, j], default=None)
        if name not in forced and twin is not None and matrix[i, twin] > limits.correlation:
            reasons[name] = (
                f"WoE correlation {matrix[i, twin]:.3f} with the stronger {ranked[twin]}, over {limits.correlation:g}"
            )
        else:
            stays.append(i)
    return reasons


def _eliminated(
    W: pd.DataFrame, target: np.ndarray, limits: _Limits, forced: set[str], most: int | None
) -> dict[str, str]:
    """Backward elimination in the logit, the largest z first."""
    reasons: dict[str, str] = {}
    varying = [str(name) for name in W if np.ptp(W[name].to_numpy(float)) > 0]
    by_name_first = sorted(varying, key=lambda name: name not in forced)
    for name in dependent_columns(W[by_name_first]):
        reasons[name] = "its WoE is a combination of those of other features"
    enough = float(ndtri(limits.p_value / 2))
    left = [str(name) for name in W if name not in reasons]
    fit: Logit | None = None
    while free := [name for name in left if name not in forced]:
        try:
            fit = fit_logit(W[left], target, start=fit)
        except SeparationError as error:
            guilty = next((name for name in error.features if name in free), None)
            if guilty is None:
                raise
            reasons[guilty] = "separates goods and bads perfectly, so the logit has no estimate: look for leakage"
            left.remove(guilty)
            continue
        z = dict(zip(fit.names, fit.z[1:], strict=True))
        worst = max(free, key=lambda name: z[name])
        too_many = most is not None and len(left) > most
        if z[worst] <= enough and not too_many:
            break
        reasons[worst] = _why_out(fit, worst, z[worst], enough, limits, most)
        left.remove(worst)
    return reasons


def _why_out(fit: Logit, name: str, z: float, enough: float, limits: _Limits, most: int | None) -> str:
    coefficient = fit.slopes[fit.names.index(name)]
    if coefficient > 0:
        return f"wrong sign beside the others: coefficient {coefficient:+.3f}, which must not be positive on WoE"
    if z > enough:
        return f"not significant beside the others: p {2 * ndtr(-abs(z)):.3f}, over {limits.p_value:g}"
    return f"the weakest beside the others (z {z:.2f}) where at most {most} may remain"


def _why_kept(iv: float, limits: _Limits, forced: bool) -> str:
    base = "kept by name" if forced else f"IV {iv:.4f}, significant and of the right sign beside the others"
    return f"{base}; review: {_over_ceiling(iv, limits)}" if iv > limits.ceiling else base


def _over_ceiling(iv: float, limits: _Limits) -> str:
    return f"IV {iv:.4f} is over the ceiling of {limits.ceiling:g}, as leakage would be"


def funnel_checks(funnel: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """How many features were chosen, the largest IV among them, and how many are flagged for review."""
    kept = funnel[funnel["status"] == KEPT]
    best = kept.sort_values("iv", ascending=False, kind="stable").head(1)
    largest = Estimate.missing("no feature was chosen", n=0)
    if len(best):
        largest = Estimate(float(best["iv"].iloc[0]), n=len(kept))
    flagged = Estimate(int(kept["review"].sum()), n=len(kept), method="count")
    return [
        CheckResult("selection.chosen", "Features chosen", Estimate(len(kept), n=len(funnel), method="count")),
        CheckResult(
            "selection.largest_iv",
            f"Largest information value ({', '.join(best['feature']) or 'none'})",
            largest,
            thresholds["features.iv_ceiling"],
        ),
        CheckResult("selection.for_review", "Chosen features flagged as suspiciously strong", flagged),
    ]
