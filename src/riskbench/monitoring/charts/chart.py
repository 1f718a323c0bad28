"""The result of every control chart: a point, a centre and limits for each look, and which points lie beyond them.

`once_in` states how often a chart rings by itself: its in-control run length is so many looks. A look that cannot be
judged has no point (NaN) and is no signal, and `reasons` says why.
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


@dataclass(frozen=True, eq=False)
class Chart:
    """Looks in their order: arrays of one length, NaN where a look was not evaluated or a side has no limit.

    `n` counts the cases behind each point. `method` names the chart, how its limits were found and, where reference
    periods vary more than chance would have them, that its limits allow for it.

    >>> one = np.array([1.0])
    >>> chart = Chart(one * 5, one * 3, one * 2, one * 4, one * 100, once_in=100, method="an example")
    >>> chart.signals.tolist(), chart.last.signal
    ([True], True)
    """

    points: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    n: Floats
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
        value, centre, lower, upper = (
            None if np.isnan(values[look]) else float(values[look])
            for values in (self.points, self.centre, self.lower, self.upper)
        )
        return Point(value, centre, lower, upper, int(self.n[look]), bool(self.signals[look]), reason)


def looks(once_in: float) -> float:
    """`once_in`, checked: a chart that rings by itself more often than at every second look tells nothing.

    Raises ValueError unless it is a finite number of at least 2.
    """
    if not (np.isfinite(once_in) and once_in >= 2):
        raise ValueError(f"once_in must be a finite number of looks, at least 2, got {once_in:g}")
    return float(once_in)
