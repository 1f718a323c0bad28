"""EWMA of a mean (the score, the PD): small shifts that last, which no single period would show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from riskbench.metrics.arguments import Floats, counts, risks, same_length
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.dispersion import dispersion
from riskbench.monitoring.charts.run_length import ewma_limit

WEIGHT = 0.2


@dataclass(frozen=True, eq=False)
class Periods:
    """Sums over the cases of each period: how many, of their values, and of the squares of these."""

    n: ArrayLike
    total: ArrayLike
    squares: ArrayLike

    def columns(self) -> tuple[Floats, Floats, Floats]:
        """The three as arrays. Raises ValueError unless they are of one length."""
        n, total, squares = counts(self.n, "n"), risks(self.total, "total"), risks(self.squares, "squares")
        same_length(n=n, total=total, squares=squares)
        return n, total, squares


def ewma(current: Periods, reference: Periods, once_in: float, tolerance: float = 0.0, weight: float = WEIGHT) -> Chart:
    """An EWMA of the mean of each look, started at the mean of the reference; z = (1 − λ) z + λ mean.

    Limits are L standard deviations at that look, from the sizes of all looks so far, and L gives a run length of
    `once_in` looks. The reference's own error is added, and limits go by what its periods vary in truth (`dispersion`).
    `tolerance`, in units of the value, widens both sides by a shift that nobody would act on. `chance` is that of a
    point beyond its limits, the share of looks that signal: 2 Φ(−L) without a tolerance, more than 1 in `once_in`, for
    an EWMA beyond its limit stays there; how many looks pass until the first is `ewma_run_length`. An empty look leaves
    the EWMA where it is. Source: Montgomery, Introduction to Statistical Quality Control, 9.2, for unequal sizes.

    >>> quiet = Periods([100] * 3, [5000] * 3, [260000] * 3)  # mean 50, standard deviation 10
    >>> chart = ewma(Periods([100, 100], [5000, 5600], [260000, 323600]), quiet, once_in=100)
    >>> chart.points.round(1).tolist(), chart.signals.tolist()  # 50, then .8 * 50 + .2 * 56
    ([50.0, 51.2], [False, True])
    """
    looks(once_in)
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance:g}")
    n, total, _ = current.columns()
    before_n, before_total, before_squares = reference.columns()
    kept = before_n > 0
    m, k = float(before_n.sum()), int(kept.sum())
    if m <= k:
        return _not_evaluated(n, once_in, "the reference has too few cases to tell how values vary")
    means = before_total[kept] / before_n[kept]
    within = float((before_squares[kept] - before_n[kept] * means**2).sum() / (m - k))
    if within <= 0:
        return _not_evaluated(n, once_in, "the reference holds one value only, so its spread is not known")
    spread = dispersion(means, np.sqrt(within / before_n[kept]))
    centre = float(before_total.sum()) / m
    wished = ewma_limit(weight, once_in)
    limit = spread.widened(wished)
    z, variance, pull, rows = centre, 0.0, 0.0, []  # pull: how much of the EWMA stands on looks, not on the centre
    for size, value in zip(n, total, strict=True):
        if size:
            z = (1 - weight) * z + weight * value / size
            variance = (1 - weight) ** 2 * variance + weight**2 * within / size
            pull += weight * (1 - pull)
        error = np.sqrt(variance + pull**2 * within / m)
        margin = limit * error + tolerance
        rows.append((z, centre, centre - margin, centre + margin, error) if size else (np.nan,) * 5)
    points, centres, lower, upper, errors = np.array(rows, dtype=float).reshape(-1, 5).T
    chance = 2 * spread.passed(wished, tolerance / errors)
    reasons = tuple("" if size else "there are no cases" for size in n)
    method = f"EWMA, weight {weight:g}: {spread.told()}"
    return Chart(points, centres, lower, upper, n, chance, once_in, method, reasons)


def _not_evaluated(n: Floats, once_in: float, reason: str) -> Chart:
    nothing = np.full(len(n), np.nan)
    return Chart(nothing, nothing, nothing, nothing, n, nothing, once_in, "EWMA", (reason,) * len(n))
