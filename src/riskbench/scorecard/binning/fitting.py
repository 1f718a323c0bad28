"""From counts to bins: the best division of one feature's fine counts under its terms. Who counted does not matter."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from riskbench.data.counts import Counts, Tally
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.dividing import divided
from riskbench.scorecard.binning.division import Division, interval_labels
from riskbench.scorecard.binning.exact_search import Partition, optimal_partition
from riskbench.scorecard.binning.histogram import Histogram
from riskbench.scorecard.binning.imposed_cuts import Imposed
from riskbench.scorecard.binning.offered_cuts import offered_cuts
from riskbench.scorecard.binning.refinement import refined
from riskbench.scorecard.binning.terms import Limits, Terms
from riskbench.scorecard.binning.trends import BY_BAD_RATE, Trend

EXPECTED = 5  # cases of a class at average risk: with so many to be expected, none is no accident (p < .01)


def best_bins(name: str, counts: Counts, terms: Terms) -> FeatureBins:
    """The bins of largest information value that keep the terms.

    Raises ValueError where forced cuts cannot be kept, saying why.
    """
    find = best_cuts if counts.coding.kind == "numeric" else best_groups
    division, trend = find(name, counts, terms)
    return divided(name, division, counts, terms, trend)


def best_cuts(name: str, counts: Counts, terms: Terms) -> tuple[Division, Trend]:
    """The best cuts of a number, made between its fine codes where that is allowed, and the trend they follow."""
    coding, imposed, limits = counts.coding, terms.imposed, terms.limits
    permitted = imposed.permitted(coding)
    forced = imposed.places(name, coding, permitted)
    starts = np.array([0, *(permitted + 1)])
    histogram = _histogram(counts, lambda part: np.add.reduceat(part[..., : coding.regular], starts, axis=-1), forced)
    best = best_partition(histogram, limits, terms.trend)
    if best is None:
        raise ValueError(_why_not_forced(name, imposed, histogram, terms))
    edges = permitted[best.cuts - 1]
    cuts = [imposed.named(coding.below[edge], coding.edges[edge]) for edge in edges]
    return Division(cuts=tuple(cuts)), best.trend


def best_groups(name: str, counts: Counts, terms: Terms) -> tuple[Division, str]:
    """The best groups of the levels of a category, which are in order of their bad rates.

    Levels with fewer than `terms.rare` cases are pooled and take part in the order like one level; levels never seen
    belong to its bin. The bad rate that orders levels is smoothed by one case of average risk.
    """
    levels, regular = counts.coding.levels, counts.coding.regular
    cases = counts.goods[:regular] + counts.bads[:regular]
    kept = np.flatnonzero((cases >= terms.rare) & (cases > 0))
    pooled = np.flatnonzero((cases < terms.rare) & (cases > 0))
    atoms = len(kept) + bool(len(pooled))
    if not atoms:
        return Division(groups=((),), rest=0), BY_BAD_RATE

    def by_atom(part: Tally) -> Tally:
        rest = part[..., pooled].sum(axis=-1, keepdims=True)[..., : atoms - len(kept)]
        return np.concatenate([part[..., kept], rest], axis=-1)

    goods, bads = by_atom(counts.goods), by_atom(counts.bads)
    average = counts.total_bads / counts.n
    order = np.lexsort((np.arange(atoms), (bads + average) / (goods + bads + 1)))
    best = best_partition(_histogram(counts, lambda part: by_atom(part)[..., order]), terms.limits, "ascending")
    members = np.split(order, best.cuts if best else [])
    groups = [tuple(levels[kept[i]] for i in sorted(group) if i < len(kept)) for group in members]
    rest = next((i for i, group in enumerate(members) if len(kept) in group), len(members))
    return Division(groups=(*groups, *[()] * (rest == len(members))), rest=rest), BY_BAD_RATE


def best_partition(histogram: Histogram, limits: Limits, trend: Trend) -> Partition | None:
    """The best cuts of a histogram: those offered, the exact best partition among them, then each cut refined.

    None where cuts are forced and no partition that has them keeps the limits.

    Where every partition has a bin of one class alone, such bins are made rather than none, if that is no accident: a
    value that only bads have is the strongest there is, or leakage, and must not look as if it said nothing.
    """
    best = _searched(histogram, limits, trend)
    if (best and len(best.cuts)) or not limits.min_class:
        return best
    pure = _searched(histogram, replace(limits, min_class=0), trend)
    if not pure:
        return best
    goods, bads = histogram.between(np.array([0, *pure.cuts]), np.array([*pure.cuts, histogram.size]))
    cases = histogram.total_goods + histogram.total_bads
    expected = np.where(goods == 0, histogram.total_goods, histogram.total_bads) * (goods + bads) / cases
    fewest = np.minimum(goods, bads)
    accident = (fewest < limits.min_class) & ((fewest > 0) | (expected < EXPECTED))
    return best if accident.any() else pure


def _searched(histogram: Histogram, limits: Limits, trend: Trend) -> Partition | None:
    offered = offered_cuts(histogram, limits)
    found = optimal_partition(histogram.at(offered), limits, trend)
    return found and refined(histogram, found._replace(cuts=offered[found.cuts - 1]), limits)


def _why_not_forced(name: str, imposed: Imposed, histogram: Histogram, terms: Terms) -> str:
    """Why no bins of a feature keep its forced cuts."""
    limits, cuts = terms.limits, ", ".join(f"{cut:.15g}" for cut in imposed.forced)
    edges = np.array([0, *histogram.forced, histogram.size])
    goods, bads = histogram.between(edges[:-1], edges[1:])
    if len(goods) > limits.max_bins:
        return f"forced_cuts of {name!r}, {cuts}, make {len(goods)} bins, and max_bins is {limits.max_bins}"
    for label, good, bad in zip(interval_labels(imposed.forced), goods, bads, strict=True):
        told = f"the forced bin '{label}' of {name!r} has {good + bad:.12g} cases, {bad:.12g} of them bad"
        if good + bad < limits.min_cases:
            return f"{told}; a bin must have at least {limits.min_cases:.12g} cases"
        if min(good, bad) < limits.min_class:
            return f"{told}; a bin must have at least {limits.min_class:.12g} goods and bads (min_class_count)"
    return f"no bins of {name!r} keep its forced cuts, {cuts}, with {terms}"


def _histogram(counts: Counts, atoms: Callable[[Tally], Tally], forced: Iterable[int] = ()) -> Histogram:
    """The histogram of what `atoms` makes of goods and of bads, by period too where they are counted so."""
    by_period = None if counts.by_period is None else (atoms(counts.by_period[0]), atoms(counts.by_period[1]))
    totals = counts.total_goods, counts.total_bads
    return Histogram(atoms(counts.goods), atoms(counts.bads), *totals, forced=forced, by_period=by_period)
