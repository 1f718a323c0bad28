"""The bins that counts give to a division made by hand, their trend as it is told, and what they break."""

import numpy as np
from numpy.typing import NDArray

from riskbench.data.coding import UNSEEN
from riskbench.data.counts import Counts, Tally
from riskbench.scorecard.binning.bins import FeatureBins, describe
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.binning.fitting import Terms
from riskbench.scorecard.binning.imposed_cuts import Imposed
from riskbench.scorecard.binning.optimal import SAME, Trend

BY_BAD_RATE = "by bad rate"


def divided(name: str, division: Division, counts: Counts, terms: Terms) -> FeatureBins:
    """The bins of a division, counted from counts at least as fine, by the terms of the binning."""
    into, regular = division.bin_of_codes(counts.coding), counts.coding.regular
    goods, bads = (
        np.concatenate([_summed(part[:regular], into, division.size), part[regular:]])
        for part in (counts.goods, counts.bads)
    )
    coding = division.coding(counts.coding.specials)
    return describe(
        name,
        coding,
        range(division.size) if division.kind == "numeric" else division.bin_of_levels(coding.levels),
        division.labels,
        goods,
        bads,
        unseen=UNSEEN if division.rest is None else division.rest,
        thin=terms.thin,
        trend=_told(division, bad_rates(goods[: division.size], bads[: division.size]), terms.trend),
        design_effect=counts.design_effect,
        missing=terms.missing,
        special=terms.special,
    )


def _summed(part: Tally, into: NDArray[np.int64], size: int) -> Tally:
    sums = np.zeros((*part.shape[:-1], size), part.dtype)
    np.add.at(sums.T, into, part.T)
    return sums


def _told(division: Division, rates: NDArray[np.float64], asked: Trend) -> str:
    if division.kind == "numeric":
        return told_trend(rates, asked)
    return BY_BAD_RATE if follows(rates, "ascending") else "none"


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


def bad_rates(goods: Tally, bads: Tally) -> NDArray[np.float64]:
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


def breaches(bins: FeatureBins, division: Division, counts: Counts, terms: Terms) -> list[str]:
    """What bins made by hand break of what the automatic ones must respect, each a sentence."""
    size, limits = division.size, terms.limits
    goods, bads = bins.goods[:size], bins.bads[:size]
    seen = goods + bads > 0
    asked = terms.trend if division.kind == "numeric" else "ascending"
    said = [] if follows(bad_rates(goods, bads), asked) else [f"the bad rate is not {_worded(asked)}"]
    if counts.by_period is not None and not said:
        into = division.bin_of_codes(counts.coding)
        told = told_trend(bad_rates(goods, bads), asked)
        both = (_summed(part[:, : len(into)], into, size) for part in counts.by_period)
        against = sum(not follows(bad_rates(*period), told) for period in zip(*both, strict=True))
        said += [f"the bad rate is not {_worded(told)} in {against} of the periods"] * bool(against)
    if seen.sum() > limits.max_bins:
        said.append(f"{seen.sum()} bins, more than {limits.max_bins}")
    for i in np.flatnonzero(seen & ~limits.allow(goods, bads)):
        few = goods[i] + bads[i] < limits.min_cases
        cases = f"{goods[i] + bads[i]:.12g} cases, under {limits.min_cases:.12g}"
        fewest = f"{min(goods[i], bads[i]):.12g} of a class, under {limits.min_class:.12g}"
        said.append(f"bin {bins.labels[i]} has {cases if few else fewest}")
    if (np.abs(np.diff(bins.woe[:size][seen])) < limits.min_woe_difference).any():
        said.append(f"neighbours differ by less than {limits.min_woe_difference:g} of WoE")
    return [*said, *_imposed(division.cuts or (), terms.imposed)]


def _imposed(cuts: tuple[float, ...], imposed: Imposed) -> list[str]:
    lost = [f"the forced cut {cut:.15g} is not made" for cut in imposed.forced if cut not in cuts]
    barred = [cut for cut in cuts if cut in imposed.singles or any(low < cut < high for low, high in imposed.spans)]
    return [*lost, *(f"the cut {cut:.15g} is forbidden" for cut in barred)]


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
