"""The level of PDs against outcomes, as a shift of log-odds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from riskbench.metrics.calibration_intercept import calibration_intercept


@given(st.floats(-2, 2))
def test_pds_moved_by_a_shift_are_told_to_be_off_by_that_shift(shift):
    # 30 of 100 bad at a PD of .3 and 60 of 100 at .6: no shift; PDs moved by s need −s
    y = np.repeat([1, 0, 1, 0], [30, 70, 60, 40])
    pd = np.repeat([0.3, 0.6], 100)
    assert calibration_intercept(y, expit(logit(pd) + shift)).value == pytest.approx(-shift, abs=1e-9)


def test_its_error_is_that_of_the_information():
    # Σ q(1 − q) = 100 · .21 = 21, so that the half interval is 1.959964/√21
    found = calibration_intercept(np.repeat([1, 0], [30, 70]), np.full(100, 0.3))
    assert found.upper - found.value == pytest.approx(1.959964 / np.sqrt(21), rel=1e-6)


@pytest.mark.parametrize(("y", "pd", "reason"), [([0, 0], [0.1, 0.2], "good"), ([0, 1], [0.0, 0.5], "exactly 0 or 1")])
def test_what_has_no_intercept_says_why(y, pd, reason):
    assert reason in calibration_intercept(y, pd).reason
