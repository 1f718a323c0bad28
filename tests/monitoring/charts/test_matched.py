import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, nbinom, poisson

from riskbench.monitoring.charts.matched import bounds, tails


@pytest.mark.parametrize(
    ("variance", "law"),
    [(4.0, poisson(4.0)), (3.2, binom(20, 0.2)), (8.0, nbinom(4, 0.5))],  # the three with a mean of 4
)
def test_bounds_are_quantiles_of_the_law_with_that_mean_and_variance(variance, law):
    lower, upper = bounds(4.0, variance, 0.05, 0.01)
    assert (lower[0], upper[0]) == (law.ppf(0.05), law.isf(0.01))


@pytest.mark.parametrize(("variance", "law"), [(4.0, poisson(4.0)), (3.2, binom(20, 0.2)), (8.0, nbinom(4, 0.5))])
def test_tails_are_those_beyond_the_bounds_whole_or_not(variance, law):
    below, above = tails([4.0, 4.0], variance, [2, 1.5], [7, 7.5])
    assert below == pytest.approx([law.cdf(1), law.cdf(1)])  # fewer than 2, and fewer than 1.5
    assert above == pytest.approx([law.sf(7), law.sf(7)])
    assert [side[0] for side in tails(4.0, variance, -np.inf, np.inf)] == [0.0, 0.0]


@given(st.floats(0, 500), st.floats(0.05, 20), st.floats(0.001, 0.4))
def test_a_rarer_count_lies_further_out(mean, ratio, rate):
    near, far = bounds(mean, mean * ratio, rate, rate), bounds(mean, mean * ratio, rate / 2, rate / 2)
    assert far[0][0] <= near[0][0] <= near[1][0] <= far[1][0]


def test_negative_means_are_refused():
    with pytest.raises(ValueError, match="mean and variance must not be negative, got -1 and 1"):
        bounds(-1, 1, 0.1, 0.1)
