"""The last adjustment of cuts found by the exact search: each may still move to where no cut was offered."""

import numpy as np

from riskbench.scorecard.binning.exact_search import Partition
from riskbench.scorecard.binning.histogram import Histogram, Traits
from riskbench.scorecard.binning.neighbours import NeighbourRule
from riskbench.scorecard.binning.offered_cuts import GAIN
from riskbench.scorecard.binning.terms import Limits
from riskbench.scorecard.binning.trends import signs

SWEEPS = 10


def refined(histogram: Histogram, found: Partition, limits: Limits) -> Partition:
    """The partition with each cut moved to its best place between its neighbours, in turns, until none gains.

    Limits and trend hold, and forced cuts stand still.
    """
    if not len(found.cuts):
        return found
    cuts = [0, *map(int, found.cuts), histogram.size]
    rates = histogram.traits(np.array(cuts[:-1]), np.array(cuts[1:])).rate
    rules = [NeighbourRule(sign, limits.min_woe_difference) for sign in signs(found.trend, rates)]
    free = [position for position in range(1, len(cuts) - 1) if cuts[position] not in histogram.forced]
    for _ in range(SWEEPS):
        before = list(cuts)
        for position in free:
            cuts[position] = _best_move(histogram, cuts, position, rules, limits)
        if cuts == before:
            break
    edges = np.array(cuts)
    return Partition(edges[1:-1], float(histogram.information(edges[:-1], edges[1:]).sum()), found.trend)


def _best_move(histogram: Histogram, cuts: list[int], position: int, rules: list[NeighbourRule], limits: Limits) -> int:
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
