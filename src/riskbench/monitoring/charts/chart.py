"""The result of every control chart: a point, a centre and limits for each look, and which points lie beyond them.

`once_in` sets the limits: without a tolerance or a floor it is the in-control run length in looks. `chance` says how
often a look rings with the limits as they are. For a chart that looks at each period alone the two say the same, 1 over
N. One that remembers (EWMA, CUSUM) stays beyond its limit for some looks once it is there, so that the share of looks
that signal lies above 1 over the looks until the first. A look that cannot be judged has no point (NaN) and is no
signal, and `reasons` says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskbench.metrics.arguments import Bools, Floats


@dataclass(frozen=True)
class Point:
    """One look of a chart; `lower` or `upper` is None where that side is open, `value` where it was not evaluated."""

    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    n: int
    signal: bool
    reason: str = ""
    chance: float | None = None


@dataclass(frozen=True, eq=False)
class Chart:
    """Looks in their order: arrays of one length, NaN where a look was not evaluated or a side has no limit.

    `n` counts the cases behind each point. `chance` is the probability that the point of this look lies beyond its
    limits when nothing has happened: with tolerance or floor, for a look of this size and a reference of these periods,
    whatever other looks said. `method` names the chart, how its limits were found and, where reference periods vary
    more than chance would have them, that its limits allow for it.

    >>> one = np.array([1.0])
    >>> chart = Chart(one * 5, one * 3, one * 2, one * 4, one * 100, one / 100, once_in=100, method="an example")
    >>> chart.signals.tolist(), chart.last.signal
    ([True], True)
    """

    points: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    n: Floats
    chance: Floats
    once_in: float
    method: str
    reasons: Sequence[str] = ()

    @property
    def signals(self) -> Bools:
        """Which points lie beyond a limit."""
        return (self.points > self.upper) | (self.points < self.lower)

    @property
    def last(self) -> Point:
        """The newest look. Raises IndexError for a chart without looks."""
        return self.at(-1)

    def at(self, look: int) -> Point:
        """One look by its place in the order."""
        reason = self.reasons[look] if self.reasons else ""
        value, centre, lower, upper, chance = (
            None if np.isnan(values[look]) else float(values[look])
            for values in (self.points, self.centre, self.lower, self.upper, self.chance)
        )
        return Point(value, centre, lower, upper, int(self.n[look]), bool(self.signals[look]), reason, chance)


def looks(once_in: float) -> float:
    """`once_in`, checked: a chart that rings by itself more often than at every second look tells nothing.

    Raises ValueError unless it is a finite number of at least 2.
    """
    if not (np.isfinite(once_in) and once_in >= 2):
        raise ValueError(f"once_in must be a finite number of looks, at least 2, got {once_in:g}")
    return float(once_in)
