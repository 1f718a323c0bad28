"""Which bin may follow which: the trend of the bad rate, the same in every period, and a least difference of WoE.

Every rule here concerns a bin and its left neighbour, so a search over neighbours is exact. A bin without cases in a
period says nothing of that period and is not compared there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskbench.scorecard.binning.histogram import Floats, Traits

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class NeighbourRule:
    """`sign` is +1 where the bad rate may not fall from a bin to the next, −1 where it may not rise, 0 where free."""

    sign: int
    min_woe_difference: float = 0.0

    def allows(self, left: Traits, right: Traits) -> Bools:
        """Whether bins on the right may follow those on the left, by the usual broadcasting."""
        allowed = ~(self.sign * (right.rate - left.rate) < 0)
        if self.min_woe_difference > 0:
            allowed &= np.abs(right.woe - left.woe) >= self.min_woe_difference
        if self.sign and left.by_period is not None and right.by_period is not None:
            allowed &= ~(self.sign * (right.by_period - left.by_period) < 0).any(axis=0)
        return allowed


class ByRate:
    """Bins may follow each other by one key that never falls.

    The bins that end before an atom are put in order of the key once; then "no higher" is a prefix, and a running
    maximum answers all of them.
    """

    def __init__(self, key: Floats):
        self.key, size = key, len(key)
        by_end = np.where(np.isfinite(key), key, np.inf).T  # row e: the bins that end at atom e
        self.order = np.argsort(by_end, axis=1, kind="stable")
        in_order = np.take_along_axis(by_end, self.order, axis=1)
        self.reach = np.zeros((size, size), np.int64)  # how many bins ending at i − 1 may stand before (i, j)
        for i in range(1, size):
            self.reach[i, i:] = np.searchsorted(in_order[i - 1], by_end[i:, i], side="right")

    def best_before(self, table: Floats) -> Floats:
        """For each bin (i, j), i > 0, the largest entry of `table` among the bins that it may follow."""
        running = np.maximum.accumulate(np.take_along_axis(table.T, self.order, axis=1), axis=1)
        nothing = np.full((len(table), 1), -np.inf)
        return np.take_along_axis(np.hstack([nothing, running])[:-1], self.reach[1:], axis=1)

    def before(self, i: int, j: int) -> Bools:
        """Whether (h, i − 1) may stand before (i, j), for h = 0..i − 1."""
        return self.key[:i, i - 1] <= self.key[i, j]

    def reversed(self) -> "ByRate":
        """The same relation for the atoms in reverse order."""
        return ByRate(-reversed_bins(self.key))


class ByPair:
    """Bins may follow each other by a table of pairs: `pairs[i][h, j − i]` says whether (h, i − 1), then (i, j)."""

    def __init__(self, pairs: list[Bools]):
        self.pairs = pairs

    @classmethod
    def of(cls, bins: Traits, rule: NeighbourRule) -> "ByPair":
        """The pairs that a rule allows, among all bins (i, j) of the atoms."""
        return cls(
            [rule.allows(bins.at(slice(i), [i - 1]), bins.at([i], slice(i, None))) for i in range(len(bins.rate))]
        )

    def best_before(self, table: Floats) -> Floats:
        """For each bin (i, j), i > 0, the largest entry of `table` among the bins that it may follow."""
        best = np.full_like(table, -np.inf)
        for i, allowed in enumerate(self.pairs[1:], start=1):
            best[i, i:] = np.where(allowed, table[:i, i - 1, None], -np.inf).max(axis=0)
        return best[1:]

    def before(self, i: int, j: int) -> Bools:
        """Whether (h, i − 1) may stand before (i, j), for h = 0..i − 1."""
        return self.pairs[i][:, j - i]

    def reversed(self) -> "ByPair":
        """The same relation for the atoms in reverse order."""
        return ByPair([self.pairs[0], *(allowed[::-1, ::-1].T for allowed in self.pairs[:0:-1])])


def relation(bins: Traits, rule: NeighbourRule) -> ByRate | ByPair:
    """The relation of all bins (i, j) under a rule; by rate alone where that is all that is asked, which is fast."""
    if rule.min_woe_difference > 0 or (rule.sign and bins.by_period is not None):
        return ByPair.of(bins, rule)
    return ByRate(rule.sign * bins.rate)


def reversed_bins(matrix: Floats) -> Floats:
    """The matrix of bins of the atoms in reverse order: (i, j) becomes (last − j, last − i)."""
    return matrix[::-1, ::-1].T
