"""Which cuts of a fine histogram are worth offering to the exact search, and their last adjustment.

A fine histogram may have 10,000 codes, the exact search takes about 100 atoms. What is offered decides the
information reached, not the search: a greedy tree finds the steep places, quantiles cover the rest, and the edges of
the smallest bins allowed at both ends are where a monotone feature wants its outer cuts. After the search every cut
may still move within the fine histogram while its neighbours stand still.
"""

import numpy as np
from numpy.typing import NDArray

from riskbench.data.counts import Tally
from riskbench.scorecard.optimal import Limits, Partition, Trend
from riskbench.scorecard.woe import information

Integers = NDArray[np.int64]

LEAVES = 40
QUANTILES = 50
SWEEPS = 10
GAIN = 1e-12


class Histogram:
    """Goods and bads by fine code, cumulated: `goods[c]` is the number below cut c, for cuts 0..size."""

    def __init__(self, goods: Tally, bads: Tally, total_goods: float, total_bads: float):
        self.goods, self.bads = (np.concatenate([[0], np.cumsum(part)]) for part in (goods, bads))
        self.cases = self.goods + self.bads
        self.size = len(goods)
        self.total_goods, self.total_bads = total_goods, total_bads

    def between(self, start: int | Integers, stop: int | Integers) -> tuple[Tally, Tally]:
        """Goods and bads between two cuts."""
        return self.goods[stop] - self.goods[start], self.bads[stop] - self.bads[start]

    def information(self, start: int | Integers, stop: int | Integers) -> NDArray[np.float64]:
        """Part of the information value of the bin between two cuts."""
        return information(*self.between(start, stop), self.total_goods, self.total_bads)

    def inside(self, start: int, stop: int, least: float) -> Integers:
        """Cuts strictly between two cuts that leave at least `least` cases on both sides."""
        first = int(np.searchsorted(self.cases, self.cases[start] + least, side="left"))
        last = int(np.searchsorted(self.cases, self.cases[stop] - least, side="right"))
        return np.arange(max(first, start + 1), min(last, stop))


def candidate_cuts(histogram: Histogram, limits: Limits) -> Integers:
    """About 100 cuts, rising: all of them where there are no more, else tree, quantiles and smallest outer bins."""
    if histogram.size <= LEAVES + QUANTILES:
        return np.arange(1, histogram.size)
    ranks = np.arange(1, QUANTILES) * histogram.cases[-1] // QUANTILES
    inner = histogram.inside(0, histogram.size, limits.min_cases)
    tree = _tree(histogram, max(1, limits.min_cases // 4))
    outer = inner[[0, -1]] if len(inner) else inner
    cuts = np.unique(np.concatenate([tree, np.searchsorted(histogram.cases, ranks), outer]))
    return cuts[(cuts > 0) & (cuts < histogram.size)]


def _tree(histogram: Histogram, least: float) -> Integers:
    """Cuts of a greedy tree: the leaf whose best cut gains most information is split first."""
    leaves = [_best_split(histogram, 0, histogram.size, least)]
    cuts: list[int] = []
    while len(cuts) < LEAVES - 1:
        gain, start, cut, stop = max(leaves)
        if gain <= GAIN:
            break
        leaves.remove((gain, start, cut, stop))
        cuts.append(cut)
        leaves += [_best_split(histogram, start, cut, least), _best_split(histogram, cut, stop, least)]
    return np.array(sorted(cuts), np.int64)


def _best_split(histogram: Histogram, start: int, stop: int, least: float) -> tuple[float, int, int, int]:
    inside = histogram.inside(start, stop, least)
    if not len(inside):
        return (-np.inf, start, start, stop)
    kept = histogram.information(start, inside) + histogram.information(inside, stop)
    best = int(np.argmax(kept))
    return (float(kept[best] - histogram.information(start, stop)), start, int(inside[best]), stop)


def refine(histogram: Histogram, found: Partition, limits: Limits) -> Partition:
    """Move each cut to its best place between its neighbours, in turns, until none gains; limits and trend hold."""
    if not len(found.cuts):
        return found
    cuts = [0, *map(int, found.cuts), histogram.size]
    signs = _signs(histogram, np.array(cuts), found.trend)
    for _ in range(SWEEPS):
        before = list(cuts)
        for position in range(1, len(cuts) - 1):
            cuts[position] = _best_move(histogram, cuts, position, signs, limits)
        if cuts == before:
            break
    edges = np.array(cuts)
    return Partition(edges[1:-1], float(histogram.information(edges[:-1], edges[1:]).sum()), found.trend)


def _signs(histogram: Histogram, edges: Integers, trend: Trend) -> list[int]:
    """For each inner cut, +1 where the bad rate may not fall across it, −1 where it may not rise, 0 where free."""
    inner = len(edges) - 2
    if trend in ("peak", "valley"):
        goods, bads = histogram.between(edges[:-1], edges[1:])
        rate = bads / (goods + bads)
        turn = int(np.argmax(rate) if trend == "peak" else np.argmin(rate))
        leg = 1 if trend == "peak" else -1
        return [leg if cut < turn else -leg for cut in range(inner)]
    return [{"ascending": 1, "descending": -1}.get(trend, 0)] * inner


def _best_move(histogram: Histogram, cuts: list[int], position: int, signs: list[int], limits: Limits) -> int:
    start, now, stop = cuts[position - 1 : position + 2]
    places = histogram.inside(start, stop, limits.min_cases)
    left, right = histogram.between(start, places), histogram.between(places, stop)
    allowed = limits.allow(*left) & limits.allow(*right)
    left_rate, right_rate = _rate(*left), _rate(*right)
    allowed &= signs[position - 1] * (right_rate - left_rate) >= 0
    if position > 1:
        allowed &= signs[position - 2] * (left_rate - _rate(*histogram.between(cuts[position - 2], start))) >= 0
    if position < len(cuts) - 2:
        allowed &= signs[position] * (_rate(*histogram.between(stop, cuts[position + 2])) - right_rate) >= 0
    places = places[allowed]
    if not len(places):
        return now
    kept = histogram.information(start, places) + histogram.information(places, stop)
    best = int(np.argmax(kept))
    current = float(histogram.information(start, now) + histogram.information(now, stop))
    return int(places[best]) if kept[best] > current + GAIN else now


def _rate(goods: Tally, bads: Tally) -> NDArray[np.float64]:
    return bads / (goods + bads)
