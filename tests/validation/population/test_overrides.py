from dataclasses import replace

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.metrics import difference, jeffreys
from riskbench.validation.population.overrides import (
    CELLS,
    by_cell,
    by_rule,
    low_side_share,
    outcome_points,
    outcomes_of_decisions,
    override_checks,
)


@pytest.fixture
def decided(applicants):
    """1,500 applications of the holdout in turn: agreed, low-side, referred and booked, high-side, both decline."""
    action = np.resize(["approve", "decline", "refer", "limit", "decline"], 3000)
    lender = np.resize(["approve", "approve", "approve", "decline", "decline"], 3000)
    y = np.where(lender == "approve", np.arange(3000) % 2, np.nan) * (action != "approve")  # the agreed never turn bad
    made = applicants(decision=lender, y=np.where(lender == "approve", y, np.nan))
    made.scores["y"] = made.applications["y"]
    made.scores["pd"] = np.where(action == "decline", 0.5, 0.1)
    made.decisions["action"] = action
    made.decisions["rule"] = np.where(np.arange(3000) % 10 == 1, "many_enquiries", "")
    return made


def checks_of(made, break_even=0.2):
    return {check.name.split(".")[1]: check for check in override_checks(made, break_even)}


def test_every_application_of_the_holdout_is_in_one_cell(decided):
    table = by_cell(outcomes_of_decisions(decided), 10).set_index("cell")
    assert table["n"].sum() == 1500
    assert table["share"].sum() == pytest.approx(1)
    assert table["n"].tolist() == [300, 300, 300, 300, 0, 300]
    assert list(table.index) == list(CELLS.values())


def test_outcomes_are_told_where_loans_were_booked_and_nowhere_else(decided):
    table = by_cell(outcomes_of_decisions(decided), 10).set_index("cell")
    low, by_hand = table.loc["low-side override"], jeffreys(300, 150, 0.5)
    assert (low["expected_bad_rate"], low["observed_bad_rate"], low["jeffreys_p"]) == (0.5, 0.5, by_hand.p_value)
    assert (low["lower"], low["upper"]) == (by_hand.lower, by_hand.upper)
    assert table.loc["high-side override", "labelled"] == 0
    assert np.isnan(table.loc["high-side override", "observed_bad_rate"])


def test_what_kept_the_policy_from_lending_is_the_rule_or_else_the_band(decided):
    table = by_rule(outcomes_of_decisions(decided), 10).set_index("why")
    assert table.loc["rule many enquiries", "n"] == 150
    assert table["n"].sum() == 600  # low-side overrides and referred ones that were lent to


def test_overrides_that_turned_out_worse_prove_the_policy_right(decided):
    checks = checks_of(decided)
    gap = difference(150, 300, 0, 300)
    assert checks["low_side_gap"].estimate == gap
    assert checks["low_side_loss"].estimate.value == pytest.approx(0.5 - 0.2)
    assert {check.status for check in checks.values()} == {"green"}


def test_overrides_that_earned_speak_against_the_policy(decided):
    check = checks_of(decided, break_even=0.6)["low_side_loss"]
    assert (check.estimate.value, check.status) == (pytest.approx(-0.1), "red")


def test_a_pd_too_low_among_overrides_fails(decided):
    decided.scores["pd"] = 0.3
    assert checks_of(decided)["low_side_jeffreys"].status == "red"


def test_the_share_of_low_side_overrides_is_of_what_the_lender_approved(decided):
    assert low_side_share(decided).value == pytest.approx(300 / 900)


def test_without_decisions_of_the_lender_nothing_is_evaluated(decided, study):
    unknown = study.model_copy(update={"base": study.base.model_copy(update={"decision": None})})
    made = replace(decided, study=unknown)
    assert {check.reason for check in checks_of(made).values()} == {"the study records no earlier decisions"}
    assert low_side_share(made).reason == "the study records no earlier decisions"
    with pytest.raises(NotEvaluated, match="the study records no earlier decisions"):
        outcomes_of_decisions(made)


def test_where_only_booked_loans_are_there_the_lender_approved_each(applicants, booked_study):
    table = by_cell(outcomes_of_decisions(applicants(of=booked_study)), 10).set_index("cell")
    assert table.loc[["high-side override", "both decline"], "n"].tolist() == [0, 0]
    assert table.loc["low-side override", "labelled"] > 0


def test_bads_that_were_oversampled_are_held_against_the_break_even_at_the_populations_rate(applicants, booked_study):
    made = applicants(of=booked_study)
    told = outcomes_of_decisions(made)
    observed = told.loc[told["cell"] == "low-side override", "y"].mean()
    assert booked_study.oversampling is not None
    assert checks_of(made)["low_side_loss"].estimate.value < observed - 0.2


def test_nobody_lent_to_against_the_policy_is_not_evaluated(applicants):
    made = applicants()
    made.decisions["action"] = "approve"
    reasons = {check.reason for check in checks_of(made).values()}
    assert reasons == {"no loan that the policy would decline was booked and has a label"}
    assert by_rule(outcomes_of_decisions(made), 10).empty


def test_only_cells_with_outcomes_are_drawn(decided):
    points = outcome_points(by_cell(outcomes_of_decisions(decided), 10))
    assert points["label"].tolist() == ["both approve", "policy refers, lender approved", "low-side override"]


def test_few_people_are_pooled_and_their_rates_left_out(decided):
    few = (decided.decisions["action"] == "refer") & (np.arange(3000) >= 2960)
    decided.decisions["rule"] = np.where(few, "many_enquiries", "")  # 8 people of the holdout
    told = outcomes_of_decisions(decided)
    assert "rule many enquiries" not in set(by_rule(told, 10)["why"])
    assert by_rule(told, 5).set_index("why").loc["rule many enquiries", "n"] == 8
    assert by_cell(told, 301)["observed_bad_rate"].isna().all()
