"""How differently groups fare: ratios and differences of rates, of means and of error rates. From counts, per group.

Each function returns one estimate per group against a reference group, or one for all groups. None of these figures is
a legal finding; what is compared, and against whom, is printed with them.
"""

from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr
from scipy.stats import fisher_exact

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, counts, part_of, risks, same_length
from riskbench.metrics.intervals import around, difference, ratio_bounds
from riskbench.metrics.resampling import GroupCounts, group_parity

TEST = "z with pooled share; Fisher's exact p, two-sided"


def adverse_impact_ratio(
    selected: ArrayLike, total: ArrayLike, reference: int = 0, level: float = LEVEL
) -> list[Estimate]:
    """Each group's selection rate over that of the group at index `reference`; 1 is parity, below 1 is adverse.

    The value is the quotient of two rationals, so (60/100)/(75/100) is .8 and not a hair below. The interval joins the
    two Wilson intervals (MOVER-R; Donner and Zou, 2012) and exists for rates of 0 and 1 as well. H0 of the test: equal
    rates. The .80 that is often asked for is an employment benchmark (29 CFR 1607.4(D)), not credit law.

    >>> [round(e.value, 4) for e in adverse_impact_ratio([63, 27, 13, 16], [187, 93, 58, 67])]
    [1.0, 0.8618, 0.6653, 0.7088]
    """
    groups = _groups(selected, total, reference)
    s0, n0 = groups[reference]
    method = f"ratio of selection rates; MOVER-R interval; {TEST}"
    ratios = []
    for i, (s, n) in enumerate(groups):
        if not (n and s0):
            why = "the group has no cases" if s0 else "nobody in the reference group is selected"
            ratios.append(Estimate.missing(why, n, method))
        elif i == reference:
            ratios.append(Estimate(1.0, n=n, method="the reference group"))
        else:
            value = float(Fraction(s, n) / Fraction(s0, n0))
            ratios.append(Estimate(value, *ratio_bounds(s, n, s0, n0, level), level, n, method, *_test(s, n, s0, n0)))
    return ratios


def rate_difference(selected: ArrayLike, total: ArrayLike, reference: int = 0, level: float = LEVEL) -> list[Estimate]:
    """Each group's selection rate minus that of the group at index `reference`, with Newcombe's interval; 0 is parity.

    >>> [round(e.value, 2) for e in rate_difference([48, 12], [80, 40])]
    [0.0, -0.3]
    """
    groups = _groups(selected, total, reference)
    s0, n0 = groups[reference]
    method = f"difference of selection rates; Newcombe interval; {TEST}"
    differences = []
    for i, (s, n) in enumerate(groups):
        if not (n and n0):
            why = "the group has no cases" if n0 else "the reference group has no cases"
            differences.append(Estimate.missing(why, n, method))
        elif i == reference:
            differences.append(Estimate(0.0, n=n, method="the reference group"))
        else:
            value, gap = float(Fraction(s, n) - Fraction(s0, n0)), difference(s, n, s0, n0, level)
            differences.append(Estimate(value, gap.lower, gap.upper, level, n, method, *_test(s, n, s0, n0)))
    return differences


def standardised_mean_difference(
    values: ArrayLike, codes: ArrayLike, reference: int = 0, level: float = LEVEL
) -> list[Estimate]:
    """(mean of a group − mean of the reference group) / standard deviation of the full sample, one per group code.

    `codes` number the groups 0, 1, … The interval is Wald's, with the standard deviation of the full sample taken as
    known. In standard deviations; 0 is parity. z tests H0: equal means, two-sided.

    >>> [round(e.value, 4) for e in standardised_mean_difference([1, 3, 5, 7], [0, 0, 1, 1])]  # 4 / √(20/3)
    [0.0, 1.5492]
    """
    x, group = risks(values, "values"), np.asarray(codes)
    same_length(values=x, codes=group)
    if not x.size:
        raise ValueError("values must not be empty: there is no group to compare")
    if group.min() < 0 or not np.issubdtype(group.dtype, np.integer):
        raise ValueError("codes must number the groups 0, 1, …, got something else")
    members = [x[group == code] for code in range(max(int(group.max()), reference) + 1)]
    method = "Δ mean / SD of the full sample; Wald interval"
    spread = float(x.std(ddof=1)) if np.ptp(x) else 0.0
    base, results = members[reference], []
    for code, own in enumerate(members):
        if not spread or min(own.size, base.size) < 2:
            why = "a group has fewer than two cases" if spread else "all values are equal"
            results.append(Estimate.missing(why, own.size, method))
        elif code == reference:
            results.append(Estimate(0.0, n=own.size, method="the reference group"))
        else:
            results.append(_standardised(own, base, spread, level, method))
    return results


def equalised_odds_difference(
    hits: ArrayLike,
    bads: ArrayLike,
    false_alarms: ArrayLike,
    goods: ArrayLike,
    *,
    replicates: int = 2000,
    seed: int = 0,
    level: float = LEVEL,
) -> Estimate:
    """The larger of two spreads over groups: of the share of bads flagged, and of the share of goods flagged.

    Counts per group: `hits` of `bads` and `false_alarms` of `goods` are flagged (declined). 0 is parity. The interval
    is that of `group_parity`, by test inversion on resampled counts; a group without bads (goods) sits out that spread.
    Undefined unless two groups have bads and two have goods.

    >>> equalised_odds_difference([30, 20], [50, 50], [40, 40], [400, 400]).value  # .6 − .4 against .1 − .1
    0.2
    """
    groups = GroupCounts(hits=hits, bads=bads, false_alarms=false_alarms, goods=goods)
    parity = "equalised_odds"
    return group_parity(groups, replicates, seed, level, only=[parity])[parity].difference


def _pairs(part: ArrayLike, whole: ArrayLike, names: str) -> list[tuple[int, int]]:
    parts, wholes = counts(part, names), counts(whole, names)
    same_length(part=parts, whole=wholes)
    return [part_of(p, w, names) for p, w in zip(parts, wholes, strict=True)]


def _groups(selected: ArrayLike, total: ArrayLike, reference: int) -> list[tuple[int, int]]:
    pairs = _pairs(selected, total, "selected and total")
    if not 0 <= reference < len(pairs):
        raise ValueError(f"reference must be the index of one of the {len(pairs)} groups, got {reference}")
    return pairs


def _test(s: int, n: int, s0: int, n0: int) -> tuple[float | None, float]:
    """Pooled z and Fisher's p of two shares; no z where everybody or nobody is selected."""
    pooled = (s + s0) / (n + n0)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / n0))
    z = (s / n - s0 / n0) / error if error else None
    return z, float(fisher_exact([[s, n - s], [s0, n0 - s0]])[1])


def _standardised(own: Floats, base: Floats, spread: float, level: float, method: str) -> Estimate:
    gap = float(own.mean() - base.mean())
    error = sqrt(own.var(ddof=1) / own.size + base.var(ddof=1) / base.size)
    lower, upper = around(gap / spread, error / spread, level, -np.inf, np.inf)
    z = gap / error if error else None
    p = None if z is None else float(2 * ndtr(-abs(z)))
    return Estimate(gap / spread, lower, upper, level, own.size, method, z, p)
