"""In-control run length: after how many looks a chart rings by itself, and the limit for a wished run length.

A chart that looks at each period alone rings once in N looks when a point is beyond its limits with probability 1/N.
EWMA and CUSUM remember, so their run lengths follow from an integral equation over their state, solved at
Gauss-Legendre nodes: the Markov chain of Brook and Evans, Biometrika 59(3), 1972, with better placed states (Crowder,
Technometrics 29(4), 1987). Observations are standard normal in control.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.optimize import brentq
from scipy.special import ndtr

from riskbench.metrics.arguments import Floats
from riskbench.monitoring.charts.chart import looks

NODES = 60


def ewma_run_length(
    limit: float, weight: float, shift: float = 0.0, *, steady: bool = False, tolerance: float = 0.0
) -> float:
    """Mean run length, in looks, of a two-sided EWMA that starts at its centre.

    `limit` is L, in standard deviations of the EWMA at each look; `weight` λ in (0, 1] is the weight of the newest
    look; `shift` moves every observation and `tolerance` widens both limits, in standard deviations of an observation.
    With `steady` the limits are those of an endless past from the first look on, as most tables have them; else they
    widen from look to look, as charts draw them.
    Source: Crowder (1987); Lucas and Saccucci, Technometrics 32(1), 1990.

    >>> round(ewma_run_length(2.814, 0.1, steady=True))
    500
    """
    _weight(weight)
    if limit <= 0 or tolerance < 0:
        raise ValueError(f"limit must be positive and tolerance not negative, got {limit:g} and {tolerance:g}")
    nodes, weights = leggauss(NODES)
    endless = limit * float(np.sqrt(weight / (2 - weight)))

    def step(state: Floats, edge: float) -> Floats:
        """Chance, times the width of each node, to come from `state` to the nodes within ±edge."""
        z = (nodes[None, :] * edge - (1 - weight) * state[:, None]) / weight - shift
        return weights * edge * np.exp(-0.5 * z * z) / (np.sqrt(2 * np.pi) * weight)

    edge = endless + tolerance
    left = np.linalg.solve(np.eye(NODES) - step(nodes * edge, edge), np.ones(NODES))
    if not steady and weight < 1:
        for t in range(int(np.ceil(-9 / np.log10(1 - weight) / 2)), 1, -1):  # until limits have settled to nine digits
            before = endless * float(np.sqrt(1 - (1 - weight) ** (2 * (t - 1)))) + tolerance
            left = 1 + step(nodes * before, edge) @ left
            edge = before
    return float(1 + step(np.zeros(1), edge)[0] @ left)


def cusum_run_length(limit: float, allowance: float, shift: float = 0.0, *, two_sided: bool = True) -> float:
    """Mean run length, in looks, of a CUSUM S = max(0, S + x − k) that starts at 0 and rings above `limit` h.

    `allowance` is k; limit, allowance and shift are in standard deviations. Two sides ring independently enough that
    their rates add (Montgomery, Introduction to Statistical Quality Control, 9.1). Source: Brook and Evans (1972).

    >>> round(cusum_run_length(4, 0.5), 1), round(cusum_run_length(5, 0.5))
    (167.7, 465)
    """
    if limit <= 0 or allowance < 0:
        raise ValueError(f"limit must be positive and allowance not negative, got {limit:g} and {allowance:g}")
    if two_sided:
        sides = [cusum_run_length(limit, allowance, side, two_sided=False) for side in (shift, -shift)]
        return 1 / sum(1 / length for length in sides)
    nodes, weights = leggauss(NODES)
    place, width = limit * (nodes + 1) / 2, limit * weights / 2
    states = np.concatenate([[0.0], place])  # the first state is the sum at rest
    drift = shift - allowance
    z = place[None, :] - states[:, None] - drift
    to_places = width * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    moves = np.column_stack([ndtr(-states - drift), to_places])
    return float(np.linalg.solve(np.eye(NODES + 1) - moves, np.ones(NODES + 1))[0])


@lru_cache(maxsize=256)
def ewma_limit(weight: float, once_in: float) -> float:
    """The limit L of an EWMA, as charts draw it, for a run length of `once_in` looks in control.

    >>> round(ewma_limit(1.0, 370.4), 2)  # without memory it is Shewhart's chart
    3.0
    """
    return _limit(lambda limit: ewma_run_length(limit, weight), once_in)


@lru_cache(maxsize=256)
def cusum_limit(allowance: float, once_in: float, *, two_sided: bool = True) -> float:
    """The limit h of a CUSUM for a run length of `once_in` looks in control.

    >>> round(cusum_limit(0.5, 465.4), 2)
    5.0
    """
    return _limit(lambda limit: cusum_run_length(limit, allowance, two_sided=two_sided), once_in)


def limit_of_maxima(maxima: Floats) -> float:
    """The limit that the largest of N looks stays below with probability 1/e, from simulated paths of N looks.

    A chart whose run length is geometric with mean N is quiet for N looks with that probability, (1 − 1/N)^N; so this
    is the limit of a chart of any memory, whatever its looks share. Raises ValueError without paths.
    """
    if not len(maxima):
        raise ValueError("a limit needs simulated paths, got none")
    return float(np.quantile(maxima, np.exp(-1)))


def _limit(run_length: Callable[[float], float], once_in: float) -> float:
    wished = np.log(looks(once_in))
    highest = 1.0
    while np.log(run_length(highest)) < wished:
        highest *= 1.5
    return float(brentq(lambda limit: np.log(run_length(limit)) - wished, 1e-3, highest, xtol=1e-7))


def _weight(weight: float) -> None:
    if not 0 < weight <= 1:
        raise ValueError(f"weight must lie in (0, 1], got {weight:g}")
