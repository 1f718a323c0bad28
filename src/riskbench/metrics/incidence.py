"""The share of loans that have gone bad by each age, where some are still young and some have left without going bad.

A loan that was settled cannot go bad any more. Taking it for one that was merely not watched any longer (Kaplan and
Meier's curve) would let it go bad like the others; so leaving is a second event that competes with the first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from riskbench.core.results import LEVEL
from riskbench.metrics.arguments import Floats, same_length
from riskbench.metrics.intervals import normal_quantile, wilson

CENSORED, BAD, LEFT = 0, 1, 2


@dataclass(frozen=True)
class Incidence:
    """By age 1, 2, ...: loans at risk, and the share gone bad by then with its bounds (NaN where nobody is at risk)."""

    at_risk: Floats
    value: Floats
    lower: Floats
    upper: Floats


def cumulative_incidence(age: ArrayLike, event: ArrayLike, ages: int, level: float = LEVEL) -> Incidence:
    """Aalen and Johansen's estimate of the share gone bad by each age up to `ages`.

    Of each loan `event` says how its watch ended and `age` when, in whole periods: `BAD`, `LEFT`, or `CENSORED`, which
    is still there at the end of that age and not watched beyond it. Without a censored loan the estimate is the plain
    share of those gone bad. The interval is normal on the log-odds, by the variance of the delta method; where nobody
    has gone bad, Wilson's upper bound stands. Raises ValueError for an unknown event.

    Source: Aalen and Johansen, Scandinavian Journal of Statistics 5 (1978); variance: Marubini and Valsecchi (1995),
    10.3.

    >>> found = cumulative_incidence([1, 2, 2, 1], [BAD, BAD, LEFT, CENSORED], ages=2)
    >>> found.at_risk.tolist(), found.value.tolist()  # then one of the two at risk: 1/4 + 3/4 · 1/2
    ([4.0, 2.0], [0.25, 0.625])
    """
    time, kind = np.asarray(age, dtype=int), np.asarray(event, dtype=int)
    same_length(age=time, event=kind)
    if not np.isin(kind, (CENSORED, BAD, LEFT)).all():
        raise ValueError(f"an event must be {CENSORED} (censored), {BAD} (bad) or {LEFT} (left), got {set(kind)}")
    at = np.arange(1, ages + 1)
    n = (time[:, None] >= at).sum(axis=0).astype(float)
    bad, left = (((time[:, None] == at) & (kind[:, None] == which)).sum(axis=0).astype(float) for which in (BAD, LEFT))
    watched = n > 0
    safe = np.where(watched, n, 1.0)
    before = np.concatenate([[1.0], np.cumprod(1 - (bad + left) / safe)[:-1]])
    value = np.cumsum(before * bad / safe)
    variance = np.array([_variance(value[: t + 1], before[: t + 1], n, bad, left) for t in range(ages)])
    lower, upper = _bounds(value, variance, n, level)
    return Incidence(n, *(np.where(watched, found, np.nan) for found in (value, lower, upper)))


def _variance(value: Floats, before: Floats, n: Floats, bad: Floats, left: Floats) -> float:
    """Of the last of `value`: what each age so far adds to it."""
    t = len(value)
    n, d, events = n[:t], bad[:t], (bad + left)[:t]
    still = value[-1] - value
    used = n > 0
    n = np.where(used, n, 1.0)
    rest = np.where(n > events, n - events, 1.0)  # where nobody is left, nothing is still to come
    terms = still**2 * events / (n * rest) + before**2 * (n - d) * d / n**3 - 2 * still * before * d / n**2
    return float(terms[used].sum())


def _bounds(value: Floats, variance: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    lower, upper = value.copy(), value.copy()
    inside = (value > 0) & (value < 1)
    reach = normal_quantile(level) * np.sqrt(variance[inside]) / (value[inside] * (1 - value[inside]))
    lower[inside], upper[inside] = expit(logit(value[inside]) - reach), expit(logit(value[inside]) + reach)
    whole = value >= 1
    for i in np.flatnonzero(~inside & (n > 0)):
        bound = wilson(n[i] if whole[i] else 0, n[i], level)
        lower[i], upper[i] = bound.lower or 0.0, bound.upper or 0.0
    return lower, upper
