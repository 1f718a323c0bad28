"""What bins made by hand are refused for on their data, and what they break of the terms that automatic bins keep."""

import numpy as np

from riskbench.data.counts import Counts
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.dividing import summed
from riskbench.scorecard.binning.terms import Limits, Terms
from riskbench.scorecard.binning.trends import Trend, bad_rates, follows, trend_of


def require_cases(bins: FeatureBins, counts: Counts) -> None:
    """Raise ValueError where bins make no sense on their data: a level that nobody has, a bin without cases."""
    known = set(counts.coding.levels)
    if unknown := [level for level in bins.coding.levels if level not in known]:
        raise ValueError(f"no case has the level {', '.join(map(repr, unknown))}; the levels are {sorted(known)}")
    for i in np.flatnonzero(bins.cases[: bins.regular] == 0):
        if i != bins.unseen:
            raise ValueError(f"bin {bins.labels[i]} of {bins.name!r} would hold no cases")


def breaches(bins: FeatureBins, counts: Counts, terms: Terms) -> list[str]:
    """What bins break of their terms, each a sentence; `counts` are those that they were made from."""
    cuts = bins.division.cuts or ()
    return [*_of_trend(bins, counts, terms.trend), *_of_limits(bins, terms.limits), *terms.imposed.broken_by(cuts)]


def _of_trend(bins: FeatureBins, counts: Counts, trend: Trend) -> list[str]:
    asked = trend if bins.coding.kind == "numeric" else "ascending"
    rates = bad_rates(bins.goods[: bins.regular], bins.bads[: bins.regular])
    if not follows(rates, asked):
        return [f"the bad rate is not {_worded(asked)}"]
    if counts.by_period is None:
        return []
    into, told = bins.division.bin_of_codes(counts.coding), trend_of(rates, asked)
    both = (summed(part[:, : len(into)], into, bins.regular) for part in counts.by_period)
    against = sum(not follows(bad_rates(*period), told) for period in zip(*both, strict=True))
    return [f"the bad rate is not {_worded(told)} in {against} of the periods"] * bool(against)


def _of_limits(bins: FeatureBins, limits: Limits) -> list[str]:
    goods, bads, woe = (of[: bins.regular] for of in (bins.goods, bins.bads, bins.woe))
    seen = goods + bads > 0
    said = [f"{seen.sum()} bins, more than {limits.max_bins}"] * bool(seen.sum() > limits.max_bins)
    for i in np.flatnonzero(seen & ~limits.allow(goods, bads)):
        few = goods[i] + bads[i] < limits.min_cases
        cases = f"{goods[i] + bads[i]:.12g} cases, under {limits.min_cases:.12g}"
        fewest = f"{min(goods[i], bads[i]):.12g} of a class, under {limits.min_class:.12g}"
        said.append(f"bin {bins.labels[i]} has {cases if few else fewest}")
    if (np.abs(np.diff(woe[seen])) < limits.min_woe_difference).any():
        said.append(f"neighbours differ by less than {limits.min_woe_difference:g} of WoE")
    return said


def _worded(trend: Trend) -> str:
    return "monotone" if trend == "auto" else f"a {trend}" if trend in ("peak", "valley") else trend
