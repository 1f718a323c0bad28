"""What a figure is over cards built again: its mean, and how far that mean may lie from that of endlessly many."""

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.intervals import normal_quantile


def mean_over(values: ArrayLike, n: int, what: str = "builds") -> Estimate:
    """The mean of one value a build, with Student's interval; `n` is the number of cases behind each value.

    The interval says how exact the number of builds makes the mean, not where the next build will lie. One build has
    none, and no build gives `Estimate.missing`.

    >>> mean_over([0.1, 0.3], 500).value
    0.2
    """
    found = np.asarray(values, dtype=float)
    if not found.size:
        return Estimate.missing("nothing was built again", n)
    mean, method = float(found.mean()), f"mean of {found.size} {what}; Student's interval of the mean"
    if found.size < 2:
        return Estimate(mean, n=n, method=f"one of the {what}, so no interval")
    reach = float(stdtrit(found.size - 1, (1 + LEVEL) / 2)) * float(found.std(ddof=1)) / sqrt(found.size)
    return Estimate(mean, mean - reach, mean + reach, LEVEL, n, method)


def share_over(values: ArrayLike, n: int, what: str = "builds") -> Estimate:
    """As `mean_over`, for shares: the interval is kept within 0 and 1."""
    mean = mean_over(values, n, what)
    if mean.lower is None or mean.upper is None:
        return mean
    return Estimate(mean.value, max(0.0, mean.lower), min(1.0, mean.upper), LEVEL, n, mean.method)


def jackknife(statistic: Callable[[Sequence[int]], float], builds: int, n: int, method: str) -> Estimate:
    """A statistic of all builds with the interval of the jackknife, which leaves out one build at a time.

    `statistic` takes the numbers of the builds to use. Source: Efron and Tibshirani, An Introduction to the Bootstrap
    (1993), 11.2. Fewer than three builds have no interval.
    """
    everyone = list(range(builds))
    value = statistic(everyone)
    if builds < 3:
        return Estimate(value, n=n, method=f"{method}; too few builds for an interval")
    without = np.array([statistic([b for b in everyone if b != left]) for left in everyone])
    error = sqrt((builds - 1) / builds * float(((without - without.mean()) ** 2).sum()))
    reach = normal_quantile(LEVEL) * error
    return Estimate(value, max(0.0, value - reach), value + reach, LEVEL, n, f"{method}; jackknife over builds")
