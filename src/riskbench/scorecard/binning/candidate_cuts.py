"""Which cuts of a fine histogram are worth offering to the exact search, and their last adjustment.

A fine histogram may have 10,000 codes, the exact search takes about 100 atoms. What is offered decides the
information reached, not the search: a greedy tree finds the steep places, quantiles cover the rest, and the edges of
the smallest bins allowed at both ends are where a monotone feature wants its outer cuts. After the search every cut
may still move within the fine histogram while its neighbours stand still.
"""

import numpy as np

from riskbench.scorecard.binning.histogram import Histogram, Integers, Traits
from riskbench.scorecard.binning.neighbours import Rule
from riskbench.scorecard.binning.optimal import Limits, Partition, signs

LEAVES = 40
QUANTILES = 50
SWEEPS = 10
GAIN = 1e-12


def candidate_cuts(histogram: Histogram, limits: Limits) -> Integers:
    """About 100 cuts, rising: all of them where there are no more, else tree, quantiles and smallest outer bins."""
    if histogram.size <= LEAVES + QUANTILES:
        return np.arange(1, histogram.size)
    ranks = np.arange(1, QUANTILES) * histogram.cases[-1] // QUANTILES
    inner = histogram.inside(0, histogram.size, limits.min_cases)
    tree = _tree(histogram, max(1, limits.min_cases // 4))
    outer = inner[[0, -1]] if len(inner) else inner
    cuts = np.unique(np.concatenate([tree, np.searchsorted(histogram.cases, ranks), outer, histogram.forced]))
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
    """Move each cut to its best place between its neighbours, in turns, until none gains.

    Limits and trend hold, and forced cuts stand still.
    """
    if not len(found.cuts):
        return found
    cuts = [0, *map(int, found.cuts), histogram.size]
    rates = histogram.traits(np.array(cuts[:-1]), np.array(cuts[1:])).rate
    rules = [Rule(sign, limits.min_woe_difference) for sign in signs(found.trend, rates)]
    free = [position for position in range(1, len(cuts) - 1) if cuts[position] not in histogram.forced]
    for _ in range(SWEEPS):
        before = list(cuts)
        for position in free:
            cuts[position] = _best_move(histogram, cuts, position, rules, limits)
        if cuts == before:
            break
    edges = np.array(cuts)
    return Partition(edges[1:-1], float(histogram.information(edges[:-1], edges[1:]).sum()), found.trend)


def _best_move(histogram: Histogram, cuts: list[int], position: int, rules: list[Rule], limits: Limits) -> int:
    start, now, stop = cuts[position - 1 : position + 2]
    places = histogram.inside(start, stop, limits.min_cases)
    allowed = limits.allow(*histogram.between(start, places)) & limits.allow(*histogram.between(places, stop))
    places = places[allowed]
    left, right = histogram.traits(start, places), histogram.traits(places, stop)
    allowed = rules[position - 1].allows(left, right)
    if position > 1:
        allowed &= rules[position - 2].allows(_one(histogram, cuts[position - 2], start), left)
    if position < len(cuts) - 2:
        allowed &= rules[position].allows(right, _one(histogram, stop, cuts[position + 2]))
    places = places[allowed]
    if not len(places):
        return now
    kept = histogram.information(start, places) + histogram.information(places, stop)
    best = int(np.argmax(kept))
    current = float(histogram.information(start, now) + histogram.information(now, stop))
    return int(places[best]) if kept[best] > current + GAIN else now


def _one(histogram: Histogram, start: int, stop: int) -> Traits:
    return histogram.traits(np.array([start]), np.array([stop]))
