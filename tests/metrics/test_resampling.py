"""Parity over all groups at once, from counts."""

import numpy as np
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from riskbench import metrics
from riskbench.metrics import GroupCounts
from riskbench.metrics.resampling import PARITIES

cell = st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
tables = st.lists(st.tuples(cell, cell, cell), min_size=2, max_size=5)


def counts(table):
    return GroupCounts(*np.array(table).reshape(len(table), 6).T)


def selection(rates, sizes, rng):
    return GroupCounts(selected=rng.binomial(sizes, rates), total=sizes)


@pytest.mark.parametrize(
    ("parity", "difference", "ratio"),
    [
        ("demographic_parity", 0.2, 2 / 3),  # .6 .5 .4
        ("true_positive_rate", 0.3, 0.5),  # .6 .5 .3
        ("false_positive_rate", 0.1, 2 / 3),  # .3 .2 .2
        ("equal_opportunity", 0.1, 7 / 8),  # .7 .8 .8
        ("equalised_odds", 0.3, 0.5),
    ],
)
def test_the_five_parities_by_hand(parity, difference, ratio):
    groups = GroupCounts([60, 45, 20], [100, 90, 50], [6, 5, 3], [10, 10, 10], [30, 10, 8], [100, 50, 40])
    found = metrics.group_parity(groups, replicates=50)[parity]
    assert (found.difference.value, found.ratio.value) == (pytest.approx(difference), pytest.approx(ratio))


@settings(max_examples=10)  # Fairlearn takes tens of milliseconds a call
@given(tables)
def test_points_agree_with_fairlearn(table):
    rows = [
        (g, bad, flag)
        for g, (_, of_bads, of_goods) in enumerate(table)
        for bad, (flagged, whole) in ((1, of_bads), (0, of_goods))
        for flag in [1] * flagged + [0] * (whole - flagged)
    ]
    g, y, declined = np.array(rows).T
    declined_of = [np.bincount(g[declined == 1], minlength=len(table)), np.bincount(g)]
    groups = GroupCounts(*declined_of, *np.array(table)[:, 1:].reshape(len(table), 4).T)
    found = metrics.group_parity(groups, replicates=2)
    for parity, difference, ratio in (
        ("demographic_parity", demographic_parity_difference, demographic_parity_ratio),
        ("true_positive_rate", equal_opportunity_difference, equal_opportunity_ratio),
        ("equalised_odds", equalized_odds_difference, equalized_odds_ratio),
    ):
        assert found[parity].difference.value == pytest.approx(difference(y, declined, sensitive_features=g))
        if found[parity].ratio.evaluated:  # Fairlearn has no ratio, or 0, where all rates are zero
            assert found[parity].ratio.value == pytest.approx(ratio(y, declined, sensitive_features=g))


@settings(max_examples=25)
@given(tables)
def test_values_lie_inside_intervals_inside_0_and_1(table):
    for parity in metrics.group_parity(counts(table), replicates=50).values():
        for e in (parity.difference, parity.ratio):
            assert not e.evaluated or 0 <= e.lower <= e.value <= e.upper <= 1


@settings(max_examples=25)
@example([((0, 1), (0, 1), (0, 1)), ((0, 1), (0, 1), (0, 2))])  # equal rates of unequal groups
@given(tables)
def test_flagged_goods_and_passed_goods_differ_equally(table):
    found = metrics.group_parity(counts(table), replicates=500)
    one, other = found["false_positive_rate"].difference, found["equal_opportunity"].difference
    assert (one.value, one.upper) == pytest.approx((other.value, other.upper))
    assert one.lower == pytest.approx(other.lower, abs=0.05)  # the end that is drawn


def test_a_ratio_is_that_of_rationals():
    assert (60 / 100) / (75 / 100) < 0.8  # what floats make of four fifths
    groups = GroupCounts([75, 60], [100, 100])
    assert metrics.group_parity(groups, replicates=2)["demographic_parity"].ratio.value == 0.8


