import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, nbinom, poisson

from riskbench.monitoring.charts.matched import bounds


@pytest.mark.parametrize(
    ("variance", "law"),
    [(4.0, poisson(4.0)), (3.2, binom(20, 0.2)), (8.0, nbinom(4, 0.5))],  # the three with a mean of 4
)
def test_bounds_are_quantiles_of_the_law_with_that_mean_and_variance(variance, law):
    lower, upper = bounds(4.0, variance, 0.05, 0.01)
    assert (lower[0], upper[0]) == (law.ppf(0.05), law.isf(0.01))


@given(st.floats(0, 500), st.floats(0.05, 20), st.floats(0.001, 0.4))
def test_a_rarer_count_lies_further_out(mean, ratio, rate):
    near, far = bounds(mean, mean * ratio, rate, rate), bounds(mean, mean * ratio, rate / 2, rate / 2)
    assert far[0][0] <= near[0][0] <= near[1][0] <= far[1][0]


def test_negative_means_are_refused():
    with pytest.raises(ValueError, match="mean and variance must not be negative, got -1 and 1"):
        bounds(-1, 1, 0.1, 0.1)
