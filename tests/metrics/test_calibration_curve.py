"""Bins and band of the calibration curve."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from scipy.stats import beta, chi2

from riskbench import metrics


def simulated(n, slope=1.0, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(-2, 1, n)
    return (rng.random(n) < expit(slope * x)).astype(int), expit(x)


def test_bins_by_hand():
    bins = metrics.calibration_bins([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.6], bins=2)
    assert (bins.n.tolist(), bins.bads.tolist(), bins.bad_rate.tolist()) == ([2, 2], [1, 1], [0.5, 0.5])
    assert bins.mean_pd == pytest.approx([0.15, 0.5])
    assert (bins.lower[0], bins.upper[0]) == pytest.approx(tuple(beta.ppf([0.025, 0.975], 1.5, 1.5)))


def test_bins_hold_every_case_once_and_equal_pds_together():
    y, p = simulated(997)
    p = p.round(1)
    bins, order = metrics.calibration_bins(y, p), np.random.default_rng(1).permutation(997)
    again = metrics.calibration_bins(y[order], p[order])
    assert (bins.n.sum(), bins.bads.sum()) == (997, y.sum())
    assert bins.n.tolist() == again.n.tolist()
    assert (np.diff(bins.mean_pd) > 0).all()


def test_a_bin_of_no_bads_reaches_down_to_0_and_of_all_bads_up_to_1():
    bins = metrics.calibration_bins([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], bins=2)
    assert (bins.lower[0], bins.upper[1]) == (0, 1)


def test_no_cases_give_no_bins_and_bins_must_be_some():
    assert metrics.calibration_bins([], []).n.size == 0
    with pytest.raises(ValueError, match="bins must be 1 or more, got 0"):
        metrics.calibration_bins([0, 1], [0.1, 0.2], bins=0)


def test_the_band_is_scheffes_around_the_line_of_statsmodels():
    y, p = simulated(600, slope=0.8)
    fit = sm.Logit(y, sm.add_constant(logit(p))).fit(disp=0, tol=1e-12)
    at = np.array([0.05, 0.2])
    Z = np.column_stack([np.ones(2), logit(at)])
    error = np.sqrt(np.diag(Z @ fit.cov_params() @ Z.T)) * np.sqrt(chi2.ppf(0.95, 2))
    band = metrics.calibration_band(y, p, at)
    assert band.bad_rate == pytest.approx(expit(Z @ fit.params))
    assert band.lower == pytest.approx(expit(Z @ fit.params - error))
    assert band.upper == pytest.approx(expit(Z @ fit.params + error))


def test_the_band_holds_the_whole_diagonal_about_as_often_as_it_says():
    at = np.linspace(0.01, 0.6, 60)
    bands = [metrics.calibration_band(*simulated(500, seed=s), at) for s in range(400)]
    inside = [((band.lower <= at) & (at <= band.upper)).all() for band in bands]
    assert 0.93 <= np.mean(inside) <= 0.975


def test_the_band_leaves_the_diagonal_where_pds_are_too_extreme():
    band = metrics.calibration_band(*simulated(5000, slope=0.6), [0.02, 0.5])
    assert band.lower[0] > 0.02


def test_without_points_the_band_spans_the_pds():
    _, p = data = simulated(300)
    band = metrics.calibration_band(*data)
    assert (band.pd[0], band.pd[-1], band.pd.size) == (pytest.approx(p.min()), pytest.approx(p.max()), 101)


def test_a_band_that_does_not_exist_says_why():
    band = metrics.calibration_band([0, 1, 0], [0.2, 0.2, 0.2])
    assert (band.reason, band.pd.size) == ("all PDs are equal, so a slope is not defined", 0)
    with pytest.raises(ValueError, match=r"at must lie in \(0, 1\)"):
        metrics.calibration_band([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], at=[0])
