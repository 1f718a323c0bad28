"""Figures over builds and their intervals."""

import numpy as np
import pytest
from scipy import stats

from riskbench.validation.robustness.over_builds import jackknife, mean_over, share_over


def test_a_mean_has_students_interval_as_scipy_has_it():
    values = [0.71, 0.74, 0.70, 0.73]
    e = mean_over(values, 100)
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (e.lower, e.upper) == pytest.approx(expected)
    assert (e.value, e.n, e.level) == (pytest.approx(0.72), 100, 0.95)


def test_one_build_has_no_interval_and_none_no_value():
    assert (mean_over([0.5], 9).value, mean_over([0.5], 9).lower) == (0.5, None)
    assert mean_over([], 9).reason == "nothing was built again"


def test_the_interval_of_a_share_stays_within_0_and_1():
    e = share_over([0.0, 1.0], 9)  # ± 12.7 · .5
    assert (e.lower, e.value, e.upper) == (0.0, 0.5, 1.0)


def test_the_jackknife_of_a_mean_is_its_standard_error():
    # for the mean the jackknife's variance is s² / n exactly (Efron and Tibshirani 1993, 11.2)
    values = np.array([4.0, 7.0, 9.0, 12.0])
    e = jackknife(lambda used: float(values[list(used)].mean()), 4, 1, "mean")
    assert e.upper - e.value == pytest.approx(1.959964 * values.std(ddof=1) / 2)


def test_the_jackknife_of_two_builds_has_no_interval():
    assert jackknife(lambda used: float(len(used)), 2, 1, "m").lower is None
