"""From counts to bins: one feature's fine counts become its few bins. Who produced the counts does not matter."""

from dataclasses import replace

import numpy as np

from riskbench.data.counts import Coding, Counts
from riskbench.scorecard.bins import OTHER, FeatureBins, describe, interval_labels, round_cut
from riskbench.scorecard.candidates import Histogram, candidate_cuts, refine
from riskbench.scorecard.optimal import Limits, Partition, Trend, optimal_partition

EXPECTED = 5  # cases of a class at average risk: with so many to be expected, none is no accident (p < .01)


def best_cuts(histogram: Histogram, limits: Limits, trend: Trend) -> Partition:
    """The best cuts of a histogram: candidates, the exact best partition of them, then each cut adjusted.

    Where every partition has a bin of one class alone, such bins are made rather than none, if that is no accident: a
    value that only bads have is the strongest there is, or leakage, and must not look as if it said nothing.
    """
    best = _best_cuts(histogram, limits, trend)
    if len(best.cuts) or not limits.min_class:
        return best
    pure = _best_cuts(histogram, replace(limits, min_class=0), trend)
    goods, bads = histogram.between(np.array([0, *pure.cuts]), np.array([*pure.cuts, histogram.size]))
    cases = histogram.total_goods + histogram.total_bads
    expected = np.where(goods == 0, histogram.total_goods, histogram.total_bads) * (goods + bads) / cases
    accident = (np.minimum(goods, bads) == 0) & (expected < EXPECTED)
    return best if accident.any() else pure


def _best_cuts(histogram: Histogram, limits: Limits, trend: Trend) -> Partition:
    offered = candidate_cuts(histogram, limits)
    edges = np.array([0, *offered, histogram.size])
    inside = histogram.between(edges[:-1], edges[1:])
    found = optimal_partition(*inside, histogram.total_goods, histogram.total_bads, limits, trend)
    return refine(histogram, found._replace(cuts=offered[found.cuts - 1]), limits)


def numeric_bins(name: str, counts: Counts, limits: Limits, trend: Trend, thin: float) -> FeatureBins:
    """Bins of a number, cut between its fine codes."""
    coding, regular = counts.coding, counts.coding.regular
    goods, bads = counts.goods[:regular], counts.bads[:regular]
    histogram = Histogram(goods, bads, counts.total_goods, counts.total_bads)
    best = best_cuts(histogram, limits, trend)
    cuts = [round_cut(coding.below[cut - 1], coding.edges[cut - 1]) for cut in best.cuts]
    ends = np.array([0, *best.cuts, histogram.size])
    inside = histogram.between(ends[:-1], ends[1:])
    both = (
        np.concatenate([part, apart[regular:]]) for part, apart in zip(inside, (counts.goods, counts.bads), strict=True)
    )
    return describe(
        name,
        Coding.numeric(cuts, None, coding.specials),
        range(len(cuts) + 1),
        interval_labels(cuts),
        *both,
        thin=thin,
        trend=best.trend,
        design_effect=counts.design_effect,
    )


def categorical_bins(name: str, counts: Counts, limits: Limits, rare: float, thin: float) -> FeatureBins:
    """Bins of a category: levels with fewer than `rare` cases pooled as "other", the rest in order of bad rate.

    The bad rate that orders them is smoothed by one case of average risk. "other" takes part in the order like a
    level; levels never seen belong to its bin.
    """
    coding, regular = counts.coding, counts.coding.regular
    cases = counts.goods[:regular] + counts.bads[:regular]
    kept = np.flatnonzero((cases >= rare) & (cases > 0))
    pooled = np.flatnonzero((cases < rare) & (cases > 0))
    names = [*(coding.levels[code] for code in kept), *([OTHER] if len(pooled) else [])]
    goods, bads = (
        np.append(part[kept], part[pooled].sum()) if len(pooled) else part[kept] for part in (counts.goods, counts.bads)
    )
    average = counts.total_bads / counts.n
    smoothed = (bads + average) / (goods + bads + 1)
    order = np.lexsort((np.arange(len(names)), smoothed))
    histogram = Histogram(goods[order], bads[order], counts.total_goods, counts.total_bads)
    members = np.split(order, best_cuts(histogram, limits, "ascending").cuts) if len(names) else []
    labels = [", ".join(names[i] for i in sorted(group)) for group in members]
    bin_of = {int(i): position for position, group in enumerate(members) for i in group}
    sums = [[part[group].sum() for group in members] for part in (goods, bads)]
    if not len(pooled):  # a place for levels never seen
        labels.append(OTHER)
        sums = [[*part, 0] for part in sums]
    both = (
        np.concatenate([np.array(part, apart.dtype), apart[regular:]])
        for part, apart in zip(sums, (counts.goods, counts.bads), strict=True)
    )
    return describe(
        name,
        Coding.categorical([coding.levels[code] for code in kept], coding.specials),
        [bin_of[i] for i in range(len(kept))],
        labels,
        *both,
        unseen=bin_of[len(kept)] if len(pooled) else len(members),
        thin=thin,
        trend="by bad rate",
        design_effect=counts.design_effect,
    )
