"""The family of overfitting."""

from math import sqrt

import pytest

from riskbench.core.results import Estimate
from riskbench.metrics.discrimination import auc, auc_error
from riskbench.validation import battery
from riskbench.validation.battery.overfitting import optimism


def test_the_gap_to_development_has_the_interval_of_two_independent_samples(case, portfolio):
    development, now = portfolio(2000, seed=1), portfolio(2000, seed=2)
    (found,) = battery.run("overfitting", case(*now, development=case(*development, "development")))
    error = sqrt(auc_error(*development) ** 2 + auc_error(*now) ** 2)
    gap = auc(*development).value - auc(*now).value
    assert found.estimate.value == pytest.approx(gap)
    assert found.estimate.upper == pytest.approx(gap + 1.959964 * error)
    assert (found.name, found.status) == ("champion.auc_gap.test", "green")


def test_a_card_that_ranks_only_where_it_was_fitted_fails(case, portfolio):
    y, pd = portfolio()
    (found,) = battery.run("overfitting", case(y, pd[::-1], development=case(y, pd, "development")))
    assert found.status == "red"


def test_without_development_the_gap_is_not_evaluated(case, portfolio):
    (found,) = battery.run("overfitting", case(*portfolio()))
    assert found.reason == "there is no development sample to compare with"


def test_optimism_is_judged_with_the_interval_of_the_cross_validation_mirrored(case):
    development = case([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.35, 0.4, 0.5, 0.6], "development")  # AUC 8/9
    found = optimism(development, Estimate(0.8, 0.7, 0.85, 0.95, 100, "folds"))
    e = found.estimate
    assert [round(x, 4) for x in (e.value, e.lower, e.upper)] == [0.0889, 0.0389, 0.1889]
    assert (found.name, found.status) == ("champion.auc_optimism", "red")


def test_optimism_without_a_cross_validation_is_not_evaluated(case):
    found = optimism(case([0, 1], [0.1, 0.2]), Estimate.missing("the rarer class has 1 cases for 5 folds"))
    assert (found.status, found.reason) == ("not_evaluated", "the rarer class has 1 cases for 5 folds")
