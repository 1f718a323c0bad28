"""What a switch of bundles changes: known answers, the way back, and what cannot be evaluated."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.effect.effect import MEASURES, Applicants, bundle_effect
from riskbench.decision.effect.tables import actions, by_band, by_group, pd_moves, swaps
from riskbench.decision.policy.bands import Band


def applicants(lender, groups=None, shift=0.0, drop=()):
    frame = lender.applications.drop(columns=["y", *drop])
    attributes = pd.DataFrame(index=frame.index) if groups is None else pd.DataFrame(groups)
    return Applicants(frame, lender.applications["y"], attributes, smallest_cell=10, shift=shift)


@pytest.fixture(scope="module")
def old(lender):
    return lender.bundle("amount_to_income", "employment")


@pytest.fixture(scope="module")
def new(lender):
    return lender.bundle("amount_to_income", "enquiries_6m", level=-0.3)


@pytest.fixture(scope="module")
def effect(lender, old, new):
    sex = np.where(np.arange(2_000) % 2, "female", "male")
    return bundle_effect(old, new, applicants(lender, {"sex": sex}))


def by_name(effect):
    return {change.name: change for change in effect.changes}


def test_every_figure_is_what_both_bundles_say_of_everybody(effect, lender, old, new):
    found, lent = by_name(effect), {"approve", "limit"}
    decided = [bundle.decide(lender.applications) for bundle in (old, new)]
    approved = [told["action"].isin(lent).mean() for told in decided]
    means = [bundle.score(lender.applications)["pd"].mean() for bundle in (old, new)]
    assert found["approval_rate"].change.value == pytest.approx(approved[1] - approved[0])
    assert found["mean_pd"].change.value == pytest.approx(means[1] - means[0])
    assert found["lent"].after.value == pytest.approx(decided[1]["amount"].mean())
    assert (found["lent"].unit, found["approval_rate"].unit) == ("units", "%")


def test_the_way_back_is_the_way_there_with_the_other_sign_to_the_digit(effect, lender, old, new):
    back = bundle_effect(new, old, effect.applicants)
    for there, again in zip(effect.changes, back.changes, strict=True):
        assert there.change.bounded == (-again.change.value, -again.change.upper, -again.change.lower)
        assert (there.before, there.after) == (again.after, again.before)
    assert (
        actions(back)
        .set_index("before")
        .drop(columns="n")
        .T.equals(actions(effect).set_index("before").drop(columns="n").rename_axis(None).rename_axis("before", axis=1))
    )


def test_a_bundle_in_its_own_place_changes_nothing(lender, old):
    same = bundle_effect(old, old, applicants(lender))
    assert [change.change.value for change in same.changes] == [0.0] * len(MEASURES)
    assert swaps(same)["n"].tolist()[:2] == [0, 0]
    assert (pd_moves(same)["pd_change"] == 0).all()


def test_a_level_moved_by_log_odds_moves_every_pd_up(lender, old):
    riskier = bundle_effect(old, lender.bundle("amount_to_income", "employment", level=0.5), applicants(lender))
    moves = pd_moves(riskier).set_index("move")["pd_change"]
    assert moves["share of applications whose PD rises"] == 1
    assert moves["largest fall"] == 0
    # a PD of one half moves by most: 1 / (1 + e^−.5) − .5 = .122
    assert 0 < moves["median"] <= moves["largest rise"] <= 0.1225


def test_matrix_and_swaps_count_the_same_people(effect):
    matrix, told = actions(effect).set_index("before"), swaps(effect).set_index("swap")["n"]
    lent, not_lent = ["approve", "limit"], ["refer", "decline"]
    assert matrix["n"].sum() == 2_000
    assert matrix.loc[not_lent, lent].to_numpy().sum() == told["swapped in"]
    assert matrix.loc[lent, not_lent].to_numpy().sum() == told["swapped out"]


def test_bands_of_few_people_are_left_empty(lender, old, new):
    few = applicants(lender)
    told = by_band(bundle_effect(old, new, Applicants(few.columns, few.y, few.groups, smallest_cell=10_000)))
    assert told["n"].sum() == 2_000
    assert told["pd_before"].isna().all()


def test_a_small_group_is_withheld_with_the_one_from_which_it_would_follow(lender, old, new):
    group = np.array(["a"] * 1_500 + ["b"] * 497 + ["c"] * 3)
    assert by_group(bundle_effect(old, new, applicants(lender, {"region": group})))["group"].tolist() == ["a"]


def test_groups_add_up_to_everybody(effect):
    told, rate = by_group(effect), by_name(effect)["approval_rate"]
    assert np.average(told["approval_change"], weights=told["n"]) == pytest.approx(rate.change.value)


def test_without_protected_attributes_groups_are_not_evaluated(lender, old, new):
    with pytest.raises(NotEvaluated, match="no protected attribute"):
        by_group(bundle_effect(old, new, applicants(lender)))


def test_a_card_that_reads_what_is_not_there_is_not_evaluated_and_the_other_side_is(lender, old):
    other = lender.bundle("night_share", "employment")
    found = bundle_effect(other, old, applicants(lender, drop=["night_share"]))
    assert found.lacking == [
        "The bundle before the change: its card reads night_share, which these applications do not have."
    ]
    rate = by_name(found)["approval_rate"]
    assert (rate.before.value, rate.change.value) == (None, None)
    assert rate.after.evaluated
    assert "night_share" in rate.change.reason
    with pytest.raises(NotEvaluated, match="night_share"):
        pd_moves(found)


def test_without_a_variable_of_the_policy_scores_are_compared_and_decisions_are_not(lender, old, new):
    found = bundle_effect(old, lender.bundle("employment"), applicants(lender, drop=["delinquencies_12m"]))
    assert by_name(found)["mean_pd"].change.evaluated
    assert "policy reads delinquencies_12m" in by_name(found)["approval_rate"].change.reason
    assert pd_moves(found)["pd_change"].notna().all()


def test_cells_that_no_rule_can_compare_are_a_reason_and_no_crash(lender, old, new):
    broken = applicants(lender)
    columns = broken.columns.assign(enquiries_6m="many")
    found = bundle_effect(old, old, Applicants(columns, broken.y, broken.groups, 10))
    assert "numbers compare with numbers" in by_name(found)["approval_rate"].change.reason


def test_nobody_approved_leaves_figures_of_the_approved_not_evaluated(lender, old):
    nobody = Band.model_validate({"name": "all", "action": "decline", "from": float("-inf"), "to": float("inf")})
    policy = old.credit_policy.model_copy(update={"bands": [nobody]})
    found = by_name(bundle_effect(old, lender.bundle("employment", policy=policy), applicants(lender)))
    assert found["approval_rate"].after.value == 0
    assert "nobody is approved" in found["expected_bad_rate"].change.reason
    assert "nothing is lent" in found["profit_per_lent"].change.reason


def test_oversampled_bads_count_for_less(lender, old, new):
    # the population's odds of bad are a fifth of those of the data: ln(1/5) = −1.61
    plain, weighed = (by_name(bundle_effect(old, new, applicants(lender, shift=s))) for s in (0.0, -1.61))
    assert weighed["mean_pd"].before.value < plain["mean_pd"].before.value
    assert weighed["approval_rate"].change.method.startswith("paired difference")


@pytest.mark.parametrize(("rows", "message"), [(0, "at least one application"), (5, "must have the 5 rows")])
def test_no_applicants_or_tables_of_other_rows_are_refused(lender, old, rows, message):
    whole = applicants(lender)
    with pytest.raises(ValueError, match=message):
        bundle_effect(old, old, Applicants(whole.columns.head(rows), whole.y, whole.groups, 10))


def test_one_application_has_figures_without_intervals_or_a_reason(lender, old, new):
    one = applicants(lender)
    found = bundle_effect(old, new, Applicants(one.columns.head(1), one.y.head(1), one.groups.head(1), 10))
    assert by_name(found)["approval_rate"].change.evaluated
    assert by_name(found)["mean_pd"].change.reason == "fewer than two applications"
