"""Means, shares and ratios over applications that count with a weight; intervals are for the sampling of applicants."""

import numpy as np
from numpy.typing import ArrayLike

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Bools, Floats
from riskbench.metrics.intervals import normal_quantile, proportion


def mean(values: ArrayLike, weight: ArrayLike) -> float:
    """The weighted mean; NaN of nobody.

    >>> mean([0.0, 1.0], [3, 1]), mean([], [])
    (0.25, nan)
    """
    x, w = np.asarray(values, float), np.asarray(weight, float)
    return float((x * w).sum() / w.sum()) if len(x) else np.nan


def variance_of_mean(values: ArrayLike, weight: ArrayLike) -> float:
    """The variance of the weighted mean of independent cases, at least two.

    >>> variance_of_mean([0.0, 1.0], [1, 1])  # that of a mean of two: (1/4 + 1/4) / (2 - 1) / 2
    0.25
    """
    x, w = np.asarray(values, float), np.asarray(weight, float)
    return float(((w * (x - mean(x, w))) ** 2).sum() / w.sum() ** 2 * len(x) / (len(x) - 1))


def share(chosen: Bools, weight: Floats) -> Estimate:
    """The part of the whole that is chosen: Wilson's interval where all count the same, else a linearised one."""
    if (weight == weight[0]).all():
        return proportion(int(chosen.sum()), len(chosen))
    method = "weighted share, linearised over the sampling of applicants"
    part = weight * chosen
    sums = part.sum(), weight.sum(), (part**2).sum(), (part * weight).sum(), (weight**2).sum()
    value, lower, upper = (float(x) for x in ratio(*sums, len(chosen)))
    return Estimate(value, max(0.0, lower), min(1.0, upper), LEVEL, len(chosen), method)


def ratio(p: ArrayLike, a: ArrayLike, pp: ArrayLike, pa: ArrayLike, aa: ArrayLike, n: ArrayLike) -> tuple[Floats, ...]:
    """Ratio Σp / Σa with its linearised interval, from the sums of p, a and their products over n applicants.

    Each sum may be a column, for several ratios, and so may `n` where they are over other applicants each.

    Returns value, lower, upper.

    >>> [x.round(3).item() for x in ratio(3.0, 6.0, 5.0, 10.0, 20.0, 2)]  # p = 1, 2 and a = 2, 4: one half, no spread
    [0.5, 0.5, 0.5]
    """
    p, a, pp, pa, aa = (np.asarray(x, dtype=float) for x in (p, a, pp, pa, aa))
    value = p / a
    residuals = np.maximum(pp - 2 * value * pa + value**2 * aa, 0.0)
    number = np.asarray(n, dtype=float)
    reach = normal_quantile(LEVEL) * np.sqrt(residuals * (number / np.maximum(number - 1, 1))) / a
    return value, value - reach, value + reach
