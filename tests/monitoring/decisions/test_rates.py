import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.project import find_project
from riskbench.data.study import load_study
from riskbench.metrics.intervals import difference, wilson
from riskbench.monitoring.decisions.rates import (
    HIGH_SIDE,
    LENDER,
    LOW_SIDE,
    amount_changes,
    approval,
    changes,
    decided,
    rates_by_month,
)
from riskbench.monitoring.population.window import Window

MICROLOAN, TAIWAN = (load_study(find_project().data / name / "study.toml") for name in ("microloan", "taiwan"))
MONTHS = pd.Series(["2024-01"] * 4 + ["2024-02"] * 2 + ["2024-04"] * 2)
REFERENCE = np.arange(8) < 4
WINDOW = Window(REFERENCE, ~REFERENCE, MONTHS, ("2024-02", "2024-03", "2024-04"), "", "")
DECISIONS = pd.DataFrame(
    {
        "action": ["approve", "decline", "refer", "limit", "approve", "limit", "decline", "approve"],
        "amount": [100.0, 0, 0, 50, 300, 100, 0, 200],
    }
)
APPLICATIONS = pd.DataFrame(
    {
        "decision": ["approve", "approve", "decline", "decline", "approve", "decline", "approve", "approve"],
        "amount_requested": [100.0, 80, 70, 90, 300, 200, 100, 200],
    }
)


def test_each_application_has_one_action_and_what_the_lender_did_stands_beside_it():
    truths = decided(MICROLOAN, APPLICATIONS, DECISIONS)
    assert truths[["approve", "limit", "refer", "decline"]].sum(axis=1).eq(1).all()
    assert truths[LENDER].tolist() == [True, True, False, False, True, False, True, True]
    assert np.flatnonzero(truths[LOW_SIDE]).tolist() == [1, 6]  # declined by the policy, approved by the lender
    assert np.flatnonzero(truths[HIGH_SIDE]).tolist() == [3, 5]


def test_a_study_without_the_lenders_decisions_has_the_actions_alone():
    assert list(decided(TAIWAN, APPLICATIONS, DECISIONS)) == ["approve", "limit", "refer", "decline"]


def test_rates_have_wilsons_interval_and_an_empty_month_has_no_value():
    table = rates_by_month(decided(MICROLOAN, APPLICATIONS, DECISIONS)[["approve"]], WINDOW)
    assert table.n.tolist() == [2, 0, 2]
    assert table.value.tolist() == pytest.approx([0.5, np.nan, 0.5], nan_ok=True)
    expected = wilson(1, 2)
    assert (table.lower[0], table.upper[0]) == pytest.approx((expected.lower, expected.upper))


def test_without_months_there_are_no_rates_by_month():
    undated = Window(REFERENCE, ~REFERENCE, MONTHS, (), "", "", "the study has no decision dates")
    with pytest.raises(NotEvaluated, match="no decision dates"):
        rates_by_month(pd.DataFrame({"approve": REFERENCE}), undated)


def test_a_change_has_newcombes_interval():
    line = changes(decided(MICROLOAN, APPLICATIONS, DECISIONS), WINDOW).iloc[0]
    expected = difference(2, 4, 1, 4)
    assert (line.decided, line.share_before, line.share_now) == ("approve", 0.25, 0.5)
    assert (line.change, line.lower, line.upper) == expected.bounded


def test_a_rate_that_nobody_has_on_either_side_has_not_moved():
    line = changes(pd.DataFrame({"never": np.zeros(8, dtype=bool)}), WINDOW).iloc[0]
    assert (line.change, line.p_adjusted) == (0.0, 1.0)


def test_the_share_approved_counts_limited_ones():
    assert approval(DECISIONS, WINDOW).value == 0.75 - 0.5


def test_amounts_are_of_all_who_ask_and_of_those_the_policy_lends_to():
    asked, lent = amount_changes(MICROLOAN, APPLICATIONS, DECISIONS, WINDOW)
    assert asked.estimate.value == 200 - 85  # (300 + 200 + 100 + 200) / 4 less (100 + 80 + 70 + 90) / 4
    assert lent.estimate.value == 200 - 75  # (300 + 100 + 200) / 3 less (100 + 50) / 2
