"""Tests of a PD against the number of bads seen: Jeffreys, binomial, χ² over grades, normal test over periods.

From counts, per grade or portfolio: of `n` cases `defaults` went bad. Every test names its null hypothesis and its
sides. A test of one PD carries the observed bad rate as `value`.
"""

from itertools import pairwise
from math import exp, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.special import betainc, chdtrc, ndtr, ndtri

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, counts, part_of, probabilities, same_length, share
from riskbench.metrics.intervals import around, jeffreys_interval


def jeffreys(n: float, defaults: float, pd: float, level: float = LEVEL) -> Estimate:
    """Observed bad rate with Jeffreys interval, and p = F_Beta(D + ½, N − D + ½)(PD); H0: PD applied >= true PD.

    A small p says that the PD applied is too low. Source: ECB, Instructions for reporting the validation results of
    internal models (2019), 2.5.3.1. Raises ValueError unless 0 <= defaults <= n and pd lies in [0, 1].

    >>> round(jeffreys(250, 9, 0.015).p_value, 6)
    0.00844
    """
    rate = jeffreys_interval(defaults, n, level)
    share(pd, "pd")
    if not rate.evaluated:
        return rate
    p = float(betainc(defaults + 0.5, n - defaults + 0.5, pd))
    return Estimate(
        rate.value, rate.lower, rate.upper, level, rate.n, "Jeffreys test, one-sided; Jeffreys interval", p_value=p
    )


def binomial(n: float, defaults: float, pd: float, correlation: float = 0.0, level: float = 0.99) -> Estimate:
    """Observed bad rate, p = P(X >= D) and the critical number of defaults; H0: PD applied >= true PD.

    X is binomial, and with `correlation` ρ > 0 a mixture of binomials over Vasicek's common factor. `critical` is the
    least D with P(X >= D) <= 1 − level (None when even n defaults would not reject). The Jeffreys interval of the rate
    is left out when ρ > 0, because it takes defaults to be independent.
    Source: Basel Committee, Working Paper 14 (2005).

    >>> [binomial(1000, 10, 0.01, correlation=r).critical for r in (0, 0.05, 0.10, 0.15, 0.20)]
    [19.0, 35.0, 49.0, 63.0, 77.0]
    """
    d, whole = part_of(defaults, n, "defaults and n")
    share(pd, "pd")
    share(level, "level", open_interval=True)
    if not 0 <= correlation < 1:
        raise ValueError(f"correlation must lie in [0, 1), got {correlation:g}")
    method = "binomial, one-sided" if not correlation else f"Vasicek binomial, asset correlation {correlation:g}"
    if not whole:
        return Estimate.missing("there are no cases", 0, method)
    low, high = 0, whole + 1  # P(X >= low) > 1 − level >= P(X >= high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _tail(middle, whole, pd, correlation) <= 1 - level else (middle, high)
    rate = jeffreys_interval(d, whole, level)
    return Estimate(
        rate.value,
        lower=None if correlation else rate.lower,
        upper=None if correlation else rate.upper,
        level=level,
        n=whole,
        method=method,
        statistic=float(d),
        p_value=_tail(d, whole, pd, correlation),
        critical=float(high) if high <= whole else None,
    )


def chi2_grades(n: ArrayLike, defaults: ArrayLike, pd: ArrayLike) -> Estimate:
    """Σ (nP − D)²/(nP(1 − P)) over K grades with K degrees of freedom; H0: every grade's PD is its true PD.

    The PDs must not have been fitted on these defaults. A grade without cases is left out.

    >>> round(chi2_grades([100, 200], [2, 10], [0.01, 0.04]).p_value, 6)
    0.465117
    """
    return grouped_chi2(counts(n, "n"), counts(defaults, "defaults"), probabilities(pd), 0, "χ² over grades")


def normal_test(rates: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """Mean bad rate of periods less PD, with z = Σ d/(√T · s) and one-sided p; H0: PD applied >= true PD.

    `pd` is one PD, or one a period. d are the differences of T periods and s their standard deviation. Needs no
    independence within a period, only between periods. Source: Basel Committee, Working Paper 14 (2005).

    >>> e = normal_test([.012, .018, .009, .025, .015], 0.012)
    >>> round(e.statistic, 6), round(e.p_value, 6)
    (1.383878, 0.083198)
    """
    d = probabilities(rates, "rates") - probabilities(np.atleast_1d(pd))
    method = "normal test over periods, one-sided"
    if d.size < 2:
        return Estimate.missing(f"it needs two periods or more, got {d.size}", d.size, method)
    error = float(d.std(ddof=1)) / sqrt(d.size)
    if not np.ptp(d):
        return Estimate.missing("all periods have one rate, so their spread is not known", d.size, method)
    mean = float(d.mean())
    lower, upper = around(mean, error, level, -1.0, 1.0)
    z = mean / error
    return Estimate(mean, lower, upper, level, d.size, method, statistic=z, p_value=float(ndtr(-z)))


def grouped_chi2(n: Floats, defaults: Floats, pd: Floats, fitted: int, method: str) -> Estimate:
    """Σ (nP − D)²/(nP(1 − P)) over groups, (groups − fitted) degrees of freedom; a PD of 0 or 1 says nothing."""
    same_length(n=n, defaults=defaults, pd=pd)
    if (defaults > n).any():
        at = int(np.argmax(defaults > n))
        raise ValueError(f"defaults must not exceed n, got {defaults[at]:g} of {n[at]:g} in group {at + 1}")
    total, variance = int(n.sum()), n * pd * (1 - pd)
    certain = variance == 0
    if (certain & (defaults != n * pd)).any():
        return Estimate.missing("outcomes contradict a PD of exactly 0 or 1", total, method)
    df = int((~certain).sum()) - fitted
    if df < 1:
        return Estimate.missing(f"too few groups: {df + fitted} with a PD inside (0, 1)", total, method)
    value = float(((n * pd - defaults)[~certain] ** 2 / variance[~certain]).sum())
    return Estimate(value, n=total, method=f"{method} ({df})", statistic=value, p_value=float(chdtrc(df, value)))


def _tail(d: int, n: int, pd: float, correlation: float) -> float:
    """P(X >= d) for n loans of one PD, averaged over Vasicek's factor when they are correlated."""
    if d <= 0:
        return 1.0
    if d > n or not correlation or pd in (0, 1):
        return float(betainc(d, n - d + 1, pd)) if d <= n else 0.0
    return _vasicek_tail(d, n, pd, correlation)


def _vasicek_tail(d: int, n: int, pd: float, correlation: float) -> float:
    threshold, load, rest = ndtri(pd), sqrt(correlation), sqrt(1 - correlation)

    def integrand(z: float) -> float:
        conditional = ndtr((threshold + load * z) / rest)
        return float(betainc(d, n - d + 1, conditional)) * _density(z)

    # the binomial tail rises from 0 to 1 around the factor at which the conditional PD is d/n: cut the integral there
    rate = (d - 0.5) / n
    at = (rest * ndtri(rate) - threshold) / load
    width = sqrt(rate * (1 - rate) / n) * rest / load / _density(ndtri(rate))
    reach = 9.0  # standard deviations of the factor: beyond it lies less than 1e-18
    cuts = np.unique(np.clip([-reach, at - 8 * width, at, at + 8 * width, reach], -reach, reach))
    pieces = (quad(integrand, a, b, epsabs=1e-13, epsrel=1e-10)[0] for a, b in pairwise(cuts))
    return float(min(1.0, sum(pieces)))


def _density(z: float) -> float:
    return exp(-z * z / 2) / sqrt(2 * pi)
