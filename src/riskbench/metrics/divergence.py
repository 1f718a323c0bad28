"""One divergence behind IV, PSI and CSI: how far apart two distributions over the same cells lie.

D(a, b) = Σ (a − b) ln(a / b) with shares a and b. Between good and bad it is the information value; between
development and now it is the population stability index of a score, or the characteristic stability index of a feature.
A cell empty on one side only counts as half an observation there; a cell empty on both sides says nothing and is left
out. The cells must be frozen beforehand: cells cut on the pooled sample hide the very shift that is looked for.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, chdtri, chndtr, chndtrinc

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, counts, same_length, share

EMPTY_CELL = 0.5  # observations


def contributions(a: ArrayLike, b: ArrayLike) -> Floats:
    """(a − b) ln(a / b) of each cell, from two count columns of one length; symmetric and never negative.

    >>> contributions([50, 50, 0], [50, 50, 0]).tolist()
    [0.0, 0.0, 0.0]
    """
    first, second = counts(a, "the first counts"), counts(b, "the second counts")
    same_length(first=first, second=second)
    filled = (first > 0) | (second > 0)
    shares_a, shares_b = (np.where(c > 0, c, EMPTY_CELL) / (c.sum() or 1.0) for c in (first, second))
    return np.where(filled, (shares_a - shares_b) * np.log(shares_a / shares_b), 0.0)


def psi(expected_counts: ArrayLike, actual_counts: ArrayLike, level: float = LEVEL, *, method: str = "PSI") -> Estimate:
    """Population stability index with its size-aware test; H0: both samples are drawn from one distribution.

    Under H0 PSI / (1/n + 1/m) is about χ² with (cells − 1) degrees of freedom: `statistic` is that ratio, `critical`
    the PSI that chance alone exceeds with probability 1 − level. The interval inverts the noncentral χ², so that what
    chance adds to every PSI is taken off; it is widened to hold the value. Smaller is more stable; `n`
    counts the actual cases. Source: Yurdakul and Naranjo, Journal of Risk Model Validation 14(4), 2020.

    >>> e = psi([253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6])
    >>> round(e.value, 6), round(e.critical, 6)
    (0.067693, 0.025183)
    """
    share(level, "level", open_interval=True)
    cells = contributions(expected_counts, actual_counts)
    expected, actual = np.asarray(expected_counts, dtype=float), np.asarray(actual_counts, dtype=float)
    n, m = expected.sum(), actual.sum()
    df = int(((expected > 0) | (actual > 0)).sum()) - 1
    if not (n and m):
        return Estimate.missing("one of the two samples is empty", int(m), method)
    if df < 1:
        return Estimate.missing("it needs two cells with cases", int(m), method)
    value, unit = float(cells.sum()), float(1 / n + 1 / m)
    statistic = value / unit
    lower = unit * _noncentrality(statistic, df, (1 + level) / 2)
    # a sample that agrees better than chance would does not prove more than one that agrees as chance would
    upper = max(value, unit * _noncentrality(max(statistic, df), df, (1 - level) / 2))
    return Estimate(
        value,
        lower,
        upper,
        level=level,
        n=int(m),
        method=f"{method}; an empty cell counts as half an observation; Yurdakul and Naranjo (2020)",
        statistic=statistic,
        p_value=float(chdtrc(df, statistic)),
        critical=unit * float(chdtri(df, 1 - level)),
    )


def csi(expected_counts: ArrayLike, actual_counts: ArrayLike, level: float = LEVEL) -> Estimate:
    """Characteristic stability index: `psi` over the frozen bins of one feature."""
    return psi(expected_counts, actual_counts, level, method="CSI")


def iv(good_counts: ArrayLike, bad_counts: ArrayLike, level: float = LEVEL) -> Estimate:
    """Information value: Σ (share of good − share of bad) · WoE over the bins of one feature; larger separates more.

    Test and interval are those of `psi`, with H0: the feature says nothing about the outcome.

    >>> round(iv([80, 20], [40, 60]).value, 6)  # .4 ln 2 + .4 ln 3
    0.716704
    """
    result = psi(bad_counts, good_counts, level, method="IV")
    return replace(result, n=int(np.sum(good_counts) + np.sum(bad_counts)))


def _noncentrality(statistic: float, df: int, probability: float) -> float:
    """The λ with P(χ²(df, λ) <= statistic) = probability, or 0 when even λ = 0 lies beyond."""
    if chndtr(statistic, df, 0.0) <= probability:
        return 0.0
    return float(chndtrinc(statistic, df, probability))
