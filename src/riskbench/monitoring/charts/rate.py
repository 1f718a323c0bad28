"""p-chart: whether a share of cases (approved, overridden, missing) lies where the reference periods had it."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import betabinom

from riskbench.metrics.arguments import Floats, counts, same_length
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.dispersion import dispersion, two_sided

FEW = 5  # cases expected from which on a share is nearly normal
NEAR = 1e-9  # a count that a limit misses by less than this is the limit


def p_chart(
    part: ArrayLike,
    whole: ArrayLike,
    reference: tuple[ArrayLike, ArrayLike],
    once_in: float,
    tolerance: float = 0.0,
) -> Chart:
    """A chart of part / whole, one look an entry, against reference periods given as the same two columns.

    Limits are those of Laney's p' chart: what reference periods vary, as a multiple of what chance would do, by a t
    quantile that knows how few they are (`dispersion`). With fewer than five periods they are quantiles of the
    beta-binomial: what the next period holds by chance when the rate itself is known from the reference only
    (Jeffreys' prior). Where fewer than `FEW` cases are expected, no normal limit holds, and the wider of the two is
    taken. Each side is exceeded once in 2 `once_in` looks. `tolerance` (a difference of rates) widens both sides by
    what nobody would act on (Freund's acceptance chart: Montgomery, Introduction to Statistical Quality Control, 10.2);
    `chance` is then smaller. A side whose limit no share can pass takes no part in it. Raises ValueError for parts
    larger than their wholes.

    >>> chart = p_chart([50, 90], [100, 100], ([500], [1000]), once_in=100)
    >>> chart.signals.tolist(), chart.centre.tolist()
    ([False, True], [0.5, 0.5])
    """
    alpha = 1 / looks(once_in)
    k, n = _part_of(part, whole)
    before_k, before_n = _part_of(*reference)
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance:g}")
    if not before_n.sum():
        return _not_evaluated(n, once_in, "there are no reference cases")
    r, m = float(before_k.sum()), float(before_n.sum())
    rate, empty = r / m, n == 0
    size = np.where(empty, 1.0, n)
    around = max(rate, 0.5 / m) if rate < 0.5 else min(rate, 1 - 0.5 / m)  # never all or nobody
    filled = before_n > 0
    spread = dispersion(before_k[filled] / before_n[filled], np.sqrt(around * (1 - around) / before_n[filled]))
    a, b = r + 0.5, m - r + 0.5
    lower, upper = betabinom.ppf(alpha / 2, size, a, b) / size, betabinom.isf(alpha / 2, size, a, b) / size
    method = f"p-chart with beta-binomial limits: {spread.told()}"
    rare = min(around, 1 - around) * size < FEW
    if spread.measured:
        z, error = two_sided(once_in), np.sqrt(around * (1 - around) * (1 / size + 1 / m))
        low, high = rate - spread.widened(z) * error, rate + spread.widened(z) * error
        lower = np.where(rare, np.minimum(lower, low), low)
        upper = np.where(rare, np.maximum(upper, high), high)
        method = f"Laney's p' chart: {spread.told()}"
    below = betabinom.cdf(np.ceil((lower - tolerance) * size - NEAR) - 1, size, a, b)
    above = betabinom.sf(np.floor((upper + tolerance) * size + NEAR), size, a, b)
    if spread.measured:
        below, above = (np.where(rare, tail, spread.passed(z, tolerance / error)) for tail in (below, above))
    lower, upper = np.maximum(lower - tolerance, 0.0), np.minimum(upper + tolerance, 1.0)
    chance = np.where(lower > 0, below, 0.0) + np.where(upper < 1, above, 0.0)
    hidden = np.where(empty, np.nan, 1.0)
    return Chart(
        np.divide(k, size) * hidden,
        rate * hidden,
        lower * hidden,
        upper * hidden,
        n,
        chance * hidden,
        once_in,
        method,
        tuple("there are no cases" if none else "" for none in empty),
    )


def _part_of(part: ArrayLike, whole: ArrayLike) -> tuple[Floats, Floats]:
    k, n = counts(part, "the parts"), counts(whole, "the wholes")
    same_length(parts=k, wholes=n)
    if (k > n).any():
        at = int(np.argmax(k > n))
        raise ValueError(f"a part must not exceed its whole, got {k[at]:g} of {n[at]:g} at look {at + 1}")
    return k, n


def _not_evaluated(n: Floats, once_in: float, reason: str) -> Chart:
    nothing = np.full(len(n), np.nan)
    return Chart(nothing, nothing, nothing, nothing, n, nothing, once_in, "p-chart", (reason,) * len(n))
