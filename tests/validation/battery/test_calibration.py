"""The family of calibration."""

import pytest

from riskbench import metrics
from riskbench.validation import battery


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
