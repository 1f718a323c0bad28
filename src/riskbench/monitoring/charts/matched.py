"""A distribution of counts with a stated mean and variance: binomial below Poisson, negative binomial above it.

Bads among loans of different PDs vary less than a Poisson count; counts whose mean is itself uncertain vary more.
Either way tails are those of whole numbers, which matters where few are expected.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, nbinom, poisson

from riskbench.metrics.arguments import Floats

NEAR = 1e-3  # relative distance of mean and variance from which on they are told apart


def upper_tail(count: float, mean: float, variance: float) -> float:
    """P(X >= count).

    >>> round(upper_tail(3, 1.0, 1.0), 4)  # Poisson: 1 - e^-1 (1 + 1 + 1/2)
    0.0803
    """
    return float(_law(mean, variance).sf(count - 1))


def lower_tail(count: float, mean: float, variance: float) -> float:
    """P(X <= count)."""
    return float(_law(mean, variance).cdf(count))


def bounds(mean: ArrayLike, variance: ArrayLike, below: float, above: float) -> tuple[Floats, Floats]:
    """The least count with P(X <= it) > below, and the largest with P(X >= it) > above; beyond them is rarer."""
    pairs = [
        (_law(m, v).ppf(below) if below else -np.inf, _law(m, v).isf(above) if above else np.inf)
        for m, v in zip(np.atleast_1d(mean), np.atleast_1d(variance), strict=True)
    ]
    return np.array([low for low, _ in pairs], dtype=float), np.array([high for _, high in pairs], dtype=float)


def _law(mean: float, variance: float) -> Any:
    if mean < 0 or variance < 0:
        raise ValueError(f"mean and variance must not be negative, got {mean:g} and {variance:g}")
    if mean == 0 or abs(variance / mean - 1) < NEAR:
        return poisson(mean)
    if variance > mean:
        return nbinom(mean**2 / (variance - mean), mean / variance)
    n = max(1, round(mean / (1 - variance / mean)))
    return binom(n, min(1.0, mean / n))
