import numpy as np
import pytest

from riskbench.validation.population.feedback import (
    approvals_needed,
    by_band,
    censored_share,
    feedback_checks,
    random_approvals,
)


@pytest.fixture
def declining(applicants):
    """The policy declines the riskier half of the scores and nobody else; a quarter were never booked."""
    made = applicants(label=np.resize(["good", "bad", "good", "not_booked"], 3000))
    riskier = made.scores["score"] < made.scores.loc[made.developing, "score"].median()
    made.decisions["action"] = np.where(riskier, "decline", "approve")
    return made


def test_bands_hold_every_application_of_the_holdout_and_censored_is_who_is_not_lent_to(declining):
    table = by_band(declining, 4)
    assert table["n"].sum() == 1500
    assert (table["censored"] == 1 - table["lent"] / table["n"]).all()
    assert table["mean_pd"].is_monotonic_decreasing  # the riskiest first


def test_bands_that_the_policy_never_lends_in_are_blind_and_the_others_are_not(declining):
    table = by_band(declining, 4)
    assert (table["blind"] == (table["censored"] == 1)).all()
    assert censored_share(table).value == pytest.approx(table.loc[table["blind"], "n"].sum() / 1500)


def test_the_blind_share_is_judged_and_names_the_bands(declining):
    unseen, blind = feedback_checks(declining, by_band(declining, 4))
    assert (unseen.estimate.value, unseen.status) == (0.25, "amber")
    assert blind.status == "red"
    assert "(bands 1" in blind.title


def test_of_booked_loans_alone_nobody_knows_who_was_never_lent_to(applicants, booked_study):
    made = applicants(of=booked_study)
    unseen, _ = feedback_checks(made, by_band(made))
    assert (unseen.status, unseen.reason[:36]) == ("not_evaluated", "the study holds booked loans only: w")


def test_few_labels_are_to_be_expected_where_the_next_development_is_small(applicants):
    # 15 of 1,500 lent to in each band means 15 labels in a development sample of today's size
    made = applicants()
    made.decisions["action"] = np.where(np.arange(3000) % 100 == 0, "approve", "decline")
    assert by_band(made, 4)["blind"].all()


def test_the_number_of_random_approvals_is_that_of_the_textbook():
    assert random_approvals(0.5, 0.05).value == 385  # 1.96² · .25 / .0025 = 384.1
    assert random_approvals(0.2, 0.03).value == 683  # 1.96² · .16 / .0009 = 682.9
    assert random_approvals(0.0, 0.03).value == 0


def test_random_approvals_are_told_a_month_and_as_a_share_of_those_turned_down(declining):
    declining.scores["pd_applied"] = 0.2
    needed = approvals_needed(declining, margin=0.03, months=12)
    turned_down = (declining.decisions["action"] == "decline")[declining.judged].sum()  # all in one month
    assert needed.a_month.value == 57  # 683 / 12
    assert needed.share.value == pytest.approx(57 / turned_down)
    assert needed.bads.value == pytest.approx(0.2 * 57)


def test_without_dates_the_share_is_not_evaluated_and_the_number_is(applicants, booked_study):
    needed = approvals_needed(applicants(of=booked_study), margin=0.03, months=12)
    assert needed.a_month.evaluated
    assert needed.share.reason.startswith("the study has no decision dates")


def test_a_policy_that_lends_to_everybody_needs_none(applicants):
    made = applicants()
    made.decisions["action"] = "approve"
    assert approvals_needed(made, 0.03, 12).a_month.reason == "the policy lends to everybody"


@pytest.mark.parametrize(("margin", "months", "rule"), [(0.0, 12, "margin must lie"), (0.03, 0, "months must be 1")])
def test_a_precision_or_a_time_out_of_range_is_refused(declining, margin, months, rule):
    with pytest.raises(ValueError, match=rule):
        approvals_needed(declining, margin, months)
