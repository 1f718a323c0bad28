"""Ratios before and after, over the same applications."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from riskbench.decision.paired import Ratio, change

RNG = np.random.default_rng(3)
FIRST, SECOND, ONE = RNG.normal(5, 1, 200), RNG.normal(5.2, 1, 200), np.ones(200)
VALUES = st.lists(st.tuples(*[st.floats(0.01, 1e6)] * 4), min_size=2, max_size=30)


def test_of_means_it_is_the_paired_interval_of_scipy_with_normal_quantiles():
    found, gaps = change(Ratio(FIRST, ONE), Ratio(SECOND, ONE)), SECOND - FIRST
    expected = stats.norm.interval(0.95, gaps.mean(), stats.sem(gaps))
    assert (found.lower, found.upper) == pytest.approx(expected)


def test_what_both_sides_share_does_not_widen_the_interval():
    moved = change(Ratio(FIRST, ONE), Ratio(FIRST + 1, ONE))
    assert (moved.value, moved.upper - moved.lower) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-12))


@given(VALUES)
def test_exchanged_the_change_has_the_other_sign_to_the_last_digit(rows):
    a, b, c, d = np.array(rows).T
    there, back = change(Ratio(a, b), Ratio(c, d)), change(Ratio(c, d), Ratio(a, b))
    assert there.bounded == (-back.value, -back.upper, -back.lower)


@pytest.mark.parametrize(("whole", "reason"), [([1.0], "fewer than two"), ([0.0, 0.0], "nobody is approved")])
def test_what_cannot_be_divided_is_not_evaluated(whole, reason):
    ratio = Ratio(np.zeros(len(whole)), np.array(whole))
    assert reason in ratio.estimate().reason
    assert reason in change(ratio, ratio).reason
