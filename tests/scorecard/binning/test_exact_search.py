from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard.binning.exact_search import optimal_partition
from riskbench.scorecard.binning.histogram import Histogram
from riskbench.scorecard.binning.offered_cuts import offered_cuts
from riskbench.scorecard.binning.refinement import refined
from riskbench.scorecard.binning.terms import Limits
from riskbench.scorecard.binning.woe import information, woe

ATOMS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8)


def follows(rates, trend):
    """Whether bad rates keep a trend, in exact fractions a/b compared crosswise; rates: bins by sample, turns in common.

    A bin without cases in one of the samples is not compared in it.
    """
    up = [all(b1 * n2 <= b2 * n1 for (b1, n1), (b2, n2) in steps) for steps in map(_steps, pairwise(rates))]
    down = [all(b1 * n2 >= b2 * n1 for (b1, n1), (b2, n2) in steps) for steps in map(_steps, pairwise(rates))]
    turns = range(len(up) + 1)
    return {
        "none": True,
        "ascending": all(up),
        "descending": all(down),
        "auto": all(up) or all(down),
        "peak": any(all(up[:t]) and all(down[t:]) for t in turns),
        "valley": any(all(down[:t]) and all(up[t:]) for t in turns),
    }[trend]


def _steps(neighbours):
    return [(a, b) for a, b in zip(*neighbours, strict=True) if a[1] and b[1]]


def counts_of(parts, edges):
    """(bads, cases) of each bin, in each sample."""
    return [[(int(b[a:z].sum()), int(g[a:z].sum() + b[a:z].sum())) for g, b in parts] for a, z in pairwise(edges)]


def brute_force(parts, totals, limits, trend, forced=()):
    """The largest information of all partitions that respect the limits; None where there is none.

    `parts`: goods and bads by atom, of all cases and then of each period.
    """
    best = None
    for count in range(1, limits.max_bins):
        for cuts in combinations(range(1, len(parts[0][0])), count):
            bins = counts_of(parts, [0, *cuts, len(parts[0][0])])
            whole = [(n - b, b) for (b, n), *_ in bins]
            weights = [float(woe(g, b, *totals)) for g, b in whole]
            if (
                set(forced) <= set(cuts)
                and all(g + b >= limits.min_cases and min(g, b) >= limits.min_class for g, b in whole)
                and all(abs(x - z) >= limits.min_woe_difference for x, z in pairwise(weights))
                and follows(bins, trend)
            ):
                value = sum(float(information(g, b, *totals)) for g, b in whole)
                best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("trend", ["auto", "ascending", "descending", "peak", "valley", "none"])
@settings(max_examples=60, deadline=None)
@given(atoms=ATOMS, max_bins=st.integers(2, 5), min_cases=st.integers(1, 12), min_class=st.integers(0, 2))
def test_the_partition_is_the_best_that_brute_force_finds(trend, atoms, max_bins, min_cases, min_class):
    goods, bads = (np.array(part) for part in zip(*atoms, strict=True))
    totals, limits = (int(goods.sum()) + 3, int(bads.sum()) + 2), Limits(max_bins, min_cases, min_class)
    found = optimal_partition(Histogram(goods, bads, *totals), limits, trend)
    expected = brute_force([(goods, bads)], totals, limits, trend)
    alone = float(information(goods.sum(), bads.sum(), *totals))
    whole_fits = bool(limits.allow(goods.sum(), bads.sum()))
    wanted = max(x for x in (expected, alone if whole_fits or expected is None else None) if x is not None)
    assert found.value == pytest.approx(wanted, abs=1e-12)


CELLS = st.tuples(st.integers(0, 6), st.integers(0, 6))


