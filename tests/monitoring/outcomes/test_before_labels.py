"""Estimates from PDs alone, beside what has been seen."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.outcomes import ages, before_labels
from riskbench.monitoring.outcomes.expected import Lines

MONTHS = {"2026-01": 1500, "2026-02": 500, "2026-05": 500}


@pytest.fixture(scope="module")
def loans(booked, drawn):
    """The odds change in May, which is not a label old when observation ends."""
    return booked(*drawn(MONTHS, shift=1.0, since="2026-05"), until="2026-07-10")


@pytest.fixture(scope="module")
def table(loans) -> pd.DataFrame:
    applications = loans.loans[["application", "month"]]
    actions = pd.Series(np.where(loans.loans["pd"] < 0.2, "approve", "decline"))
    early = ages.oldest(Lines.of_development(loans))
    return before_labels.by_month(loans, applications, loans.loans[["pd"]], actions, early).set_index("month")


def test_the_estimate_is_the_mean_pd_of_all_of_the_approved_and_of_the_booked(loans, table):
    may = loans.loans[loans.loans["month"] == "2026-05"]["pd"]
    assert table.loc["2026-05", "expected"] == pytest.approx(may.mean())
    assert table.loc["2026-05", "applied"] == pytest.approx(may.mean())
    assert table.loc["2026-05", "approved"] == pytest.approx(may[may < 0.2].mean())


def test_a_change_of_the_odds_shows_in_early_outcomes_and_not_in_the_estimate(table):
    may = table.loc["2026-05"]
    assert may["early_ratio"] > 1.3
    assert abs(may["expected"] - table.loc["2026-01", "expected"]) < 0.02  # two standard errors of 500 PDs: .011
    assert may["month_on_book"] == 2


def test_outcomes_are_shown_of_matured_months_alone(table):
    assert table["observed"].notna().tolist() == [True, True, False]
    assert table["observed_auc"].notna().tolist() == [True, True, False]


def test_where_the_pds_are_right_the_matured_month_falls_within_the_bounds(table):
    february = table.loc["2026-02"]
    assert february["expected_lower"] <= february["observed"] <= february["expected_upper"]
    assert february["expected_auc_lower"] <= february["observed_auc"] <= february["expected_auc_upper"]


def test_the_change_of_mean_pd_has_the_interval_of_two_means(loans):
    now = loans.loans.query("label == 'immature'")["pd"]
    then = loans.loans.query("developed")["pd"]
    error = np.sqrt(now.var() / len(now) + then.var() / len(then))
    found = before_labels.change(loans)
    assert found.value == pytest.approx(now.mean() - then.mean())
    assert found.upper - found.value == pytest.approx(1.959964 * error, rel=1e-5)


def test_where_every_label_is_known_there_is_nothing_to_compare(booked):
    assert before_labels.change(booked(["2026-01"] * 3, [0.1] * 3, [0, 0, 1])).reason == "no label is outstanding"


def test_without_dates_there_are_no_months(loans, booked):
    undated = booked(["2026-01"], [0.1], [0])
    undated.loans["month"] = ""
    with pytest.raises(NotEvaluated, match="the study has no decision dates"):
        before_labels.by_month(undated, undated.loans, undated.loans, pd.Series(["approve"]), pd.DataFrame())