def test_resamples_repeat_by_seed():
    groups = GroupCounts([60, 45, 21], [100, 90, 50])
    one, same, other = (metrics.group_parity(groups, 100, seed=s)["demographic_parity"] for s in (1, 1, 2))
    assert one == same != other


def test_a_group_without_cases_sits_out_the_rate():
    two = metrics.group_parity(GroupCounts([60, 45], [100, 90]))
    three = metrics.group_parity(GroupCounts([60, 45, 0], [100, 90, 0]))
    assert two["demographic_parity"] == three["demographic_parity"]


@pytest.mark.parametrize("parity", PARITIES)
def test_nothing_to_compare_says_why(parity):
    found = metrics.group_parity(GroupCounts([5], [9], [1], [2], [3], [7]))[parity]
    assert found.difference.reason == found.ratio.reason
    assert found.difference.reason.startswith("it needs two groups with")


def test_a_ratio_of_nobody_has_no_value_but_the_difference_has():
    found = metrics.group_parity(GroupCounts([0, 0], [10, 20]))["demographic_parity"]
    assert (found.difference.value, found.ratio.value) == (0, None)
    assert found.ratio.reason == "a ratio of rates that are all zero is not defined"


def test_counts_that_are_none_are_refused():
    with pytest.raises(ValueError, match="selected and total must be whole numbers with 0 <= the first"):
        metrics.group_parity(GroupCounts([5, 11], [9, 10]))
    with pytest.raises(ValueError, match="same length, got part 2, whole 1"):
        metrics.group_parity(GroupCounts([5, 1], [9]))


def test_of_two_large_groups_the_interval_is_that_of_their_difference():
    # far from parity a spread is a plain difference: Wald's interval, in thousands
    p, q, n = 0.6, 0.5, 20_000
    reach = norm.ppf(0.975) * np.sqrt((p * (1 - p) + q * (1 - q)) / n)
    e = metrics.group_parity(GroupCounts([p * n, q * n], [n, n]), 4000)["demographic_parity"].difference
    assert (e.lower, e.upper) == pytest.approx((0.1 - reach, 0.1 + reach), abs=0.0006)


def test_groups_treated_alike_are_found_alike_about_as_often_as_it_says():
    rng, sizes = np.random.default_rng(11), np.array([300, 120, 60, 40])
    found = [metrics.group_parity(selection([0.7] * 4, sizes, rng), 400)["demographic_parity"] for _ in range(300)]
    assert np.mean([p.difference.lower == 0 for p in found]) >= 0.95
    assert np.mean([p.ratio.upper == 1 for p in found]) >= 0.95


def test_the_interval_of_a_spread_covers_it_about_as_often_as_it_says():
    rng, rates, sizes = np.random.default_rng(12), np.array([0.75, 0.7, 0.6]), np.array([600, 300, 100])
    found = [metrics.group_parity(selection(rates, sizes, rng), 400)["demographic_parity"] for _ in range(300)]
    assert 0.93 <= np.mean([p.difference.lower <= 0.15 <= p.difference.upper for p in found]) <= 0.985
    assert 0.93 <= np.mean([p.ratio.lower <= 0.8 <= p.ratio.upper for p in found]) <= 0.985


def test_a_small_group_may_be_farther_off_than_the_two_groups_seen_farthest_apart():
    rng, rates, sizes = np.random.default_rng(13), np.array([0.7, 0.66, 0.6]), np.array([4000, 4000, 40])
    found = [metrics.group_parity(selection(rates, sizes, rng), 200)["demographic_parity"] for _ in range(300)]
    assert np.mean([p.difference.lower <= 0.1 <= p.difference.upper for p in found]) >= 0.93
    assert np.mean([p.ratio.lower <= 6 / 7 <= p.ratio.upper for p in found]) >= 0.93
