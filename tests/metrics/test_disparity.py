"""Ratios, differences and error rates between groups."""

import numpy as np
import pytest
from fairlearn.metrics import equalized_odds_difference
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from riskbench import metrics

group = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
error_counts = st.lists(st.tuples(group, group), min_size=2, max_size=5)


def columns(table):
    """hits, bads, false alarms, goods."""
    return [[cell[i][j] for cell in table] for i in (0, 1) for j in (0, 1)]


def test_adverse_impact_ratios_reproduce_the_published_values():
    ratios = metrics.adverse_impact_ratio([63, 27, 13, 16], [187, 93, 58, 67])  # statistics.md
    assert [round(e.value, 4) for e in ratios] == [1, 0.8618, 0.6653, 0.7088]


def test_adverse_impact_ratio_comes_with_z_and_fishers_p():
    e = metrics.adverse_impact_ratio([48, 12], [80, 40])[1]  # statistics.md
    assert (e.value, round(e.statistic, 4), round(e.p_value, 6)) == (0.5, -3.0984, 0.003409)


def test_ratios_are_compared_as_rationals():
    assert (60 / 100) / (75 / 100) < 0.8  # what floats make of four fifths
    assert metrics.adverse_impact_ratio([75, 60], [100, 100])[1].value == 0.8


@given(group, group.filter(lambda g: g[0] > 0))
def test_a_ratio_lies_inside_its_interval(own, reference):
    e = metrics.adverse_impact_ratio([reference[0], own[0]], [reference[1], own[1]])[1]
    assert 0 <= e.lower <= e.value + 1e-12
    assert e.value <= e.upper + 1e-12


def test_the_ratios_interval_is_the_log_interval_in_large_samples():
    s, n, s0, n0 = 5000, 10_000, 6000, 10_000
    e = metrics.adverse_impact_ratio([s0, s], [n0, n])[1]
    reach = norm.ppf(0.975) * np.sqrt(1 / s - 1 / n + 1 / s0 - 1 / n0)
    assert (e.lower, e.upper) == pytest.approx((e.value * np.exp(-reach), e.value * np.exp(reach)), rel=2e-4)


def test_the_ratios_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    draws = zip(rng.binomial(60, 0.8, 500), rng.binomial(40, 0.6, 500), strict=True)
    ratios = [metrics.adverse_impact_ratio([s0, s], [60, 40])[1] for s0, s in draws]
    assert 0.92 < np.mean([e.lower <= 0.75 <= e.upper for e in ratios]) < 0.98


def test_ratios_without_a_basis_say_why():
    assert metrics.adverse_impact_ratio([0, 5], [10, 10])[1].reason == "nobody in the reference group is selected"
    assert metrics.adverse_impact_ratio([5, 0], [10, 0])[1].reason == "the group has no cases"


def test_a_reference_that_is_no_group_is_refused():
    with pytest.raises(ValueError, match="reference must be the index of one of the 2 groups, got 2"):
        metrics.adverse_impact_ratio([1, 2], [3, 4], reference=2)


def test_rate_difference_is_the_exact_difference_with_newcombes_interval():
    reference, e = metrics.rate_difference([48, 56], [80, 70])
    assert (reference.value, e.value) == (0, 0.2)
    assert (round(e.lower, 4), round(e.upper, 4)) == (0.0524, 0.3339)  # Newcombe (1998)


def test_standardised_mean_difference_by_hand():
    # means 2 and 6; SD of 1 3 5 7 is √(20/3); variances 2 and 2, so the error of the gap is √(2/2 + 2/2)
    e = metrics.standardised_mean_difference([1, 3, 5, 7], [0, 0, 1, 1])[1]
    sd = np.sqrt(20 / 3)
    assert e.value == pytest.approx(4 / sd)
    assert (e.upper - e.lower) / 2 == pytest.approx(norm.ppf(0.975) * np.sqrt(2) / sd)
    assert e.statistic == pytest.approx(4 / np.sqrt(2))


def test_standardised_mean_difference_ignores_unit_and_origin():
    x, codes = np.random.default_rng(0).normal(size=60), np.repeat([0, 1, 2], 20)
    one, other = (metrics.standardised_mean_difference(v, codes) for v in (x, 40 * x - 7))
    assert [e.value for e in one] == pytest.approx([e.value for e in other])


@pytest.mark.parametrize(
    ("values", "codes", "why"),
    [([1, 1, 1, 1], [0, 0, 1, 1], "all values are equal"), ([1, 2, 3], [0, 0, 1], "a group has fewer than two cases")],
)
def test_standardised_mean_difference_that_is_not_defined_says_why(values, codes, why):
    assert metrics.standardised_mean_difference(values, codes)[1].reason == why


@settings(max_examples=15)  # Fairlearn takes tens of milliseconds a call
@given(error_counts)
def test_equalised_odds_difference_agrees_with_fairlearn(table):
    hits, bads, alarms, goods = columns(table)
    rows = [
        (g, label, flag)
        for g, cells in enumerate(zip(hits, bads, alarms, goods, strict=True))
        for label, flagged, whole in ((1, cells[0], cells[1]), (0, cells[2], cells[3]))
        for flag in [1] * flagged + [0] * (whole - flagged)
    ]
    g, y, flagged = np.array(rows).T
    expected = equalized_odds_difference(y, flagged, sensitive_features=g)
    assert metrics.equalised_odds_difference(hits, bads, alarms, goods, replicates=10).value == pytest.approx(expected)


@settings(max_examples=25)
@given(error_counts)
def test_equalised_odds_difference_lies_inside_its_interval(table):
    e = metrics.equalised_odds_difference(*columns(table), replicates=50)
    assert 0 <= e.lower <= e.value <= e.upper <= 1


def test_the_bootstrap_of_equalised_odds_repeats_by_seed():
    counts = ([30, 20], [50, 50], [40, 60], [400, 400])
    one, same, other = (metrics.equalised_odds_difference(*counts, seed=s) for s in (1, 1, 2))
    assert one == same != other


def test_the_bootstrap_of_equalised_odds_has_the_spread_of_new_samples():
    counts, rng = ([300, 200], [500, 500], [400, 400], [4000, 4000]), np.random.default_rng(1)
    draws = [rng.binomial(500, [0.6, 0.4]) / 500 for _ in range(2000)]
    expected = np.quantile([a - b for a, b in draws], [0.025, 0.975])
    e = metrics.equalised_odds_difference(*counts)
    assert (e.lower, e.upper) == pytest.approx(tuple(expected), abs=0.012)


def test_equalised_odds_difference_needs_two_groups_of_each_outcome():
    e = metrics.equalised_odds_difference([3, 0], [5, 0], [1, 1], [9, 9])
    assert e.reason == "it needs two groups with labelled bads and two with labelled goods"
