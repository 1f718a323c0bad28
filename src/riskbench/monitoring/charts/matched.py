"""A distribution of counts with a stated mean and variance: binomial below Poisson, negative binomial above it.

Bads among loans of different PDs vary less than a Poisson count; counts whose mean is itself uncertain vary more.
Either way tails are those of whole numbers, which matters where few are expected.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, nbinom, poisson

from riskbench.metrics.arguments import Bools, Floats

NEAR = 1e-3  # relative distance of mean and variance from which on they are told apart
NONE = 1e-12  # a mean below it is that of no case at all; the laws of scipy lose their way far below


def bounds(mean: ArrayLike, variance: ArrayLike, below: float, above: float) -> tuple[Floats, Floats]:
    """Of each mean and variance the counts beyond which it is rare: X < lower, and X > upper.

    The probabilities of these are at most `below` and `above`; one of 0 asks for no bound, which is then infinite.
    Raises ValueError for means or variances below 0.

    >>> [limit.tolist() for limit in bounds(1.0, 1.0, 0, 0.1)]  # Poisson: P(X > 2) = .0803, P(X > 1) = .2642
    [[-inf], [2.0]]
    """
    m, v = _moments(mean, variance)
    lower, upper = np.full(m.shape, -np.inf), np.full(m.shape, np.inf)
    for rows, law, own in _laws(m, v):
        lower[rows] = law.ppf(below, *own) if below else -np.inf
        upper[rows] = law.isf(above, *own) if above else np.inf
    return lower, upper


def tails(mean: ArrayLike, variance: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> tuple[Floats, Floats]:
    """Of each mean and variance the chances of fewer than `lower`, and of more than `upper`; these may be infinite.

    >>> [chance.round(4).tolist() for chance in tails(1.0, 1.0, 1, 2)]  # P(X < 1) = 1/e
    [[0.3679], [0.0803]]
    """
    m, v = _moments(mean, variance)
    low, high = (np.broadcast_to(np.asarray(edge, dtype=float), m.shape) for edge in (lower, upper))
    below, above = np.zeros(m.shape), np.zeros(m.shape)
    for rows, law, own in _laws(m, v):
        below[rows], above[rows] = law.cdf(np.ceil(low[rows]) - 1, *own), law.sf(np.floor(high[rows]), *own)
    return below, above


def _moments(mean: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    m, v = np.atleast_1d(np.asarray(mean, dtype=float)), np.atleast_1d(np.asarray(variance, dtype=float))
    if (m < 0).any() or (v < 0).any():
        raise ValueError(f"mean and variance must not be negative, got {m.min():g} and {v.min():g}")
    return np.where(m < NONE, 0.0, m), v


def _laws(m: Floats, v: Floats) -> Iterator[tuple[Bools, Any, list[Floats]]]:
    """Which of the means follow which law, and its parameters there."""
    ratio = np.divide(v, m, out=np.ones(m.shape), where=m > 0)
    over, under = ratio > 1 + NEAR, ratio < 1 - NEAR
    n = np.maximum(1.0, np.round(m / np.where(under, 1 - ratio, 1.0)))
    laws = [
        (over, nbinom, (m / np.where(over, ratio - 1, 1.0), 1 / np.where(over, ratio, 1.0))),
        (under, binom, (n, np.minimum(1.0, m / n))),
        (~over & ~under, poisson, (m,)),
    ]
    for rows, law, parameters in laws:
        if rows.any():
            yield rows, law, [parameter[rows] for parameter in parameters]
