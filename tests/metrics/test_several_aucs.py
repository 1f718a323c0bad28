"""AUCs of samples that share no case."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from riskbench.metrics.discrimination import auc, auc_error, delong
from riskbench.metrics.several_aucs import Area, auc_gap, auc_heterogeneity, auc_trend

areas = st.lists(st.builds(Area, st.floats(0.5, 0.95), st.floats(0.01, 0.1), st.just(100)), min_size=2, max_size=6)


def test_an_area_is_the_auc_with_delongs_standard_error():
    # statistics.md: AUC .75, s² .033333
    y, pd = [1, 1, 0, 1, 1, 1, 0, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505]
    found = Area.of(y, pd)
    assert (found.value, round(found.error**2, 6), found.n) == (0.75, 0.033333, 10)


@pytest.mark.parametrize(
    ("y", "pd", "reason"),
    [
        ([0, 0], [0.1, 0.2], "it needs bad and good cases, and all 2 are good"),
        ([0, 1], [0.1, 0.2], "the standard error of an AUC is zero or not known"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], "the standard error of an AUC is zero or not known"),
    ],
)
def test_an_area_without_an_error_says_why_and_takes_no_part(y, pd, reason):
    found = Area.of(y, pd)
    assert (found.error, found.reason) == (None, reason)
    assert auc_gap(found, Area(0.7, 0.02, 100)).reason == reason
    assert not auc_heterogeneity([found, Area(0.7, 0.02, 100)]).evaluated


def test_the_gap_of_two_samples_is_that_of_two_curves_without_a_common_case():
    rng = np.random.default_rng(0)
    y, pd = rng.random(400) < 0.3, rng.random(400)
    gap = auc_gap(Area.of(y[:200], pd[:200]), Area.of(y[200:], pd[200:]))
    error = np.hypot(auc_error(y[:200], pd[:200]), auc_error(y[200:], pd[200:]))
    assert gap.value == auc(y[:200], pd[:200]).value - auc(y[200:], pd[200:]).value
    assert gap.p_value == pytest.approx(2 * norm.sf(abs(gap.value / error)))
    assert auc_error(y, pd) == pytest.approx(abs(delong(y, pd, -pd).value / delong(y, pd, -pd).statistic) / 2)


@given(areas)
def test_of_two_parts_heterogeneity_is_the_test_of_their_gap(parts):
    first, second = parts[:2]
    assert auc_heterogeneity([first, second]).p_value == pytest.approx(auc_gap(first, second).p_value, abs=1e-9)


@given(areas)
def test_the_trend_is_a_weighted_regression_with_known_variances(parts):
    at = np.arange(len(parts))
    weights = [part.error**-2 for part in parts]
    fit = sm.WLS([part.value for part in parts], sm.add_constant(at), weights=weights).fit(cov_type="fixed scale")
    found = auc_trend(parts, at)
    assert found.value == pytest.approx(fit.params[1], abs=1e-9)
    assert found.p_value == pytest.approx(norm.cdf(fit.params[1] / fit.bse[1]), abs=1e-9)


def test_heterogeneity_is_rejected_as_often_as_its_level_says_where_all_parts_are_alike():
    rng = np.random.default_rng(0)
    rejected = 0
    for _ in range(400):
        pd = rng.normal(size=(3, 400))
        y = rng.random((3, 400)) < 1 / (1 + np.exp(1.5 - pd))
        rejected += auc_heterogeneity([Area.of(*part) for part in zip(y, pd, strict=True)]).p_value < 0.05
    assert 0.02 < rejected / 400 < 0.09  # 5 % ± 3 standard errors of 400 draws
    assert chi2.sf(14.0, 2) == pytest.approx(0.0009, abs=1e-4)


def test_a_time_for_each_auc_is_asked_for():
    with pytest.raises(ValueError, match="at must hold one time an AUC, got 1 for 2"):
        auc_trend([Area(0.7, 0.02, 100)] * 2, [0])


@pytest.mark.parametrize("given", [[], [Area(0.7, 0.02, 100)]])
def test_one_part_has_no_heterogeneity_and_no_trend(given):
    assert auc_heterogeneity(given).reason == f"it needs two parts whose AUC has a standard error, got {len(given)}"
    assert not auc_trend(given, range(len(given))).evaluated
