from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard.candidates import candidate_cuts, refine
from riskbench.scorecard.histogram import Histogram
from riskbench.scorecard.optimal import Limits, optimal_partition
from riskbench.scorecard.woe import information

ATOMS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8)


def follows(rates, trend):
    """Whether bad rates keep a trend, in exact fractions a/b compared crosswise."""
    up = [b1 * n2 <= b2 * n1 for (b1, n1), (b2, n2) in pairwise(rates)]
    down = [b1 * n2 >= b2 * n1 for (b1, n1), (b2, n2) in pairwise(rates)]
    turns = range(len(up) + 1)
    return {
        "none": True,
        "ascending": all(up),
        "descending": all(down),
        "auto": all(up) or all(down),
        "peak": any(all(up[:t]) and all(down[t:]) for t in turns),
        "valley": any(all(down[:t]) and all(up[t:]) for t in turns),
    }[trend]


def brute_force(goods, bads, totals, limits, trend):
    """The largest information of all partitions that respect the limits; None where there is none."""
    best = None
    for count in range(1, limits.max_bins):
        for cuts in combinations(range(1, len(goods)), count):
            edges = [0, *cuts, len(goods)]
            bins = [(int(goods[a:b].sum()), int(bads[a:b].sum())) for a, b in pairwise(edges)]
            if all(g + b >= limits.min_cases and min(g, b) >= limits.min_class for g, b in bins) and follows(
                [(b, g + b) for g, b in bins], trend
            ):
                value = sum(float(information(g, b, *totals)) for g, b in bins)
                best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("trend", ["auto", "ascending", "descending", "peak", "valley", "none"])
@settings(max_examples=60, deadline=None)
@given(atoms=ATOMS, max_bins=st.integers(2, 5), min_cases=st.integers(1, 12), min_class=st.integers(0, 2))
def test_the_partition_is_the_best_that_brute_force_finds(trend, atoms, max_bins, min_cases, min_class):
    goods, bads = (np.array(part) for part in zip(*atoms, strict=True))
    totals, limits = (int(goods.sum()) + 3, int(bads.sum()) + 2), Limits(max_bins, min_cases, min_class)
    found = optimal_partition(Histogram(goods, bads, *totals), limits, trend)
    expected = brute_force(goods, bads, totals, limits, trend)
    alone = float(information(goods.sum(), bads.sum(), *totals))
    whole_fits = bool(limits.allow(goods.sum(), bads.sum()))
    wanted = max(x for x in (expected, alone if whole_fits or expected is None else None) if x is not None)
    assert found.value == pytest.approx(wanted, abs=1e-12)


def test_the_value_is_that_of_the_cuts():
    goods, bads = np.array([9, 8, 7, 3, 1]), np.array([1, 2, 3, 6, 9])
    found = optimal_partition(Histogram(goods, bads, 28, 21), Limits(3, 1, 1), "ascending")
    edges = [0, *found.cuts, 5]
    value = sum(float(information(goods[a:b].sum(), bads[a:b].sum(), 28, 21)) for a, b in pairwise(edges))
    assert found.value == pytest.approx(value, rel=1e-14)


def test_equal_rates_are_not_parted():
    found = optimal_partition(Histogram(np.array([5, 5, 1]), np.array([5, 5, 9]), 11, 19), Limits(3, 1, 1))
    assert found.cuts.tolist() == [2]  # atoms 0 and 1 have one rate: parting them adds nothing


def test_one_bin_is_left_where_the_limits_allow_no_cut():
    found = optimal_partition(Histogram(np.array([5, 5]), np.array([1, 4]), 10, 5), Limits(8, 20, 1))
    assert (found.cuts.tolist(), found.trend) == ([], "none")


def test_auto_says_which_way_it_went():
    rising, falling = np.array([1, 4, 8]), np.array([8, 4, 1])
    assert optimal_partition(Histogram(falling, rising, 13, 13), Limits(3, 1, 1)).trend == "ascending"
    assert optimal_partition(Histogram(rising, falling, 13, 13), Limits(3, 1, 1)).trend == "descending"


@pytest.mark.parametrize(("trend", "shape"), [("peak", [1, 5, 9, 4, 2]), ("valley", [9, 4, 1, 5, 8])])
def test_a_turn_keeps_all_atoms_of_that_shape(trend, shape):
    bads = np.array(shape)
    atoms = Histogram(10 - bads, bads, int((10 - bads).sum()), int(bads.sum()))
    found = optimal_partition(atoms, Limits(5, 1, 1), trend)
    assert found.cuts.tolist() == [1, 2, 3, 4]


def large_histogram(seed):
    draw = np.random.default_rng(seed)
    x = np.linspace(-2, 2, 3000)
    cases = draw.integers(1, 12, x.size)
    bads = draw.binomial(cases, 1 / (1 + np.exp(2 - x)))
    return Histogram(cases - bads, bads, int((cases - bads).sum()), int(bads.sum()))


def partition_of(histogram, offered, limits, trend):
    found = optimal_partition(histogram.at(offered), limits, trend)
    return found._replace(cuts=offered[found.cuts - 1])


@pytest.mark.parametrize("trend", ["auto", "peak", "valley", "none"])
def test_refinement_gains_and_keeps_limits_and_trend(trend):
    histogram, limits = large_histogram(seed=1), Limits(6, 900, 1)
    first = partition_of(histogram, candidate_cuts(histogram, limits), limits, trend)
    better = refine(histogram, first, limits)
    edges = np.array([0, *better.cuts, histogram.size])
    goods, bads = histogram.between(edges[:-1], edges[1:])
    assert better.value >= first.value - 1e-12
    assert (goods + bads >= 900).all()
    assert follows(list(zip(bads.tolist(), (goods + bads).tolist(), strict=True)), better.trend)


@pytest.mark.parametrize("seed", range(3))
def test_about_a_hundred_candidates_lose_nothing_against_six_hundred(seed):
    histogram, limits = large_histogram(seed), Limits(8, 900, 1)
    offered = candidate_cuts(histogram, limits)
    ours = refine(histogram, partition_of(histogram, offered, limits, "auto"), limits)
    many = partition_of(histogram, np.arange(5, histogram.size, 5), limits, "auto")
    assert len(offered) <= 100
    assert ours.value >= 0.999 * many.value
