"""Which cuts of a fine histogram are worth offering to the exact search.

A fine histogram may have 10,000 codes, the exact search takes about 100 atoms. What is offered decides the information
reached, not the search: a greedy tree finds the steep places, quantiles cover the rest, and the edges of the smallest
bins allowed at both ends are where a monotone feature wants its outer cuts.
"""

import numpy as np

from riskbench.scorecard.binning.histogram import Histogram, Integers
from riskbench.scorecard.binning.terms import Limits

LEAVES = 40
QUANTILES = 50
GAIN = 1e-12  # of information: less is none


def offered_cuts(histogram: Histogram, limits: Limits) -> Integers:
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
