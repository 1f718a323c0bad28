"""The family of calibration."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.validation import battery
from riskbench.validation.battery.calibration import retail_correlation


def by_name(*cases):
    return {r.name: r for r in battery.run("calibration", *cases)}


def test_the_portfolio_is_tested_at_its_mean_pd(case, portfolio):
    y, pd = portfolio()
    found = by_name(case(y, pd))
    expected = metrics.jeffreys(len(y), y.sum(), pd.mean())
    assert found["portfolio.jeffreys.test"].estimate.value == expected.p_value
    assert found["portfolio.bad_rate.test"].estimate == expected


@pytest.mark.parametrize("fitted", [True, False])
def test_where_pds_were_fitted_hosmer_lemeshow_has_two_degrees_of_freedom_less(case, portfolio, fitted):
    y, pd = portfolio()
    found = by_name(case(y, pd, fitted=fitted))["champion.hosmer_lemeshow.test"]
    assert found.estimate.value == metrics.hosmer_lemeshow(y, pd, in_sample=fitted).p_value


def test_the_slope_is_not_asked_where_it_is_1_by_construction(case, portfolio):
    assert "champion.calibration_slope.development" not in by_name(case(*portfolio(), "development"))


def test_tests_without_a_limit_of_their_own_inform(case, portfolio):
    found = by_name(case(*portfolio(shift=0.5)))
    names = ("champion.hosmer_lemeshow.test", "champion.calibration_line.test", "portfolio.binomial.test")
    assert {found[name].status for name in names} == {"information"}
    assert max(found[name].estimate.value for name in names) < 0.001


def test_a_pd_that_is_too_high_shows_on_the_other_side_of_jeffreys_test(case, portfolio):
    found = by_name(case(*portfolio(shift=-0.5)))
    low, high = found["portfolio.jeffreys.test"], found["portfolio.too_high.test"]
    assert (low.status, high.status) == ("green", "information")
    assert high.estimate.value == pytest.approx(1 - low.estimate.value)
    assert high.estimate.value < 0.001


@pytest.mark.parametrize(("pd", "rho"), [(0.001, 0.1555), (0.01, 0.1216), (0.10, 0.0339)])
def test_the_asset_correlation_is_that_of_other_retail(pd, rho):
    # .16 − .13 (1 − e^(−35 PD)): e^−.035 = .9656, e^−.35 = .7047, e^−3.5 = .0302
    assert retail_correlation(pd) == pytest.approx(rho, abs=1e-4)


def test_where_loans_turn_bad_together_a_bad_period_is_no_proof_against_the_pd(case):
    # 130 bads where 100 are expected of 1,000: far beyond chance one by one, within it with a common factor
    found = by_name(case(np.arange(1000) < 130, np.full(1000, 0.1)))
    assert found["portfolio.binomial.test"].estimate.value < 0.01
    assert found["portfolio.vasicek.test"].estimate.value > 0.05
    assert found["portfolio.vasicek.test"].status == "green"
    assert found["portfolio.mean_pd.test"].estimate.value == pytest.approx(0.1)
