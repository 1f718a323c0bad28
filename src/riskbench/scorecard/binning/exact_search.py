"""The best partition of ordered atoms into bins, exactly, by dynamic programming.

An atom is an interval between two neighbouring cuts of those offered, or a level of a category in order. A bin is a run
of atoms i..j. Whether a bin may follow another depends on these two alone (see `scorecard/binning/neighbours.py`), so
the state is the last bin: the best value of k bins that end with (i, j) is its own value plus the best of k − 1 bins
that end at i − 1 with a bin that (i, j) may follow. Everything is exact: no bin is rounded away, and ties are decided
(fewest bins, then the lowest cuts).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskbench.scorecard.binning.histogram import Histogram, Traits
from riskbench.scorecard.binning.neighbours import ByPair, ByRate, NeighbourRule, relation, reversed_bins
from riskbench.scorecard.binning.terms import Limits
from riskbench.scorecard.binning.trends import SIGNS, Trend

SAME = 1e-12  # two sums of information closer than this are equal
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Partition(NamedTuple):
    """Cuts between atoms (c parts atom c − 1 from atom c), the information they keep, and the trend they follow."""

    cuts: Integers
    value: float
    trend: Trend


def optimal_partition(atoms: Histogram, limits: Limits, trend: Trend = "auto") -> Partition | None:
    """The partition of the atoms with the largest information value.

    The trend is that of the bad rate: "ascending" never falls from bin to bin, "peak" rises and then falls, "valley"
    falls and then rises, either leg may be absent, "none" asks nothing and "auto" takes the better of ascending and
    descending. Where the atoms are counted by period, the trend holds in every period, with one turn for all. Where no
    partition meets the limits, one bin is left; None where a cut is forced.

    >>> atoms = Histogram(np.array([9, 8, 2]), np.array([1, 2, 8]), 19, 11)
    >>> optimal_partition(atoms, Limits(2, 1, 1)).cuts.tolist()
    [2]
    """
    alone = Partition(np.empty(0, np.int64), float(atoms.information(0, atoms.size)), "none")
    best = None
    if atoms.size > 1 and limits.max_bins > 1:
        value, bins = _bins(atoms, limits)
        options: tuple[Trend, ...] = ("ascending", "descending") if trend == "auto" else (trend,)
        for option in options:
            found = _best(value, bins, limits, option)
            if found and (best is None or found.value > best.value + SAME):
                best = found
    return best or (None if len(atoms.forced) else alone)


def _bins(atoms: Histogram, limits: Limits) -> tuple[Floats, Traits]:
    """Information and traits of every bin (i, j); −inf where i > j, the bin is too small or spans a forced cut."""
    i, j = np.arange(atoms.size)[:, None], np.arange(atoms.size)[None, :]
    allowed = np.triu(limits.allow(*atoms.between(i, j + 1)))
    for cut in atoms.forced:
        allowed[:cut, cut:] = False
    value = np.where(allowed, atoms.information(i, j + 1), -np.inf)
    bins = atoms.traits(i, j + 1)
    return value, bins._replace(rate=np.where(allowed, bins.rate, np.nan))


def _best(value: Floats, bins: Traits, limits: Limits, trend: Trend) -> Partition | None:
    if trend in ("peak", "valley"):
        return _best_with_turn(value, bins, limits, trend)
    before = relation(bins, NeighbourRule(SIGNS[trend], limits.min_woe_difference))
    tables = _forward(value, before, limits.max_bins)
    reached = np.array([table[:, -1].max() for table in tables])
    if not np.isfinite(reached).any():
        return None
    last = int(np.flatnonzero(reached >= reached.max() - SAME)[0])
    first = int(np.argmax(tables[last][:, -1]))
    cuts = _starts(tables, before, last, first, len(value) - 1)[1:]
    return Partition(np.array(cuts, np.int64), float(reached[last]), trend)


def _forward(value: Floats, before: ByRate | ByPair, max_bins: int) -> list[Floats]:
    """tables[k][i, j]: the best value of k + 1 bins over atoms 0..j, the last (i, j), all of them good neighbours."""
    first = np.full_like(value, -np.inf)
    first[0] = value[0]
    tables = [first]
    while len(tables) < max_bins:
        table = np.full_like(value, -np.inf)
        table[1:] = value[1:] + before.best_before(tables[-1])
        tables.append(table)
    return tables


def _starts(tables: list[Floats], before: ByRate | ByPair, last: int, i: int, j: int) -> list[int]:
    """First atoms of the bins that lead to tables[last][i, j], found again backwards."""
    starts = [i]
    for k in range(last - 1, -1, -1):
        i, j = int(np.argmax(np.where(before.before(i, j), tables[k][:i, i - 1], -np.inf))), i - 1
        starts.append(i)
    return starts[::-1]


def _best_with_turn(value: Floats, bins: Traits, limits: Limits, trend: Trend) -> Partition | None:
    """One leg up to a turning bin and the other after it: forward tables meet backward tables in that bin."""
    size, sign = len(value), 1 if trend == "peak" else -1
    before = relation(bins, NeighbourRule(sign, limits.min_woe_difference))
    after = relation(bins, NeighbourRule(-sign, limits.min_woe_difference)).reversed()
    forward = _forward(value, before, limits.max_bins)
    backward = _forward(reversed_bins(value), after, limits.max_bins)
    own = np.where(np.isfinite(value), value, 0.0)  # counted in both tables
    best, place = -np.inf, None
    for count in range(1, limits.max_bins + 1):
        for left in range(count):
            both = forward[left] + reversed_bins(backward[count - 1 - left]) - own
            if both.max() > best + SAME:
                best, place = float(both.max()), (left, count - 1 - left, int(np.argmax(both)))
    if place is None:
        return None
    left, right, turn = place
    i, j = divmod(turn, size)
    starts = _starts(forward, before, left, i, j)
    ends = _starts(backward, after, right, size - 1 - j, size - 1 - i)
    return Partition(np.array([*starts[1:], *(size - start for start in ends[:0:-1])], np.int64), best, trend)
