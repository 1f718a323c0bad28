"""Brier, Spiegelhalter, Hosmer–Lemeshow and the calibration line."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm
from sklearn.metrics import brier_score_loss

from riskbench import metrics

# statistics.md, "Brier, Spiegelhalter Z"
F = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.05]
Y = [0, 0, 1, 0, 1, 1, 0, 1, 1, 0]


def simulated(n, slope=1.0, seed=0):
    """PDs and outcomes whose true log-odds are `slope` times those of the PD."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-2, 1, n)
    return (rng.random(n) < 1 / (1 + np.exp(-slope * x))).astype(int), 1 / (1 + np.exp(-x))


def grouped(x2):
    """Ten groups of 20 cases: nine exactly as expected, the last with 10 bads and the PD that gives `x2`.

    x2 = (20 p − 10)²/(20 p (1 − p)), so with q = p(1 − p): 400 (¼ − q) = 20 q x2, q = 5/(20 + x2).
    """
    q = 5 / (20 + x2)
    last = (1 + np.sqrt(1 - 4 * q)) / 2
    pds = [*(k / 20 for k in range(1, 10)), last]
    y = [int(i < k) for k in range(1, 11) for i in range(20)]
    return y, np.repeat(pds, 20)


def test_brier_and_spiegelhalter_reproduce_the_published_values():
    assert round(metrics.brier(Y, F).value, 5) == 0.16525
    z = metrics.spiegelhalter(Y, F)
    assert round(z.statistic, 6) == -0.075497
    # printed as .939820; this Z gives 2Φ(−.0754971) = .9398192, so the printed sixth digit is one too high
    assert z.p_value == pytest.approx(0.939820, abs=1e-6)
    assert z.p_value == pytest.approx(2 * norm.sf(0.0754971), abs=1e-7)


def test_brier_agrees_with_scikit_learn_inside_its_interval():
    y, p = simulated(2000)
    e = metrics.brier(y, p)
    assert e.value == pytest.approx(brier_score_loss(y, p))
    assert e.upper - e.lower == pytest.approx(2 * 1.959964 * np.std((p - y) ** 2, ddof=1) / np.sqrt(2000))


def test_spiegelhalter_is_not_defined_without_variance():
    assert metrics.spiegelhalter([0, 1], [0.5, 1]).reason == "its variance is zero: all PDs are 0, ½ or 1"


def test_spiegelhalter_finds_pds_that_are_too_extreme():
    y, p = simulated(5000, slope=0.6)
    assert metrics.spiegelhalter(y, p).p_value < 1e-6


@pytest.mark.parametrize(("in_sample", "p"), [(True, "0.000330915"), (False, "0.001296")])
def test_hosmer_lemeshow_has_8_degrees_of_freedom_in_sample_and_10_outside(in_sample, p):
    e = metrics.hosmer_lemeshow(*grouped(28.89441), in_sample=in_sample)  # statistics.md
    assert e.statistic == pytest.approx(28.89441)
    assert f"{e.p_value:.{len(p) - 2}f}" == p
    assert ("in sample" in e.method) is in_sample


def test_hosmer_lemeshow_keeps_equal_pds_together_in_any_row_order():
    y, p = simulated(500)
    p = p.round(1).clip(0.05, 0.95)
    order = np.random.default_rng(1).permutation(500)
    one, other = metrics.hosmer_lemeshow(y, p), metrics.hosmer_lemeshow(y[order], p[order])
    assert (one.statistic, one.method) == (pytest.approx(other.statistic), other.method)


def test_hosmer_lemeshow_in_sample_needs_three_groups():
    e = metrics.hosmer_lemeshow([0, 1, 0, 1], [0.2, 0.2, 0.7, 0.7], in_sample=True)
    assert e.reason == "too few groups: 2 with a PD inside (0, 1)"


def test_hosmer_lemeshow_of_an_impossible_outcome_has_no_value():
    assert metrics.hosmer_lemeshow([1, 0], [0.0, 0.5]).reason == "outcomes contradict a PD of exactly 0 or 1"


def test_calibration_line_agrees_with_statsmodels():
    y, p = simulated(800, slope=0.8)
    x = np.log(p / (1 - p))
    reference = sm.Logit(y, sm.add_constant(x)).fit(disp=0, tol=1e-12)
    null = sm.Logit(y, sm.add_constant(x)).loglike(np.array([0.0, 1.0]))
    line = metrics.calibration_line(y, p)
    assert (line.intercept.value, line.slope.value) == pytest.approx(tuple(reference.params))
    ends = [(e.lower, e.upper) for e in (line.intercept, line.slope)]
    assert np.allclose(ends, reference.conf_int())
    assert line.test.statistic == pytest.approx(2 * (reference.llf - null))
    assert line.test.p_value == pytest.approx(chi2.sf(2 * (reference.llf - null), 2))


def test_the_interval_of_the_slope_covers_it_about_as_often_as_it_says():
    slopes = [metrics.calibration_line(*simulated(500, seed=s)).slope for s in range(500)]
    assert 0.93 <= np.mean([e.lower <= 1 <= e.upper for e in slopes]) <= 0.97


@given(st.integers(0, 10_000))
def test_recalibrating_by_the_line_gives_intercept_0_and_slope_1(seed):
    y, p = simulated(300, slope=0.7, seed=seed)
    line = metrics.calibration_line(y, p)
    corrected = 1 / (1 + np.exp(-(line.intercept.value + line.slope.value * np.log(p / (1 - p)))))
    again = metrics.calibration_line(y, corrected)
    assert (again.intercept.value, again.slope.value) == pytest.approx((0, 1), abs=1e-7)
    assert again.test.p_value == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("y", "p", "why"),
    [
        ([0, 1, 0], [0.2, 0.2, 0.2], "all PDs are equal, so a slope is not defined"),
        ([0, 1, 0], [0.0, 0.3, 0.2], "a PD of exactly 0 or 1 has no log-odds"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.4], "the PD separates bad from good perfectly, so the slope is infinite"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4], "the PD separates bad from good perfectly, so the slope is infinite"),
    ],
)
def test_a_line_that_does_not_exist_says_why(y, p, why):
    line = metrics.calibration_line(y, p)
    assert line.intercept.reason == line.slope.reason == line.test.reason == why


def test_the_line_converges_on_pds_next_to_0_and_1():
    line = metrics.calibration_line([0, 1, 0, 1, 0], [1e-9, 1e-12, 0.5, 0.3, 1 - 1e-12])
    x = np.log([1e-9, 1e-12, 1, 3 / 7, 1e12 - 1])
    fitted = 1 / (1 + np.exp(-(line.intercept.value + line.slope.value * x)))
    # the score equations of maximum likelihood
    assert np.allclose([(fitted - [0, 1, 0, 1, 0]).sum(), (x * (fitted - [0, 1, 0, 1, 0])).sum()], 0, atol=1e-6)
