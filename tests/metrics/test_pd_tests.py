"""Tests of a PD against counts of defaults."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm

from riskbench import metrics

# statistics.md, Jeffreys test
JEFFREYS = [(400, 2, 0.004, 0.330878), (900, 14, 0.012, 0.162341), (300, 19, 0.05, 0.145118), (250, 9, 0.015, 0.008440)]
# statistics.md, Basel WP14: PD 1 %, N 1000, 99 %
CRITICAL = [(0.0, 19), (0.05, 35), (0.10, 49), (0.15, 63), (0.20, 77)]

portfolios = st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@pytest.mark.parametrize(("n", "defaults", "pd", "p"), JEFFREYS)
def test_jeffreys_reproduces_the_published_values(n, defaults, pd, p):
    e = metrics.jeffreys(n, defaults, pd)
    assert (round(e.p_value, 6), e.value) == (p, defaults / n)


@given(portfolios, st.floats(0.001, 0.5))
def test_jeffreys_p_falls_with_each_default(portfolio, pd):
    n, defaults = portfolio
    fewer, more = metrics.jeffreys(n + 1, defaults, pd), metrics.jeffreys(n + 1, defaults + 1, pd)
    assert fewer.p_value >= more.p_value
    assert fewer.value < more.value


@given(portfolios, st.floats(0.001, 0.4))
def test_jeffreys_p_rises_with_the_pd_applied(portfolio, pd):
    assert metrics.jeffreys(*portfolio, pd).p_value <= metrics.jeffreys(*portfolio, pd + 0.1).p_value


def test_jeffreys_rejects_exactly_where_its_interval_ends():
    # one-sided at 2.5 %: the PD at the lower end of the 95 % interval
    e = metrics.jeffreys(250, 9, 0.015)
    assert metrics.jeffreys(250, 9, e.lower).p_value == pytest.approx(0.025)


def test_jeffreys_without_cases_has_no_value():
    assert metrics.jeffreys(0, 0, 0.01).reason == "there are no cases"


@pytest.mark.parametrize("pd", [-0.1, 1.1])
def test_a_pd_outside_0_and_1_is_refused(pd):
    for test in (metrics.jeffreys, metrics.binomial):
        with pytest.raises(ValueError, match=rf"pd must lie in \[0, 1\], got {pd}"):
            test(10, 1, pd)


@pytest.mark.parametrize(("correlation", "critical"), CRITICAL)
def test_binomial_reproduces_the_critical_values_of_the_basel_paper(correlation, critical):
    assert metrics.binomial(1000, 10, 0.01, correlation=correlation).critical == critical


@given(portfolios, st.floats(0.001, 0.6))
def test_binomial_tail_is_the_binomial_tail(portfolio, pd):
    n, d = portfolio
    assert metrics.binomial(n, d, pd).p_value == pytest.approx(binom.sf(d - 1, n, pd), abs=1e-12)


@pytest.mark.parametrize(("n", "d", "pd", "rho"), [(50, 3, 0.05, 0.2), (1000, 40, 0.01, 0.1), (20, 20, 0.3, 0.5)])
def test_correlated_tail_is_the_average_over_the_common_factor(n, d, pd, rho):
    z = np.linspace(-9, 9, 40_001)
    conditional = norm.cdf((norm.ppf(pd) + np.sqrt(rho) * z) / np.sqrt(1 - rho))
    expected = np.trapezoid(binom.sf(d - 1, n, conditional) * norm.pdf(z), z)
    assert metrics.binomial(n, d, pd, correlation=rho).p_value == pytest.approx(expected, rel=1e-6)


@settings(max_examples=30)
@given(portfolios, st.floats(0.001, 0.6), st.sampled_from([0.0, 0.1, 0.4]))
def test_the_critical_count_is_the_least_that_rejects(portfolio, pd, rho):
    n, _ = portfolio
    critical = metrics.binomial(n, 0, pd, correlation=rho).critical
    rejecting = n + 1 if critical is None else int(critical)
    assert metrics.binomial(n, rejecting - 1, pd, correlation=rho).p_value > 0.01
    if critical is not None:
        assert metrics.binomial(n, rejecting, pd, correlation=rho).p_value <= 0.01


def test_the_interval_of_independent_defaults_is_left_out_under_correlation():
    assert metrics.binomial(100, 3, 0.02).upper is not None
    e = metrics.binomial(100, 3, 0.02, correlation=0.1)
    assert (e.lower, e.upper, e.method) == (None, None, "Vasicek binomial, asset correlation 0.1")


def test_a_correlation_of_one_is_refused():
    with pytest.raises(ValueError, match=r"correlation must lie in \[0, 1\), got 1"):
        metrics.binomial(10, 1, 0.1, correlation=1)


def test_chi2_over_grades_reproduces_the_published_value():
    e = metrics.chi2_grades([100, 200], [2, 10], [0.01, 0.04])
    assert (round(e.statistic, 6), round(e.p_value, 6), e.n) == (1.530934, 0.465117, 300)


def test_chi2_leaves_empty_grades_out():
    with_empty = metrics.chi2_grades([100, 0, 200], [2, 0, 10], [0.01, 0.02, 0.04])
    assert with_empty.p_value == pytest.approx(chi2.sf(with_empty.statistic, 2))


def test_chi2_refuses_more_defaults_than_cases():
    with pytest.raises(ValueError, match="defaults must not exceed n, got 11 of 10 in group 2"):
        metrics.chi2_grades([10, 10], [1, 11], [0.1, 0.2])


def test_normal_test_reproduces_the_published_value():
    e = metrics.normal_test([0.012, 0.018, 0.009, 0.025, 0.015], 0.012)
    assert (round(e.statistic, 6), round(e.p_value, 6)) == (1.383878, 0.083198)


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        ([0.01], "it needs two periods or more, got 1"),
        ([0.01, 0.01], "all periods have one rate, so their spread is not known"),
    ],
)
def test_normal_test_needs_periods_that_vary(rates, why):
    assert metrics.normal_test(rates, 0.01).reason == why
