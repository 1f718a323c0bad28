"""AUCs of samples that share no case: how far two lie apart, whether several differ, whether they fall over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, risks
from riskbench.metrics.discrimination import auc, auc_error
from riskbench.metrics.intervals import around

HETEROGENEITY, TREND = "Cochran's Q of AUCs with DeLong's variances", "weighted line through AUCs; one-sided"
NO_ERROR = "the standard error of an AUC is zero or not known"


@dataclass(frozen=True)
class Area:
    """The AUC of one sample of `n` cases with DeLong's standard error; without them, why (`reason`).

    >>> Area.of([0, 0, 1, 1], [.1, .2, .15, .4]).value, Area.of([0, 0], [.1, .2]).reason
    (0.75, 'it needs bad and good cases, and all 2 are good')
    """

    value: float | None
    error: float | None
    n: int
    reason: str = ""

    @classmethod
    def of(cls, y: ArrayLike, pd: ArrayLike) -> "Area":
        """Labels (1 = bad) and risks of the cases of one sample. Raises ValueError as `auc` does."""
        found, error = auc(y, pd), auc_error(y, pd)
        return cls(found.value, error or None, found.n or 0, found.reason or ("" if error else NO_ERROR))


def auc_gap(first: Area, second: Area, level: float = LEVEL) -> Estimate:
    """AUC of `first` less AUC of `second`, two samples without a common case: the variances add up.

    Two-sided p, H0: the two are equal. Source: Hanley and McNeil, Radiology 143 (1982).

    >>> gap = auc_gap(Area(0.75, 0.02, 100), Area(0.70, 0.02, 100))  # error .02 √2
    >>> f"{gap.value:.3f} {gap.lower:.4f} {gap.upper:.4f} {gap.statistic:.3f}"
    '0.050 -0.0054 0.1054 1.768'
    """
    n, method = first.n + second.n, "difference of independent AUCs; DeLong's variances"
    if first.value is None or second.value is None or first.error is None or second.error is None:
        return Estimate.missing(first.reason or second.reason or NO_ERROR, n, method)
    gap, error = first.value - second.value, sqrt(first.error**2 + second.error**2)
    lower, upper = around(gap, error, level, -1.0, 1.0)
    z = gap / error
    return Estimate(gap, lower, upper, level, n, method, statistic=z, p_value=float(2 * ndtr(-abs(z))))


def auc_heterogeneity(areas: Sequence[Area]) -> Estimate:
    """Q = Σ (A_k − Ā)²/s_k² with Ā weighted by 1/s_k², χ² with K − 1 degrees of freedom; H0: all K AUCs are equal.

    The variances are taken as known, so that each sample should hold some tens of bad and of good cases; one without
    a standard error takes no part. Source: Cochran, Biometrics 10 (1954).

    >>> q = auc_heterogeneity([Area(x, 0.02, 100) for x in (0.72, 0.70, 0.62)])
    >>> f"{q.statistic:.2f} {q.p_value:.4f}"  # about the mean .68: (.04² + .02² + .06²)/.02² = 14
    '14.00 0.0009'
    """
    values, errors = _known(areas)
    n = sum(area.n for area in areas)
    if len(values) < 2:
        return Estimate.missing(f"it needs two parts whose AUC has a standard error, got {len(values)}", n)
    weights = errors**-2
    q = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    df = len(values) - 1
    method = f"{HETEROGENEITY}, {df} degree{'s' * (df > 1)} of freedom"
    return Estimate(q, n=n, method=method, statistic=q, p_value=float(chdtrc(df, q)))


def auc_trend(areas: Sequence[Area], at: ArrayLike, level: float = LEVEL) -> Estimate:
    """Slope of a line through AUCs over `at` (time), weighted by 1/s²; one-sided p, H0: the AUC does not fall.

    The variances are taken as known, so that two periods suffice. A small p says that the model separates less well as
    time goes on. Raises ValueError unless there is one time an AUC.

    >>> slope = auc_trend([Area(x, 0.02, 100) for x in (0.74, 0.72, 0.70)], [0, 1, 2])
    >>> f"{slope.value:.3f} {slope.statistic:.3f} {slope.p_value:.4f}"  # error .02/√2 of the slope −.02
    '-0.020 -1.414 0.0786'
    """
    times = risks(at, "at")
    if times.size != len(areas):
        raise ValueError(f"at must hold one time an AUC, got {times.size} for {len(areas)}")
    values, errors = _known(areas)
    times = times[np.array([area.error is not None for area in areas], dtype=bool)]
    n = sum(area.n for area in areas)
    if len(set(times.tolist())) < 2:
        return Estimate.missing(f"it needs two periods whose AUC has a standard error, got {len(values)}", n, TREND)
    weights = errors**-2
    away = times - np.average(times, weights=weights)
    spread = float((weights * away**2).sum())
    slope, error = float((weights * away * values).sum()) / spread, 1 / sqrt(spread)
    lower, upper = around(slope, error, level, -np.inf, np.inf)
    z = slope / error
    return Estimate(slope, lower, upper, level, n, TREND, statistic=z, p_value=float(ndtr(z)))


def _known(areas: Sequence[Area]) -> tuple[Floats, Floats]:
    """Values and standard errors of the AUCs that have both."""
    known = [(area.value, area.error) for area in areas if area.error is not None]
    found = np.array(known, dtype=float).reshape(-1, 2)
    return found[:, 0], found[:, 1]
