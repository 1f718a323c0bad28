"""The bins that counts give to a division made by hand, their trend as it is told, and what they break."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskbench.data.counts import UNSEEN, Counts
from riskbench.scorecard.bins import FeatureBins, describe
from riskbench.scorecard.division import Division
from riskbench.scorecard.optimal import SAME, Limits, Trend

BY_BAD_RATE = "by bad rate"


def divided(
    name: str, division: Division, counts: Counts, *, thin: int, trend: Trend = "auto", edited: str = ""
) -> FeatureBins:
    """The bins of a division, counted from counts at least as fine; `trend` is the one that was asked for."""
    into, regular = division.bin_of_codes(counts.coding), counts.coding.regular
    inside = []
    for part in (counts.goods, counts.bads):
        sums = np.zeros(division.size, part.dtype)
        np.add.at(sums, into, part[:regular])
        inside.append(np.concatenate([sums, part[regular:]]))
    coding = division.coding(counts.coding.specials)
    groups = range(division.size) if division.kind == "numeric" else division.bin_of_levels(coding.levels)
    rates = bad_rates(*(part[: division.size] for part in inside))
    told = told_trend(rates, trend) if division.kind == "numeric" else BY_BAD_RATE * bool(follows(rates, "ascending"))
    unseen = UNSEEN if division.rest is None else division.rest
    bins = describe(
        name, coding, list(groups), division.labels, *inside, unseen=unseen, thin=thin, trend=told or "none"
    )
    return replace(bins, edited=edited)


def ordered(division: Division, counts: Counts) -> Division:
    """Groups in the order of their bad rates, a bin without cases last; cuts have their order already."""
    if division.groups is None or division.rest is None:
        return division
    into, regular = division.bin_of_codes(counts.coding), counts.coding.regular
    goods, bads = (np.bincount(into, part[:regular], division.size) for part in (counts.goods, counts.bads))
    cases = goods + bads
    order = np.argsort(np.where(cases > 0, bads / np.maximum(cases, SAME), np.inf), kind="stable").tolist()
    groups = tuple(tuple(sorted(division.groups[i])) for i in order)
    return Division(groups=groups, rest=order.index(division.rest))


def bad_rates(goods: NDArray, bads: NDArray) -> NDArray[np.float64]:
    """Bad rates of the bins that have cases."""
    seen = goods + bads > 0
    return bads[seen] / (goods + bads)[seen]


def follows(rates: NDArray[np.float64], trend: Trend) -> bool:
    """Whether bad rates, bin by bin, have this trend.

    >>> follows(np.array([0.1, 0.3, 0.2]), "peak"), follows(np.array([0.1, 0.3, 0.2]), "auto")
    (True, False)
    """
    steps = np.diff(rates)
    rises, falls = steps > SAME, steps < -SAME
    if trend == "auto":
        return not (rises.any() and falls.any())
    if trend in ("peak", "valley"):
        turned, back = (falls, rises) if trend == "peak" else (rises, falls)
        return not (np.maximum.accumulate(turned) & back).any()
    return trend == "none" or not (falls if trend == "ascending" else rises).any()


def told_trend(rates: NDArray[np.float64], asked: Trend) -> Trend:
    """The trend that bad rates have: the one asked for where they do, else the simplest that fits."""
    simplest: tuple[Trend, ...] = ("ascending", "descending", "peak", "valley", "none")
    first: tuple[Trend, ...] = () if asked == "auto" else (asked,)
    if len(rates) < 2:
        return "none"
    return next(trend for trend in (*first, *simplest) if follows(rates, trend))


def breaches(bins: FeatureBins, division: Division, limits: Limits, trend: Trend) -> list[str]:
    """What bins made by hand break of what the automatic ones must respect, each a sentence."""
    size = division.size
    goods, bads = bins.goods[:size], bins.bads[:size]
    asked = trend if division.kind == "numeric" else "ascending"
    said = [] if follows(bad_rates(goods, bads), asked) else [f"the bad rate is not {_worded(asked)}"]
    seen = goods + bads > 0
    if seen.sum() > limits.max_bins:
        said.append(f"{seen.sum()} bins, more than {limits.max_bins}")
    for i in np.flatnonzero(seen & ~limits.allow(goods, bads)):
        cases, fewest = f"{goods[i] + bads[i]:.15g}", f"{min(goods[i], bads[i]):.15g}"
        few = goods[i] + bads[i] < limits.min_cases
        why = f"{cases} cases, under {limits.min_cases}" if few else f"{fewest} of a class, under {limits.min_class}"
        said.append(f"bin {bins.labels[i]} has {why}")
    return said


def _worded(trend: Trend) -> str:
    return "monotone" if trend == "auto" else f"a {trend}" if trend in ("peak", "valley") else trend


def require_cases(bins: FeatureBins, division: Division, counts: Counts) -> None:
    """Raise ValueError where a division makes no sense on its data: a level that nobody has, a bin without cases."""
    known = set(counts.coding.levels)
    if unknown := [level for group in division.groups or () for level in group if level not in known]:
        raise ValueError(f"no case has the level {', '.join(map(repr, unknown))}; the levels are {sorted(known)}")
    for i in np.flatnonzero(bins.cases[: division.size] == 0):
        if i != division.rest:
            raise ValueError(f"bin {bins.labels[i]} of {bins.name!r} would hold no cases")
