"""The family of vintages."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.validation import battery


def by_name(case):
    return {r.name: r for r in battery.run("vintages", case)}


def months(n, count=12):
    return [f"2025-{number % count + 1:02}" for number in range(n)]


def test_each_quarter_has_its_auc_for_information(whole):
    case = whole()
    found = by_name(case)["quarter_2025_q1.auc.test"]
    first = case.rows["month"].isin(["2025-01", "2025-02", "2025-03"])
    assert found.estimate.value == metrics.auc(case.y[first], case.pd[first]).value
    assert (found.status, found.title) == ("information", "Area under the ROC curve, 2025 Q1")


@pytest.mark.parametrize(("decay", "status"), [(0.0, "green"), (0.25, "red")])
def test_an_auc_that_falls_from_quarter_to_quarter_fails(case, portfolio, decay, status):
    y, pd = portfolio(8000)
    at = np.array(months(8000))
    noise = np.random.default_rng(1).permutation(pd)
    lost = np.random.default_rng(2).random(8000) < decay * ((np.arange(8000) % 12) // 3)
    found = by_name(case(y, np.where(lost, noise, pd), also={"month": at}))["vintages.auc_trend.test"]
    assert found.status == status


def test_the_normal_test_is_that_of_the_months_against_their_mean_pds(case, portfolio):
    y, pd = portfolio(1200)
    at = months(1200)
    rate, mean = (np.bincount(np.arange(1200) % 12, values) / 100 for values in (y, pd))
    found = by_name(case(y, pd, also={"month": at}))["vintages.normal_test.test"]
    assert found.estimate.value == pytest.approx(metrics.normal_test(rate, mean).p_value)
    assert found.estimate.n == 12


def test_months_with_too_few_cases_take_no_part_and_too_few_months_are_not_evaluated(case, portfolio):
    y, pd = portfolio(205)
    at = months(200, 5) + ["2025-06"] * 5  # five months of 40, one of 5
    found = by_name(case(y, pd, also={"month": at}))["vintages.normal_test.test"]
    assert found.reason == "months with labelled cases enough: 5, and at least 6 are asked for"


def test_one_quarter_has_no_trend(case, portfolio):
    y, pd = portfolio(1000)
    found = by_name(case(y, pd, also={"month": ["2025-01"] * 1000}))["vintages.auc_trend.test"]
    assert found.reason == "it needs two periods whose AUC has a standard error, got 1"
