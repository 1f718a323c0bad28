"""Trends: what each allows between neighbours, and which one some bad rates have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.scorecard.binning.trends import TRENDS, bad_rates, follows, signs, trend_of

RATES = st.lists(st.integers(0, 9), min_size=2, max_size=6).map(lambda tenths: np.array(tenths) / 10)


@given(RATES, st.sampled_from(TRENDS))
def test_the_trend_told_is_one_that_the_rates_follow_and_the_one_asked_for_where_they_do(rates, asked):
    told = trend_of(rates, asked)
    assert follows(rates, told)
    if asked != "auto" and follows(rates, asked):
        assert told == asked


@given(RATES, st.sampled_from(["ascending", "descending", "peak", "valley", "none"]))
def test_rates_follow_a_trend_where_no_step_is_against_its_signs(rates, trend):
    steps = np.diff(rates)
    assert follows(rates, trend) == all(
        sign * step >= -1e-12 for sign, step in zip(signs(trend, rates), steps, strict=True)
    )


def test_a_bin_without_cases_has_no_bad_rate():
    assert bad_rates(np.array([3, 0, 1]), np.array([1, 0, 3])).tolist() == [0.25, 0.75]


@pytest.mark.parametrize("asked", TRENDS)
def test_one_bin_has_no_trend(asked):
    assert trend_of(np.array([0.2]), asked) == "none"