@pytest.mark.parametrize("trend", ["auto", "ascending", "descending", "peak", "valley", "none"])
@settings(max_examples=60, deadline=None)
@given(
    cells=st.integers(2, 7).flatmap(
        lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=3)
    ),
    forced=st.sets(st.integers(1, 6), max_size=2),
    difference=st.sampled_from([0.0, 0.1, 0.7]),
    limits=st.tuples(st.integers(2, 5), st.integers(1, 5), st.integers(0, 1)),
)
def test_it_is_the_best_too_with_forced_cuts_a_least_difference_and_the_trend_in_every_period(
    trend, cells, forced, difference, limits
):
    by_period = np.moveaxis(np.array(cells), -1, 0)  # goods and bads, by period and atom
    goods, bads = by_period.sum(axis=1)
    forced, limits = [cut for cut in forced if cut < len(goods)], Limits(*limits, difference)
    totals = int(goods.sum()) + 3, int(bads.sum()) + 2
    found = optimal_partition(Histogram(goods, bads, *totals, forced=forced, by_period=tuple(by_period)), limits, trend)
    parts = [(goods, bads), *zip(*by_period, strict=True)]
    expected = brute_force(parts, totals, limits, trend, forced)
    if forced:
        assert (found is None) == (expected is None)
        assert found is None or found.value == pytest.approx(expected, abs=1e-12)
    else:
        alone = float(information(goods.sum(), bads.sum(), *totals))
        alone_fits = expected is None or limits.allow(goods.sum(), bads.sum())
        assert found.value == pytest.approx(max(expected or 0.0, alone if alone_fits else 0.0), abs=1e-12)
    if found:
        assert follows(counts_of(parts, [0, *found.cuts, len(goods)]), trend)


@pytest.mark.parametrize("trend", ["ascending", "descending", "peak", "valley", "none"])
@settings(max_examples=30, deadline=None)
@given(atoms=ATOMS, max_bins=st.integers(2, 5))
def test_the_search_by_pairs_finds_what_the_search_by_rate_finds(trend, atoms, max_bins):
    goods, bads = (np.array(part) for part in zip(*atoms, strict=True))
    totals, one_period = (int(goods.sum()) + 3, int(bads.sum()) + 2), (goods[None], bads[None])
    by_rate, by_pair = (
        optimal_partition(Histogram(goods, bads, *totals, by_period=by_period), Limits(max_bins, 1, 1), trend)
        for by_period in (None, one_period)
    )
    assert (by_rate.cuts.tolist(), by_rate.value) == (by_pair.cuts.tolist(), by_pair.value)


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


def large_histogram(seed, periods=1, **imposed):
    draw = np.random.default_rng(seed)
    x = np.linspace(-2, 2, 3000)
    cases = draw.integers(1, 12, (periods, x.size))
    bads = draw.binomial(cases, 1 / (1 + np.exp(2 - x)))
    by_period = None if periods == 1 else (cases - bads, bads)
    totals = int((cases - bads).sum()), int(bads.sum())
    return Histogram((cases - bads).sum(axis=0), bads.sum(axis=0), *totals, by_period=by_period, **imposed)


def partition_of(histogram, offered, limits, trend):
    found = optimal_partition(histogram.at(offered), limits, trend)
    return found._replace(cuts=offered[found.cuts - 1])


@pytest.mark.parametrize("trend", ["auto", "peak", "valley", "none"])
@pytest.mark.parametrize("imposed", [{}, {"forced": [700, 2222]}, {"periods": 4}])
@pytest.mark.parametrize("difference", [0.0, 0.3])
def test_refinement_gains_and_keeps_limits_trend_and_forced_cuts(trend, imposed, difference):
    histogram, limits = large_histogram(seed=1, **imposed), Limits(6, 900, 1, difference)
    first = partition_of(histogram, offered_cuts(histogram, limits), limits, trend)
    better = refined(histogram, first, limits)
    edges = np.array([0, *better.cuts, histogram.size])
    goods, bads = histogram.between(edges[:-1], edges[1:])
    parts = [(np.diff(g), np.diff(b)) for g, b in zip(*(histogram.by_period or ([], [])), strict=True)]
    assert better.value >= first.value - 1e-12
    assert (goods + bads >= 900).all()
    assert (np.abs(np.diff(woe(goods, bads, histogram.total_goods, histogram.total_bads))) >= difference).all()
    assert set(imposed.get("forced", [])) <= set(better.cuts.tolist())
    whole = [(np.diff(histogram.goods), np.diff(histogram.bads))]
    assert follows(counts_of([*whole, *parts], edges), better.trend)
    assert len(better.cuts) >= 2


@pytest.mark.parametrize("seed", range(3))
def test_about_a_hundred_candidates_lose_nothing_against_six_hundred(seed):
    histogram, limits = large_histogram(seed), Limits(8, 900, 1)
    offered = offered_cuts(histogram, limits)
    ours = refined(histogram, partition_of(histogram, offered, limits, "auto"), limits)
    many = partition_of(histogram, np.arange(5, histogram.size, 5), limits, "auto")
    assert len(offered) <= 100
    assert ours.value >= 0.999 * many.value
