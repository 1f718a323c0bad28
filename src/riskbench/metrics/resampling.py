"""How far groups lie apart, over all of them at once: parity of selection and of errors, from counts per group.

The largest of several gaps is pushed up by chance: where all groups share one rate, every resample shows a gap, and
the plain percentile interval of a bootstrap never holds the zero that is true. So the two ends are found apart. The
end near parity inverts a test (Carpenter, Statistics in Medicine 18, 1999): groups are drawn together towards their
common rate until only (1 − level)/2 of the resamples show a gap as large as the one seen. The far end is the farthest
limit of any two groups (Newcombe's of a difference, MOVER-R's of a ratio): the two seen farthest apart need not be the
two that are, as a small group may be further off than it looks. Together they cover 95 % or, where several groups lie
near the ends, more: benchmarks/coverage.py measures it. Resamples keep the size of each group, so none is ever absent
from one; a group without cases sits out the rate.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import counts, part_of, same_length, share
from riskbench.metrics.intervals import difference, ratio_bounds

Group = tuple[int, int]  # cases with the property, and cases
Pairs = NDArray[np.int64]  # two rows: cases with the property, and cases; one column a group

STEPS = 8  # halvings of the way from parity to the rates seen: finer than the resamples can tell


@dataclass(frozen=True)
class GroupCounts:
    """Counts by group, in one order: `selected` of `total`, `hits` of `bads`, `false_alarms` of `goods`.

    A hit is a bad case flagged (declined), a false alarm a good case flagged. `total` counts everybody, labelled or
    not. Outcomes may be left out, and so may selection.
    """

    selected: ArrayLike = ()
    total: ArrayLike = ()
    hits: ArrayLike = ()
    bads: ArrayLike = ()
    false_alarms: ArrayLike = ()
    goods: ArrayLike = ()


@dataclass(frozen=True)
class Parity:
    """Largest less smallest rate over the groups (0 is parity), and smallest over largest (1 is parity)."""

    difference: Estimate
    ratio: Estimate


def group_parity(
    groups: GroupCounts,
    replicates: int = 2000,
    seed: int = 0,
    level: float = LEVEL,
    only: Collection[str] = (),
) -> dict[str, Parity]:
    """Difference and ratio of five parities over all groups, each with interval and p-value; H0: one rate for all.

    `demographic_parity`: share selected. `true_positive_rate`: share of bads flagged. `false_positive_rate`: share of
    goods flagged. `equal_opportunity`: share of goods not flagged (Hardt, Price and Srebro, 2016: the favourable
    decision among those who deserve it). `equalised_odds`: the larger difference, and the smaller ratio, of true and
    false positive rates. `only` names those wanted, else all come. n counts the cases behind the rate; the interval
    leaves parity out where p is below (1 − level)/2.

    A parity without two groups to compare, or a ratio where nobody has the property, is an estimate without a value.
    Raises ValueError for counts that are not whole or exceed the count that they are part of.

    >>> parity = group_parity(GroupCounts(selected=[60, 45, 20], total=[100, 90, 50]))["demographic_parity"]
    >>> f"{parity.difference.value:.2f} {parity.ratio.value:.3f}"
    '0.20 0.667'
    """
    share(level, "level", open_interval=True)
    flagged, goods = alarms = _rate(groups.false_alarms, groups.goods, "false_alarms and goods")
    rates = {
        "selected": _rate(groups.selected, groups.total, "selected and total"),
        "hits": _rate(groups.hits, groups.bads, "hits and bads"),
        "false_alarms": alarms,
        "passed": np.stack([goods - flagged, goods]),
    }
    draw = _Draw(replicates, seed, level)
    if unknown := set(only) - set(PARITIES):
        raise ValueError(f"only must name some of {', '.join(PARITIES)}, got {', '.join(sorted(unknown))}")
    return {
        name: _parity([rates[rate] for rate in about], who, draw)
        for name, (about, who) in PARITIES.items()
        if not only or name in only
    }


@dataclass(frozen=True)
class _Draw:
    replicates: int
    seed: int
    level: float


@dataclass(frozen=True)
class _Gap:
    """A gap between groups as a figure: of the rates (groups on the last axis), and its far limit for two groups."""

    name: str
    of: Callable[[NDArray], NDArray]
    worst: Callable[..., NDArray]  # of several rates, the one that is told (numpy's max or min)
    far: Callable[[Group, Group, float], float]  # of two groups, the first taken for the larger rate
    limits: str
    grows: int  # 1 where a larger figure is farther from parity, −1 where a smaller one is


def _rate(part: ArrayLike, whole: ArrayLike, names: str) -> Pairs:
    parts, wholes = counts(part, names), counts(whole, names)
    same_length(part=parts, whole=wholes)
    pairs = [part_of(p, w, names) for p, w in zip(parts, wholes, strict=True)]
    return np.array([pair for pair in pairs if pair[1]], dtype=np.int64).reshape(-1, 2).T


def _parity(rates: list[Pairs], who: str, draw: _Draw) -> Parity:
    if min(whole.size for _, whole in rates) < 2:
        n = int(sum(whole.sum() for _, whole in rates))
        lacking = Estimate.missing(f"it needs two groups with {who}", n, "parity over the groups")
        return Parity(lacking, lacking)
    return Parity(_estimate(rates, DIFFERENCE, draw), _estimate(rates, RATIO, draw))


def _estimate(rates: list[Pairs], gap: _Gap, draw: _Draw) -> Estimate:
    n = int(sum(whole.sum() for _, whole in rates))
    method = f"{gap.name} over the groups; test inversion on resampled counts, and {gap.limits}"
    if gap is RATIO and not all(part.any() for part, _ in rates):
        return Estimate.missing("a ratio of rates that are all zero is not defined", n, method)
    value = float(gap.worst([gap.of(_exact(rate)) for rate in rates], axis=0))
    near, p_value = _near_end(rates, gap, value, draw)
    if p_value >= (1 - draw.level) / 2 or len(rates) > 1 or rates[0].shape[1] > 2:  # coverage.py shows the region
        method += "; the interval can cover more than 97 % here"
    far = [gap.far(*two, draw.level) for rate in rates for two in permutations(_groups(rate), 2)]
    lower, upper = sorted((near, float(gap.worst([value, *far]))))
    return Estimate(value, lower, upper, draw.level, n, method, p_value=p_value)


def _near_end(rates: list[Pairs], gap: _Gap, value: float, draw: _Draw) -> tuple[float, float]:
    """The gap nearest to parity that the data do not reject, and the p-value of parity itself."""
    common = [part.sum() / whole.sum() for part, whole in rates]

    def at(way: float) -> list[NDArray]:
        pairs = zip(common, rates, strict=True)
        return [np.clip(c + way * (part / whole - c), 0, 1) for c, (part, whole) in pairs]

    def as_far(way: float) -> float:
        rng = np.random.default_rng(draw.seed)
        sizes = [(draw.replicates, whole.size) for _, whole in rates]
        drawn = [rng.binomial(w, p, size) for p, (_, w), size in zip(at(way), rates, sizes, strict=True)]
        gaps = gap.worst([gap.of(d / whole) for d, (_, whole) in zip(drawn, rates, strict=True)], axis=0)
        beyond = gap.grows * (gaps - value)
        # an equal gap counts half; rates are quotients, so equal ones may differ in the last bits
        return float((beyond > 1e-12).mean() + (np.abs(beyond) <= 1e-12).mean() / 2)

    p_value, tail = as_far(0.0), (1 - draw.level) / 2
    low, high = 0.0, float(p_value < tail)
    for _ in range(STEPS if high else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if as_far(middle) < tail else (low, middle)
    return float(gap.worst([gap.of(p) for p in at(high)], axis=0)), max(p_value, 1 / (draw.replicates + 1))


def _groups(rate: Pairs) -> list[Group]:
    """Count and size of every group."""
    return [(part, whole) for part, whole in rate.T.tolist()]


def _exact(rate: Pairs) -> NDArray:
    """As rationals, so that (60/100)/(75/100) is .8 and not a hair below."""
    return np.array([Fraction(part, whole) for part, whole in rate.T.tolist()])


def _spread(rates: NDArray) -> NDArray:
    return rates.max(axis=-1) - rates.min(axis=-1)


def _quotient(rates: NDArray) -> NDArray:
    """Smallest over largest; 1 where nobody has the property, as all are treated alike."""
    largest = rates.max(axis=-1)
    return np.where(largest > 0, rates.min(axis=-1) / np.where(largest > 0, largest, 1), 1.0)


def _upper_difference(larger: Group, smaller: Group, level: float) -> float:
    return float(difference(*larger, *smaller, level).upper or 0.0)


def _lower_ratio(larger: Group, smaller: Group, level: float) -> float:
    return ratio_bounds(*smaller, *larger, level)[0]


DIFFERENCE = _Gap("largest less smallest rate", _spread, np.max, _upper_difference, "Newcombe's far limit", 1)
RATIO = _Gap("smallest over largest rate", _quotient, np.min, _lower_ratio, "MOVER-R's far limit", -1)

PARITIES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "demographic_parity": (("selected",), "cases"),
    "true_positive_rate": (("hits",), "labelled bads"),
    "false_positive_rate": (("false_alarms",), "labelled goods"),
    "equal_opportunity": (("passed",), "labelled goods"),
    "equalised_odds": (("hits", "false_alarms"), "labelled bads and two with labelled goods"),
}
