"""Whether PDs are as large as they say, case by case: Brier, Spiegelhalter, Hosmer–Lemeshow, the calibration line.

Every test names its null hypothesis and its sides, and carries its statistic as `value`.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, expit, logit, ndtr, xlogy

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, cases, lacks_a_class
from riskbench.metrics.intervals import around
from riskbench.metrics.pd_tests import grouped_chi2


def brier(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """Brier score: mean of (pd − y)², in [0, 1]; smaller is better. The interval is that of a mean.

    >>> round(brier([0, 0, 1, 0, 1, 1, 0, 1, 1, 0], [.1, .2, .3, .4, .5, .6, .7, .8, .9, .05]).value, 5)
    0.16525
    """
    bad, f = cases(y, pd)
    if not bad.size:
        return Estimate.missing("there are no cases", 0, "Brier score")
    errors = (f - bad) ** 2
    value = float(errors.mean())
    if bad.size < 2:
        return Estimate(value, n=1, method="Brier score")
    lower, upper = around(value, float(errors.std(ddof=1)) / sqrt(bad.size), level, 0.0, 1.0)
    return Estimate(value, lower, upper, level, bad.size, "Brier score; normal interval of a mean")


def spiegelhalter(y: ArrayLike, pd: ArrayLike) -> Estimate:
    """Spiegelhalter's Z = (BS − E)/√V with a two-sided p; H0: every PD is the true probability.

    E = mean f(1−f), V = Σ f(1−f)(1−2f)²/n². Positive: outcomes are further from the PDs than the PDs themselves
    allow. Source: Spiegelhalter, Statistics in Medicine 5 (1986).

    >>> e = spiegelhalter([0, 0, 1, 0, 1, 1, 0, 1, 1, 0], [.1, .2, .3, .4, .5, .6, .7, .8, .9, .05])
    >>> round(e.statistic, 6), round(e.p_value, 5)
    (-0.075497, 0.93982)
    """
    bad, f = cases(y, pd)
    method = "Spiegelhalter Z, two-sided"
    if not bad.size:
        return Estimate.missing("there are no cases", 0, method)
    spread = f * (1 - f)
    variance = float((spread * (1 - 2 * f) ** 2).sum()) / bad.size**2
    if not variance:
        return Estimate.missing("its variance is zero: all PDs are 0, ½ or 1", bad.size, method)
    z = float(((f - bad) ** 2).mean() - spread.mean()) / sqrt(variance)
    return Estimate(z, n=bad.size, method=method, statistic=z, p_value=float(2 * ndtr(-abs(z))))


def hosmer_lemeshow(y: ArrayLike, pd: ArrayLike, groups: int = 10, in_sample: bool = False) -> Estimate:
    """Hosmer and Lemeshow's χ² over quantile groups of the PD; H0: the PDs are right in every group.

    Σ (O − E)²/(E(1 − E/n)), with G − 2 degrees of freedom on the sample the model was fitted on (`in_sample`) and G
    on any other. Equal PDs stay in one group, so that G can be smaller than asked for and row order does not matter.
    Source: Hosmer and Lemeshow (1980); Hosmer, Lemeshow and Sturdivant (2013), 5.2.2.
    """
    if groups < 2:
        raise ValueError(f"groups must be 2 or more, got {groups}")
    bad, f = cases(y, pd)
    method = f"Hosmer–Lemeshow, {'in sample, G − 2' if in_sample else 'out of sample, G'} degrees of freedom"
    if not bad.size:
        return Estimate.missing("there are no cases", 0, method)
    edges = np.unique(np.quantile(f, np.arange(1, groups) / groups))
    group = np.searchsorted(edges, f, side="left")
    n, defaults, expected = (np.bincount(group, weights).astype(float) for weights in (np.ones_like(f), bad, f))
    used = n > 0
    return grouped_chi2(n[used], defaults[used], expected[used] / n[used], 2 if in_sample else 0, method)


@dataclass(frozen=True)
class CalibrationLine:
    """Intercept and slope of logit P(bad) = a + b · logit(pd), and the likelihood-ratio test of a = 0 and b = 1."""

    intercept: Estimate
    slope: Estimate
    test: Estimate


def calibration_line(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> CalibrationLine:
    """Fit the outcomes on the log-odds of the PD by maximum likelihood; ideal: intercept 0 and slope 1.

    Slope below 1: PDs too extreme; above 1: too timid. Wald intervals; the p-values of the two estimates are two-sided
    with H0 a = 0 and H0 b = 1, that of `test` has 2 degrees of freedom. Source: Cox, Biometrika 45 (1958).

    >>> line = calibration_line([0, 0, 1, 0, 1, 1, 0, 1, 1, 0], [.1, .2, .3, .4, .5, .6, .7, .8, .9, .05])
    >>> round(line.slope.value, 4), round(line.test.p_value, 4)
    (1.169, 0.9159)
    """
    bad, f = cases(y, pd)
    if reason := lacks_a_class(bad) or no_line(bad, f):
        nothing = Estimate.missing(reason, bad.size, "calibration line")
        return CalibrationLine(nothing, nothing, nothing)
    X = np.column_stack([np.ones(f.size), logit(f)])
    beta, information = fit_line(X, bad)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    intercept, slope = (_wald(float(beta[i]), float(errors[i]), float(i), bad.size, level) for i in (0, 1))
    ratio = max(0.0, 2 * (_log_likelihood(bad, expit(X @ beta)) - _log_likelihood(bad, f)))
    test = Estimate(
        ratio, n=bad.size, method="likelihood ratio, χ² with 2 df", statistic=ratio, p_value=float(chdtrc(2, ratio))
    )
    return CalibrationLine(intercept, slope, test)


def _wald(value: float, error: float, null: float, n: int, level: float) -> Estimate:
    z = (value - null) / error
    lower, upper = around(value, error, level, -np.inf, np.inf)
    method = f"logistic regression on logit(pd); Wald, two-sided against {null:g}"
    return Estimate(value, lower, upper, level, n, method, statistic=z, p_value=float(2 * ndtr(-abs(z))))


def no_line(bad: np.ndarray, f: Floats) -> str:
    """Why the maximum-likelihood line does not exist, or an empty string."""
    if f.min() == 0 or f.max() == 1:
        return "a PD of exactly 0 or 1 has no log-odds"
    if f.min() == f.max():
        return "all PDs are equal, so a slope is not defined"
    if f[bad].min() >= f[~bad].max() or f[bad].max() <= f[~bad].min():
        return "the PD separates bad from good perfectly, so the slope is infinite"
    return ""


def fit_line(X: np.ndarray, bad: np.ndarray) -> tuple[Floats, Floats]:
    """Newton's method from (0, 1), halving a step that lowers the likelihood; coefficients and information X'WX."""
    beta, step, best = np.array([0.0, 1.0]), np.zeros(2), -np.inf
    while True:
        p = expit(X @ (beta + step))
        likelihood = _log_likelihood(bad, p)
        if likelihood >= best:
            beta, best = beta + step, likelihood
            information = (X * (p * (1 - p))[:, None]).T @ X
            step = np.linalg.solve(information, X.T @ (bad - p))
        else:
            step = step / 2
        if np.abs(step).max() < 1e-11 * max(1.0, np.abs(beta).max()):
            return beta, information


def _log_likelihood(bad: np.ndarray, p: Floats) -> float:
    return float(xlogy(bad, p).sum() + xlogy(~bad, 1 - p).sum())
