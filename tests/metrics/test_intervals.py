"""Intervals of shares and of differences of shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest

from riskbench import metrics
from riskbench.metrics.intervals import wilson_bounds

METHODS = ["wilson", "jeffreys", "wald"]
samples = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wald_interval_is_the_published_one():
    e = metrics.wald(15, 531)  # statistics.md: 141.56–423.41 basis points
    assert (round(e.lower * 1e4, 2), round(e.upper * 1e4, 2)) == (141.56, 423.41)


@given(samples)
def test_wilson_agrees_with_scipy(sample):
    d, n = sample
    expected, e = binomtest(d, n).proportion_ci(method="wilson"), metrics.wilson(d, n)
    assert (e.lower, e.upper) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(samples)
def test_bounds_of_many_shares_are_wilsons_of_each_and_unknown_without_cases(sample):
    d, n = sample
    (lower, nothing), (upper, _) = wilson_bounds([d / n, 0.0], [n, 0])
    expected = metrics.wilson(d, n)
    assert (lower, upper) == pytest.approx((expected.lower, expected.upper), abs=1e-12)
    assert nothing != nothing  # NaN


def test_jeffreys_ends_are_beta_quantiles():
    e = metrics.jeffreys_interval(9, 250)
    assert (e.lower, e.upper) == pytest.approx(beta.ppf([0.025, 0.975], 9.5, 241.5))


@given(samples, st.sampled_from(METHODS))
def test_a_share_lies_inside_its_interval_inside_0_and_1(sample, method):
    e = metrics.proportion(*sample, method=method)
    assert 0 <= e.lower <= e.value <= e.upper <= 1


@given(samples, st.sampled_from(METHODS))
def test_success_and_failure_are_mirror_images(sample, method):
    d, n = sample
    one, other = metrics.proportion(d, n, method=method), metrics.proportion(n - d, n, method=method)
    assert (one.lower, one.upper) == pytest.approx((1 - other.upper, 1 - other.lower), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_higher_level_is_wider_and_the_method_is_named(method):
    narrow, wide = (metrics.proportion(5, 50, level, method) for level in (0.9, 0.99))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper
    assert narrow.method.lower() == method


@pytest.mark.parametrize("method", METHODS)
def test_no_cases_give_no_share(method):
    assert metrics.proportion(0, 0, method=method).reason == "there are no cases"


@pytest.mark.parametrize(("d", "n"), [(3, 2), (-1, 2), (0.5, 2)])
def test_counts_that_are_none_are_refused(d, n):
    with pytest.raises(ValueError, match="whole numbers with 0 <= the first <= the second"):
        metrics.wilson(d, n)


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(ValueError, match="method must be one of wilson, jeffreys, wald, got 'exact'"):
        metrics.proportion(1, 2, method="exact")


def test_newcombe_reproduces_the_published_example():
    # Newcombe (1998), method 10, 56/70 against 48/80: .0524 to .3339
    e = metrics.difference(56, 70, 48, 80)
    assert (round(e.value, 4), round(e.lower, 4), round(e.upper, 4)) == (0.2, 0.0524, 0.3339)


@given(samples, samples)
def test_a_difference_lies_inside_its_interval_and_turns_with_its_sides(a, b):
    one, other = metrics.difference(*a, *b), metrics.difference(*b, *a)
    assert -1 <= one.lower <= one.value <= one.upper <= 1
    assert (one.lower, one.upper) == pytest.approx((-other.upper, -other.lower))


def test_a_difference_with_an_empty_side_has_no_value():
    assert metrics.difference(1, 2, 0, 0).reason == "a share of no cases is not defined"
