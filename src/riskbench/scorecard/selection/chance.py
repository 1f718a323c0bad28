"""Whether an information value could be chance, given that the bins were searched for on the same cases.

The best monotone bins of a candidate without any meaning have an information value too. Over (1/goods + 1/bads), it is
about the likelihood-ratio statistic of isotonic regression, whose law under chance is a mixture of χ²: with ℓ of k
ordered levels left apart, ℓ − 1 degrees of freedom, and ℓ distributed as the number of cycles of a random permutation
of k (chi-bar-square; Robertson, Wright and Dykstra, Order Restricted Statistical Inference, 1988, ch. 2). The bins of a
category are put in order by their bad rate, so there every level counts.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from riskbench.metrics.divergence import contributions
from riskbench.scorecard.binning.bins import FeatureBins

FINEST = 100  # levels that the search can tell apart: the cuts offered
DIRECTIONS = 2  # the better of ascending and descending is taken
Floats = NDArray[np.float64]


def p_value(bins: FeatureBins, distinct: int) -> float:
    """The probability that a candidate of `distinct` values without meaning reaches this information value, or more.

    Right within simulation error for numbers of the trend "auto"; for a declared direction twice what it should be, and
    for other shapes too small.
    """
    goods, bads = int(bins.goods.sum()), int(bins.bads.sum())
    statistic = float(contributions(bins.goods, bins.bads).sum()) / (1 / goods + 1 / bads)
    apart = int((bins.cases[bins.regular :] > 0).sum())  # special values and missing: a degree of freedom each
    if bins.coding.kind == "categorical":
        return _tail(statistic, np.array([max(distinct - 1 + int(bins.cases[-1] > 0), 0)]), np.ones(1))
    levels = max(min(distinct - apart + int(bins.cases[-1] > 0), FINEST), 1)
    weights = cycles(levels)
    return min(1.0, DIRECTIONS * _tail(statistic, np.arange(levels) + apart, weights))


@cache
def cycles(k: int) -> Floats:
    """Probability that a random permutation of k has 1, 2, …, k cycles.

    >>> cycles(3).round(4).tolist()  # 2, 3 and 1 of the 6 permutations
    [0.3333, 0.5, 0.1667]
    """
    weights = np.ones(1)
    for i in range(2, k + 1):  # element i opens a cycle with probability 1/i
        weights = np.convolve(weights, [1 - 1 / i, 1 / i])
    return weights


def false_discoveries(p_values: dict[str, float], share: float) -> set[str]:
    """The names that stay where at most `share` of those that stay may be chance (Benjamini and Hochberg 1995).

    >>> sorted(false_discoveries({"a": 0.001, "b": 0.03, "c": 0.5}, 0.1))
    ['a', 'b']
    """
    ranked = sorted(p_values, key=lambda name: p_values[name])
    passed = [at for at, name in enumerate(ranked, start=1) if p_values[name] <= share * at / len(ranked)]
    return set(ranked[: max(passed, default=0)])


def _tail(statistic: float, degrees: NDArray[np.int64], weights: Floats) -> float:
    """P(mixture of χ² ≥ statistic); no degree of freedom is no spread at all."""
    tails = np.where(degrees > 0, chdtrc(np.maximum(degrees, 1), max(statistic, 0.0)), float(statistic <= 0))
    return float(weights @ tails)
