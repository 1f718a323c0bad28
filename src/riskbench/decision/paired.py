"""Ratios over the same applications before and after a change, and what lies between the two."""

from dataclasses import dataclass

import numpy as np

from riskbench.core.results import Estimate
from riskbench.decision.weighted import LEVEL
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import normal_quantile

LINEARISED = "linearised over the sampling of applicants"


@dataclass(frozen=True, eq=False)
class Ratio:
    """Σ `part` / Σ `whole` over applications, one entry each, their weights already in both.

    `influence`, by row, is what each application moves the ratio by; its sum of squares is the variance of the ratio.
    """

    part: Floats
    whole: Floats

    @property
    def defined(self) -> bool:
        """Whether there is something to divide by, and more than one application."""
        return len(self.whole) > 1 and bool(self.whole.sum())

    @property
    def value(self) -> float:
        """The ratio itself."""
        return float(self.part.sum() / self.whole.sum())

    @property
    def influence(self) -> Floats:
        """The linearised contribution of each application: (part − value · whole) / Σ whole."""
        return (self.part - self.value * self.whole) / self.whole.sum()

    def estimate(self) -> Estimate:
        """The ratio with its interval; missing where it is not defined."""
        n = len(self.whole)
        return _estimate(self.value, self.influence) if self.defined else Estimate.missing(_lack(n), n, LINEARISED)


def change(before: Ratio, after: Ratio) -> Estimate:
    """`after` less `before`, with an interval that knows that the applications are the same.

    Exchanged, the change has the other sign and is otherwise the same to the last digit.

    >>> one = np.ones(4)
    >>> change(Ratio(np.array([1.0, 2, 3, 4]), one), Ratio(np.array([2.0, 3, 4, 5]), one)).bounded  # all move by 1
    (1.0, 1.0, 1.0)
    """
    if not (before.defined and after.defined):
        return Estimate.missing(_lack(len(before.whole)), len(before.whole), f"paired difference, {LINEARISED}")
    return _estimate(after.value - before.value, after.influence - before.influence, "paired difference, ")


def _estimate(value: float, influence: Floats, kind: str = "") -> Estimate:
    n = len(influence)
    reach = float(normal_quantile(LEVEL) * np.sqrt((influence**2).sum() * (n / (n - 1))))
    return Estimate(value, value - reach, value + reach, LEVEL, n, f"{kind}{LINEARISED}")


def _lack(n: int) -> str:
    return "fewer than two applications" if n < 2 else "nobody is approved, or nothing is lent, on one of the sides"
