"""What is put forward, and the answer for a reviewer."""

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Override, Thresholds
from riskbench.validation.alternatives import review
from riskbench.validation.alternatives.applicants import NO_ATTRIBUTES
from riskbench.validation.alternatives.search import Effort


def test_a_planted_proxy_without_information_of_its_own_is_found(planted):
    table = review.verdicts(planted).set_index("attribute")
    first = table.loc[["sex"]].iloc[0]
    assert first["result"] == review.LESS
    assert first["gap_change_upper"] < 0
    assert first["auc_lost"] <= 0.005
    assert first["p_holm"] <= 0.05
    assert "district" in first["change"]


def test_the_check_is_to_be_watched_where_one_is_found_and_green_where_none_is(planted):
    by_name = {check.name: check for check in review.checks(planted)}
    assert by_name["sex.less_discriminatory.test"].status == "amber"
    assert by_name["side.less_discriminatory.test"].estimate.value == 0
    assert by_name["side.less_discriminatory.test"].status == "green"


@pytest.mark.parametrize("seed", range(4))
def test_where_no_feature_tells_the_group_none_is_found_though_many_are_tried(made, search, seed):
    found = search(made(6000, seed=seed), ("side",))
    assert len(found.tried) > 10
    assert review.best(found) is None
    assert not review.advice(found).startswith("Decide")


def test_where_the_only_feature_behind_the_gap_is_needed_none_is_found(made, search):
    table = made(6000)
    income = table["income"] - 1.0 * (table["sex"] == "women")  # women are poorer, and poverty is the risk
    rng = np.random.default_rng(3)
    bad = rng.random(len(table)) < 1 / (1 + np.exp(1.5 + 1.5 * income - 0.9 * table["debt"]))
    table = table.assign(income=(income > income.median()).astype(float), y=bad.astype(float))
    found = search(table, card=("income", "debt"), approved=table["debt"] < 0.4)
    assert review.less_discriminatory(found).value == 0


def test_a_gap_that_narrows_at_the_cost_of_another_group_is_not_counted(made, search):
    table = made(16000)
    right = table["side"] == "right"  # what district gives them makes up for what debt takes from them
    table["district"] += 2.5 * right
    table["debt"] += 0.35 * right
    found = search(table, ("sex", "side"))
    rows = review.verdicts(found).query("attribute == 'sex'")
    assert set(rows["result"]) == {review.SHIFTED}
    assert review.less_discriminatory(found, "sex").value == 0


def test_a_card_that_surely_loses_more_than_is_tolerated_costs_too_much(made, search):
    table, noise = made(8000), np.random.default_rng(9).normal(size=8000)
    telling = 2 * noise - 3 * table["y"] - 2.5 * (table["sex"] == "women")  # on the holdout district knows the outcome
    table["district"] = table["district"].where(table["sample"] == "development", telling)
    found = search(table)
    assert set(review.verdicts(found)["result"]) == {review.COSTLY}
    assert review.less_discriminatory(found).value == 0


def test_where_no_card_is_within_the_tolerance_none_is_put_forward(search, made):
    limits = {"alternatives.auc_lost": Override(green=-0.5, amber=-0.5, reason="nothing is good enough")}
    found = search(made(4000), thresholds=Thresholds(limits))
    with pytest.raises(NotEvaluated, match="within the tolerance"):
        review.verdicts(found)
    assert review.less_discriminatory(found).value == 0


def test_a_holdout_that_cannot_say_whether_a_card_is_as_good_is_not_green(made, search):
    table = made(3000)
    few = (table["sample"] == "test") & (np.arange(len(table)) % 20 > 0)
    found = search(table.assign(y=table["y"].where(~few)))  # 75 labels in the holdout
    check = review.checks(found)[0]
    assert check.status == "not_evaluated"
    assert check.reason == review.TOO_FEW
    assert review.advice(found).startswith("Record that no alternative could be judged")


def test_the_advice_names_the_card_and_what_it_gains(planted):
    advice = review.advice(planted)
    assert advice.startswith(f"Decide, and write down why, whether alternative 1 ({planted.nominees[0].change})")
    assert "narrows the approval gap by sex by " in advice


def test_without_attributes_everything_is_not_evaluated_with_its_reason(made, search):
    found = search(made(400), ())
    (check,) = review.checks(found)
    assert (check.name, check.status, check.reason) == (
        "groups.less_discriminatory.test",
        "not_evaluated",
        NO_ATTRIBUTES,
    )
    assert review.widest_gap(found).reason == review.cards_tried(found).reason == NO_ATTRIBUTES
    assert NO_ATTRIBUTES in review.advice(found)


def test_an_attribute_of_one_group_is_not_evaluated_beside_one_that_is(made, search):
    found = search(made(8000).assign(tongue="one"), ("sex", "tongue"))
    statuses = {check.name: check.status for check in review.checks(found)}
    assert statuses["tongue.less_discriminatory.test"] == "not_evaluated"
    assert statuses["sex.less_discriminatory.test"] != "not_evaluated"


def test_where_the_policy_approves_everybody_nothing_is_evaluated(made, search):
    table = made(1000)
    found = search(table, approved=table["y"] >= 0)
    assert "approves everybody" in review.checks(found)[0].reason


def test_p_values_are_of_all_cards_put_forward_together(planted):
    table = review.verdicts(planted)
    alone = [planted.difference(of.tried, "approval_gap", of.attribute).p_value for of in planted.nominees]
    assert (table["p_holm"].to_numpy() >= np.array(alone) - 1e-12).all()


def test_that_a_single_card_was_tried_in_vain_is_not_evaluated(made, search):
    one = search(made(), ("sex", "side"), effort=Effort(budget=1))
    e = review.less_discriminatory(one, "side")
    assert (e.value, e.reason) == (None, "a search takes a budget of 40 cards, and this one had 1")
