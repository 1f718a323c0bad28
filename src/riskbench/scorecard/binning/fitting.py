"""From counts to bins: one feature's fine counts become its few bins. Who produced the counts does not matter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from riskbench.data.coding import Coding
from riskbench.data.counts import Counts, Tally
from riskbench.scorecard.binning.bins import BY_BAD_RATE, OTHER, ApartRule, FeatureBins, describe, interval_labels
from riskbench.scorecard.binning.candidate_cuts import candidate_cuts, refine
from riskbench.scorecard.binning.histogram import Histogram, Integers
from riskbench.scorecard.binning.imposed_cuts import NOTHING, Imposed
from riskbench.scorecard.binning.optimal import Limits, Partition, Trend, optimal_partition

EXPECTED = 5  # cases of a class at average risk: with so many to be expected, none is no accident (p < .01)


@dataclass(frozen=True)
class Terms:
    """What is asked of one feature's bins.

    `thin`: cases below which a missing or special bin has too little evidence; `rare`: those below which a level is
    pooled as "other"; `missing` and `special`: the rule of these bins; `imposed`: forced and forbidden cuts.
    """

    limits: Limits
    trend: Trend
    thin: float
    rare: float = 0.0
    missing: ApartRule = "own"
    special: ApartRule = "own"
    imposed: Imposed = NOTHING

    def __str__(self) -> str:
        limits = self.limits
        return (
            f"trend {self.trend!r}, at most {limits.max_bins} bins, at least {limits.min_cases:.12g} cases in a bin "
            f"and {limits.min_woe_difference:g} of WoE between neighbours"
        )


def best_cuts(histogram: Histogram, limits: Limits, trend: Trend) -> Partition | None:
    """The best cuts of a histogram: candidates, the exact best partition of them, then each cut adjusted.

    None where cuts are forced and no partition that has them keeps the limits.

    Where every partition has a bin of one class alone, such bins are made rather than none, if that is no accident: a
    value that only bads have is the strongest there is, or leakage, and must not look as if it said nothing.
    """
    best = _best_cuts(histogram, limits, trend)
    if (best and len(best.cuts)) or not limits.min_class:
        return best
    pure = _best_cuts(histogram, replace(limits, min_class=0), trend)
    if not pure:
        return best
    goods, bads = histogram.between(np.array([0, *pure.cuts]), np.array([*pure.cuts, histogram.size]))
    cases = histogram.total_goods + histogram.total_bads
    expected = np.where(goods == 0, histogram.total_goods, histogram.total_bads) * (goods + bads) / cases
    fewest = np.minimum(goods, bads)
    accident = (fewest < limits.min_class) & ((fewest > 0) | (expected < EXPECTED))
    return best if accident.any() else pure


def _best_cuts(histogram: Histogram, limits: Limits, trend: Trend) -> Partition | None:
    offered = candidate_cuts(histogram, limits)
    found = optimal_partition(histogram.at(offered), limits, trend)
    return found and refine(histogram, found._replace(cuts=offered[found.cuts - 1]), limits)


def numeric_bins(name: str, counts: Counts, terms: Terms) -> FeatureBins:
    """Bins of a number, cut between its fine codes where that is allowed.

    Raises ValueError where the forced cuts cannot be kept, saying why.
    """
    coding, imposed, limits = counts.coding, terms.imposed, terms.limits
    permitted = imposed.permitted(coding)
    forced = imposed.places(name, coding, permitted)
    if len(np.unique(forced)) < len(forced):
        raise ValueError(f"forced_cuts of {name!r} must have cases between them, got {list(imposed.forced)}")
    starts = np.array([0, *(permitted + 1)])
    histogram = _histogram(counts, lambda part: np.add.reduceat(part[..., : coding.regular], starts, axis=-1), forced)
    best = best_cuts(histogram, limits, terms.trend)
    if best is None:
        raise ValueError(imposed.explain(name, histogram, limits, str(terms)))
    edges = permitted[best.cuts - 1]
    cuts = [imposed.named(coding.below[edge], coding.edges[edge]) for edge in edges]
    goods, bads = _inside(histogram, best.cuts)
    return describe(
        name,
        Coding.numeric(cuts, None, coding.specials),
        range(len(cuts) + 1),
        interval_labels(cuts),
        np.concatenate([goods, counts.goods[coding.regular :]]),
        np.concatenate([bads, counts.bads[coding.regular :]]),
        thin=terms.thin,
        trend=best.trend,
        design_effect=counts.design_effect,
        missing=terms.missing,
        special=terms.special,
    )


def categorical_bins(name: str, counts: Counts, terms: Terms) -> FeatureBins:
    """Bins of a category: levels with fewer than `terms.rare` cases pooled as "other", the rest in order of bad rate.

    The bad rate that orders them is smoothed by one case of average risk. "other" takes part in the order like a
    level; levels never seen belong to its bin.
    """
    coding, regular = counts.coding, counts.coding.regular
    cases = counts.goods[:regular] + counts.bads[:regular]
    kept = np.flatnonzero((cases >= terms.rare) & (cases > 0))
    pooled = np.flatnonzero((cases < terms.rare) & (cases > 0))
    names = [*(coding.levels[code] for code in kept), *([OTHER] if len(pooled) else [])]

    def levels(part: Tally) -> Tally:
        rest = part[..., pooled].sum(axis=-1, keepdims=True)[..., : len(names) - len(kept)]
        return np.concatenate([part[..., kept], rest], axis=-1)

    goods, bads = levels(counts.goods), levels(counts.bads)
    average = counts.total_bads / counts.n
    order = np.lexsort((np.arange(len(names)), (bads + average) / (goods + bads + 1)))
    histogram = _histogram(counts, lambda part: levels(part)[..., order])
    best = best_cuts(histogram, terms.limits, "ascending") if len(names) else None
    members = np.split(order, best.cuts) if best else []
    labels = [", ".join(names[i] for i in sorted(group)) for group in members]
    bin_of = {int(i): position for position, group in enumerate(members) for i in group}
    goods, bads = _inside(histogram, best.cuts) if best else (goods, bads)
    if not len(pooled):  # a place for levels never seen
        labels.append(OTHER)
        goods, bads = np.append(goods, goods[:0].sum()), np.append(bads, bads[:0].sum())
    return describe(
        name,
        Coding.categorical([coding.levels[code] for code in kept], coding.specials),
        [bin_of[i] for i in range(len(kept))],
        labels,
        np.concatenate([goods, counts.goods[regular:]]),
        np.concatenate([bads, counts.bads[regular:]]),
        unseen=bin_of[len(kept)] if len(pooled) else len(members),
        thin=terms.thin,
        trend=BY_BAD_RATE,
        design_effect=counts.design_effect,
        missing=terms.missing,
        special=terms.special,
    )


def _histogram(counts: Counts, atoms: Callable[[Tally], Tally], forced: Iterable[int] = ()) -> Histogram:
    """The histogram of what `atoms` makes of goods and of bads, by period too where they are counted so."""
    by_period = None if counts.by_period is None else (atoms(counts.by_period[0]), atoms(counts.by_period[1]))
    totals = counts.total_goods, counts.total_bads
    return Histogram(atoms(counts.goods), atoms(counts.bads), *totals, forced, by_period)


def _inside(histogram: Histogram, cuts: Integers) -> tuple[Tally, Tally]:
    """Goods and bads of the bins between cuts."""
    ends = np.array([0, *cuts, histogram.size])
    return histogram.between(ends[:-1], ends[1:])
