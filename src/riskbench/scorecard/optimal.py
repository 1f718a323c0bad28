"""The best partition of ordered atoms into bins, exactly, by dynamic programming.

An atom is an interval between two neighbouring candidate cuts (or a level of an ordered category). A bin is a run of
atoms i..j. Whether a bin may follow another depends on the two bad rates only, so the state is the last bin: the best
value of k bins that end with (i, j) is its own value plus the best of k − 1 bins that end at i − 1 with a rate no
higher. Predecessors are put in order of rate once; then "no higher" is a prefix, and a running maximum answers all of
them. Everything is exact: no bin is rounded away, and ties are decided (fewest bins, then the lowest cuts).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskbench.data.counts import Tally
from riskbench.scorecard.woe import information

Trend = Literal["auto", "ascending", "descending", "peak", "valley", "none"]
TRENDS: tuple[Trend, ...] = ("auto", "ascending", "descending", "peak", "valley", "none")

SAME = 1e-12  # two sums of information closer than this are equal
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """What a partition must respect: number of bins, cases in a bin, goods and bads in a bin."""

    max_bins: int
    min_cases: float
    min_class: float

    def allow(self, goods: Tally, bads: Tally) -> NDArray[np.bool_]:
        """Whether bins with these counts are large enough."""
        return (goods + bads >= self.min_cases) & (np.minimum(goods, bads) >= self.min_class)


class Partition(NamedTuple):
    """Cuts between atoms (c parts atom c − 1 from atom c), the information they keep, and the trend they follow."""

    cuts: Integers
    value: float
    trend: Trend


def optimal_partition(
    goods: Tally, bads: Tally, total_goods: float, total_bads: float, limits: Limits, trend: Trend = "auto"
) -> Partition:
    """The partition of the atoms with the largest information value.

    `goods` and `bads` are counts by atom, in order; the totals are those of the whole sample, so that missing and
    special values outside the atoms keep their weight. The trend is that of the bad rate: "ascending" never falls from
    bin to bin, "peak" rises and then falls, "valley" falls and then rises, either leg may be absent, "none" asks
    nothing and "auto" takes the better of ascending and descending. Where no partition meets the limits, one bin is
    left.

    >>> optimal_partition(np.array([9, 8, 2]), np.array([1, 2, 8]), 19, 11, Limits(2, 1, 1)).cuts.tolist()
    [2]
    """
    whole = float(information(goods.sum(), bads.sum(), total_goods, total_bads))
    alone = Partition(np.empty(0, np.int64), whole, "none")
    if len(goods) < 2 or limits.max_bins < 2:
        return alone
    value, rate = _bins(goods, bads, total_goods, total_bads, limits)
    options: tuple[Trend, ...] = ("ascending", "descending") if trend == "auto" else (trend,)
    best = alone
    for option in options:
        cuts, reached = _best(value, rate, limits.max_bins, option)
        if cuts is not None and (best is alone or reached > best.value + SAME):
            best = Partition(cuts, reached, option)
    return best


def _bins(goods: Tally, bads: Tally, total_goods: float, total_bads: float, limits: Limits) -> tuple[Floats, Floats]:
    """Information and bad rate of every bin (i, j); −inf where i > j or the bin is too small."""
    up_to_goods, up_to_bads = (np.concatenate([[0], np.cumsum(part)]) for part in (goods, bads))
    g = up_to_goods[None, 1:] - up_to_goods[:-1, None]
    b = up_to_bads[None, 1:] - up_to_bads[:-1, None]
    allowed = np.triu(limits.allow(g, b))
    value, rate = np.full(g.shape, -np.inf), np.full(g.shape, np.nan)
    value[allowed] = information(g[allowed], b[allowed], total_goods, total_bads)
    rate[allowed] = b[allowed] / (g[allowed] + b[allowed])
    return value, rate


def _best(value: Floats, rate: Floats, max_bins: int, trend: Trend) -> tuple[Integers | None, float]:
    if trend in ("peak", "valley"):
        return _best_with_turn(value, rate if trend == "peak" else -rate, max_bins)
    key = {"ascending": rate, "descending": -rate}.get(trend, np.zeros_like(rate))
    tables = _forward(value, key, max_bins)
    reached = np.array([table[:, -1].max() for table in tables])
    if not np.isfinite(reached).any():
        return None, -np.inf
    bins = int(np.flatnonzero(reached >= reached.max() - SAME)[0])
    first = int(np.argmax(tables[bins][:, -1]))
    return np.array(_starts(tables, key, bins, first, len(value) - 1)[1:], np.int64), float(reached[bins])


def _forward(value: Floats, key: Floats, max_bins: int) -> list[Floats]:
    """tables[k][i, j]: the best value of k + 1 bins over atoms 0..j, the last (i, j), whose key never falls."""
    size = len(value)
    by_end = np.where(np.isfinite(value), key, np.inf).T  # row e: the bins that end at atom e
    order = np.argsort(by_end, axis=1, kind="stable")
    in_order = np.take_along_axis(by_end, order, axis=1)
    reach = np.zeros((size, size), np.int64)  # how many bins ending at i − 1 may stand before (i, j)
    for i in range(1, size):
        reach[i, i:] = np.searchsorted(in_order[i - 1], by_end[i:, i], side="right")
    first = np.full_like(value, -np.inf)
    first[0] = value[0]
    tables, nothing = [first], np.full((size, 1), -np.inf)
    while len(tables) < max_bins:
        running = np.maximum.accumulate(np.take_along_axis(tables[-1].T, order, axis=1), axis=1)
        table = np.full_like(value, -np.inf)
        table[1:] = value[1:] + np.take_along_axis(np.hstack([nothing, running])[:-1], reach[1:], axis=1)
        tables.append(table)
    return tables


def _starts(tables: list[Floats], key: Floats, bins: int, i: int, j: int) -> list[int]:
    """First atoms of the bins that lead to tables[bins][i, j], found again backwards."""
    starts = [i]
    for k in range(bins - 1, -1, -1):
        fits = key[:, i - 1] <= key[i, j]
        i, j = int(np.argmax(np.where(fits, tables[k][:, i - 1], -np.inf))), i - 1
        starts.append(i)
    return starts[::-1]


def _best_with_turn(value: Floats, key: Floats, max_bins: int) -> tuple[Integers | None, float]:
    """Key rising to a turning bin and falling after it: forward tables meet backward tables in that bin."""
    size = len(value)
    back_key = _reversed(key)
    forward, backward = _forward(value, key, max_bins), _forward(_reversed(value), back_key, max_bins)
    own = np.where(np.isfinite(value), value, 0.0)  # counted in both tables
    best, place = -np.inf, None
    for bins in range(1, max_bins + 1):
        for left in range(bins):
            both = forward[left] + _reversed(backward[bins - 1 - left]) - own
            if both.max() > best + SAME:
                best, place = float(both.max()), (left, bins - 1 - left, int(np.argmax(both)))
    if place is None:
        return None, best
    left, right, turn = place
    i, j = divmod(turn, size)
    before = _starts(forward, key, left, i, j)
    after = _starts(backward, back_key, right, size - 1 - j, size - 1 - i)
    return np.array([*before[1:], *(size - start for start in after[:0:-1])], np.int64), best


def _reversed(matrix: Floats) -> Floats:
    """The matrix of bins of the atoms in reverse order: (i, j) becomes (last − j, last − i)."""
    return matrix[::-1, ::-1].T
