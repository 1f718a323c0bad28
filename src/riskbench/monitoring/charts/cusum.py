"""Risk-adjusted CUSUM of bads: whether the odds of going bad have risen by a stated factor, whatever was booked.

Each look adds the log likelihood ratio of its outcomes between odds multiplied by R and odds as expected, and what lies
below zero is forgotten, so that a long good past hides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskbench.metrics.arguments import Floats, counts, same_length
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.mean import Periods
from riskbench.monitoring.charts.run_length import limit_of_maxima

ODDS = 1.5
PATHS = 2000
SEED = 1972


def cusum(
    bad: ArrayLike,
    pds: Periods,
    once_in: float,
    reference: tuple[float, float] | None = None,
    odds: float = ODDS,
    tolerance: float = 0.0,
) -> Chart:
    """S = max(0, S before) + W with W = D ln R − Σ ln(1 + (R − 1) p), one look an entry; rings where S exceeds h.

    `bad` are the bads D of each look and `pds` the sums of the PDs of its loans. `reference` holds the bads of the
    reference and the sum of its PDs: their ratio sets the level of p, and its error is part of the limit. `odds` is the
    R that is looked for; below 1 it looks for fewer bads. `tolerance` (a share) raises every p by a drift of the level
    that nobody would act on: a CUSUM adds up whatever lasts, and without it rings at small drifts sooner or later. h is
    found by simulation of `once_in` looks of these sizes in control (`limit_of_maxima`), with fixed seeds. `chance`
    is the share of simulated paths beyond h at each look, with bads as expected and without the tolerance: 0 at the
    first looks, and more later than 1 in `once_in`, for a sum beyond its limit stays there.
    Source: Steiner, Cook, Farewell and Treasure, Biostatistics 1(4), 2000.

    >>> pds = Periods([200] * 4, [20] * 4, [2.0] * 4)  # each p = .1, so 20 are expected
    >>> cusum([20, 20, 30, 34], pds, once_in=100).signals.tolist()
    [False, False, False, True]
    """
    length = round(looks(once_in))
    if odds <= 0 or odds == 1:
        raise ValueError(f"odds must be positive and not 1, got {odds:g}")
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance:g}")
    d = counts(bad, "bad")
    n, total, squares = pds.columns()
    same_length(bad=d, n=n)
    seen, promised = reference or (np.inf, np.inf)
    if not (seen > 0 and promised > 0):
        return _not_evaluated(n, once_in, "the reference has no bads")
    level = seen / promised if np.isfinite(seen) else 1.0
    judged = (n > 0) & (total > 0)
    if not judged.any():
        return _not_evaluated(n, once_in, "no loan has an outcome")
    plain, allowed = (
        _Expected.of(n[judged], high * total[judged], high**2 * squares[judged], odds)
        for high in (level, (1 + tolerance) * level)
    )
    cost = allowed.cost
    limit = limit_of_maxima(reduce(np.maximum, _paths(allowed, cost, seen, odds, length)))
    chance = np.full(len(n), np.nan)
    chance[judged] = [(s > limit).mean() for s in _paths(plain, cost, seen, odds, int(judged.sum()))]
    points, s, steps = np.full(len(n), np.nan), 0.0, iter(cost)
    for look in np.flatnonzero(judged):
        points[look] = s = max(0.0, s) + d[look] * np.log(odds) - next(steps)
    hidden = np.where(judged, 1.0, np.nan)
    reasons = tuple("" if known else "no loan has an outcome" for known in judged)
    method = f"risk-adjusted CUSUM for odds times {odds:g}"
    return Chart(points, 0 * hidden, np.full(len(n), np.nan), limit * hidden, n, chance, once_in, method, reasons)


@dataclass(frozen=True, eq=False)
class _Expected:
    """Of each look the bads expected, of how many cases a binomial has as much variance, and Σ ln(1 + (R − 1) p)."""

    bads: Floats
    cases: NDArray[np.int64]
    cost: Floats

    @classmethod
    def of(cls, n: Floats, total: Floats, squares: Floats, odds: float) -> "_Expected":
        """From sums of PDs and of their squares; the cost to the second order around the mean p."""
        mean = np.minimum(total / n, 1.0)
        around = np.maximum(squares / n - mean**2, 0.0)
        inner = 1 + (odds - 1) * mean
        cost = n * (np.log(inner) - 0.5 * ((odds - 1) / inner) ** 2 * around)
        # Bads of loans with different PDs vary as binomial ones of n cases at p, with the same mean and variance.
        p = np.clip(1 - np.maximum(total - squares, 0.0) / total, 1e-9, 1.0)
        return cls(total, np.maximum(1, np.round(total / p)).astype(np.int64), cost)


def _paths(true: _Expected, cost: Floats, seen: float, odds: float, length: int) -> Iterator[Floats]:
    """The sums of all paths, look by look, over `length` looks that repeat the sizes seen.

    Each path has a level of its own, drawn from what the reference leaves open.
    """
    s = np.zeros(PATHS)
    for look in range(length):
        turn, place = divmod(look, len(cost))
        d = _simulated(seen, (place, turn), int(true.cases[place]), float(true.bads[place]))
        s = np.maximum(0.0, s) + d * np.log(odds) - cost[place]
        yield s


@lru_cache(maxsize=2048)
def _simulated(seen: float, which: tuple[int, int], cases: int, expected: float) -> NDArray[np.int32]:
    """Bads of one look on each path, from a seed of its own, so that a chart that grows by a look draws few anew.

    `which` is the place of the look among those seen, and how often these were gone through before it.
    """
    place, turn = which
    random = np.random.default_rng([SEED, place + 1, turn])  # the levels have the seed at place 0
    return random.binomial(cases, np.minimum(1.0, expected / cases * _levels(seen))).astype(np.int32)


@lru_cache(maxsize=64)
def _levels(seen: float) -> Floats:
    """Of each path how high bads are in truth, of a reference that has seen so many."""
    return np.random.default_rng(SEED).gamma(seen, 1 / seen, PATHS) if np.isfinite(seen) else np.ones(PATHS)


def _not_evaluated(n: Floats, once_in: float, reason: str) -> Chart:
    nothing = np.full(len(n), np.nan)
    return Chart(nothing, nothing, nothing, nothing, n, nothing, once_in, "risk-adjusted CUSUM", (reason,) * len(n))
