"""Intervals of a share and of the difference of two: Wilson, Jeffreys, Wald and Newcombe. Each names itself."""

from collections.abc import Callable
from math import inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, part_of, share

ProportionMethod = Literal["wilson", "jeffreys", "wald"]
FEWEST_RESAMPLES = 40  # one of them lies beyond each end of an interval at 95 %


def normal_quantile(level: float) -> float:
    """The two-sided normal quantile of a confidence level: 1.96 for .95."""
    return float(ndtri((1 + share(level, "level", open_interval=True)) / 2))


def around(value: float, error: float, level: float, low: float, high: float) -> tuple[float, float]:
    """`value` ± quantile · standard error, kept inside [low, high]."""
    reach = normal_quantile(level) * error
    return max(low, value - reach), min(high, value + reach)


def require_resamples(replicates: int) -> None:
    """Raise ValueError for fewer resamples than an interval at 95 % takes."""
    if replicates < FEWEST_RESAMPLES:
        raise ValueError(f"replicates must be at least {FEWEST_RESAMPLES} for an interval at 95 %, got {replicates}")


def wald(successes: float, n: float, level: float = LEVEL) -> Estimate:
    """The share with p ± z√(p(1−p)/n): simple, and too narrow when successes are few.

    >>> e = wald(15, 531)
    >>> f"{e.lower * 1e4:.2f} to {e.upper * 1e4:.2f} basis points"
    '141.56 to 423.41 basis points'
    """
    return _proportion(successes, n, level, "Wald", _wald)


def wilson(successes: float, n: float, level: float = LEVEL) -> Estimate:
    """The share with Wilson's score interval (1927): sound for few cases and for shares near 0 or 1.

    >>> e = wilson(0, 10)
    >>> e.value, e.lower, round(e.upper, 4)
    (0.0, 0.0, 0.2775)
    """
    return _proportion(successes, n, level, "Wilson", _wilson)


def wilson_bounds(share_of: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's intervals of many shares; `n` may be fractional, an effective size. NaN where there are no cases.

    >>> lower, upper = wilson_bounds([0.0, 0.2], [10, 50])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 0.1124], [0.2775, 0.3304])
    """
    size = np.asarray(n, float)
    cases = np.where(size > 0, size, np.nan)
    p, z = np.where(size > 0, np.asarray(share_of, float), np.nan), normal_quantile(level)
    centre, reach = p + z**2 / (2 * cases), z * np.sqrt(p * (1 - p) / cases + z**2 / (4 * cases**2))
    shrink = 1 + z**2 / cases
    # exactly 0 and 1 at the ends, where rounding would miss them
    return np.where(p == 0, 0.0, (centre - reach) / shrink), np.where(p == 1, 1.0, (centre + reach) / shrink)


def jeffreys_interval(successes: float, n: float, level: float = LEVEL) -> Estimate:
    """The share with quantiles of Beta(D + ½, N − D + ½); the end is 0 or 1 where no or every case succeeds.

    Source: Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001).

    >>> e = jeffreys_interval(9, 250)
    >>> f"{e.value:.4f} {e.lower:.4f} {e.upper:.4f}"
    '0.0360 0.0180 0.0647'
    """
    return _proportion(successes, n, level, "Jeffreys", _jeffreys)


def proportion(successes: float, n: float, level: float = LEVEL, method: ProportionMethod = "wilson") -> Estimate:
    """A share of `n` cases with the interval asked for: "wilson", "jeffreys" or "wald".

    No cases give `Estimate.missing`. Raises ValueError for another method, or unless 0 <= successes <= n.
    """
    if method not in _METHODS:
        raise ValueError(f"method must be one of {', '.join(_METHODS)}, got {method!r}")
    return _METHODS[method](successes, n, level)


def difference(successes_a: float, n_a: float, successes_b: float, n_b: float, level: float = LEVEL) -> Estimate:
    """Share a minus share b with Newcombe's interval (1998, method 10), which joins the two Wilson intervals.

    >>> e = difference(56, 70, 48, 80)
    >>> f"{e.value:.4f} {e.lower:.4f} {e.upper:.4f}"
    '0.2000 0.0524 0.3339'
    """
    a, b = wilson(successes_a, n_a, level), wilson(successes_b, n_b, level)
    n = (a.n or 0) + (b.n or 0)
    if a.value is None or b.value is None or a.lower is None or b.lower is None or a.upper is None or b.upper is None:
        return Estimate.missing("a share of no cases is not defined", n, "Newcombe")
    value = a.value - b.value
    lower = value - sqrt((a.value - a.lower) ** 2 + (b.upper - b.value) ** 2)
    upper = value + sqrt((a.upper - a.value) ** 2 + (b.value - b.lower) ** 2)
    return Estimate(value, max(-1.0, lower), min(1.0, upper), level, n, "Newcombe")


def ratio_bounds(successes_a: int, n_a: int, successes_b: int, n_b: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of share a over share b, joining the two Wilson intervals (MOVER-R; Donner and Zou, 2012).

    Exists for shares of 0 and 1 as well. The samples must not be empty.

    >>> lower, upper = ratio_bounds(12, 40, 48, 80)
    >>> f"{lower:.4f} {upper:.4f}"
    '0.2952 0.7953'
    """
    (p, low, high), (q, low0, high0) = (
        (d / n, *_wilson(d, n, level)) for d, n in ((successes_a, n_a), (successes_b, n_b))
    )
    down = sqrt((p * q) ** 2 - low * high0 * (2 * p - low) * (2 * q - high0))
    up = sqrt((p * q) ** 2 - high * low0 * (2 * p - high) * (2 * q - low0))
    # the lower root in its other form: high0 (2q − high0) may pass through zero, this denominator does not
    lower = low * (2 * p - low) / (p * q + down) if low else 0.0
    return lower, (p * q + up) / (low0 * (2 * q - low0)) if low0 else inf


def _wald(d: int, n: int, level: float) -> tuple[float, float]:
    p = d / n
    return around(p, sqrt(p * (1 - p) / n), level, 0.0, 1.0)


def _wilson(d: int, n: int, level: float) -> tuple[float, float]:
    lower, upper = wilson_bounds(d / n, n, level)
    return float(lower), float(upper)


def _jeffreys(d: int, n: int, level: float) -> tuple[float, float]:
    tail, shape = (1 - level) / 2, (d + 0.5, n - d + 0.5)
    lower = 0.0 if d == 0 else float(betaincinv(*shape, tail))
    return lower, 1.0 if d == n else float(betaincinv(*shape, 1 - tail))


def _proportion(
    successes: float, n: float, level: float, method: str, interval: Callable[[int, int, float], tuple[float, float]]
) -> Estimate:
    d, whole = part_of(successes, n, "successes and n")
    share(level, "level", open_interval=True)
    if not whole:
        return Estimate.missing("there are no cases", 0, method)
    lower, upper = interval(d, whole, level)
    return Estimate(d / whole, lower, upper, level, whole, method)


_METHODS: dict[str, Callable[[float, float, float], Estimate]] = {
    "wilson": wilson,
    "jeffreys": jeffreys_interval,
    "wald": wald,
}
