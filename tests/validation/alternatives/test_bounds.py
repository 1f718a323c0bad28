"""Bounds of what is possible, by methods that no lender may deploy."""

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.validation.alternatives import bounds


@pytest.fixture(scope="module")
def table(planted):
    return bounds.bounds(planted, most=1500)


def test_every_bound_narrows_the_planted_gap(table):
    assert len(table) == len(bounds.BOUNDS) == 4
    assert (table["approval_gap"] < table["champion_gap"]).all()


def test_the_optimiser_for_equal_approval_approves_groups_alike(table):
    # .03 is two standard errors of a difference of rates of 2,000 people a group, learned on 1,500
    row = table.query("method == 'Threshold optimiser' and constraint == 'equal approval'").iloc[0]
    assert row["approval_gap"] < 0.05 < row["champion_gap"]


def test_none_of_them_can_be_deployed_and_each_says_why(table):
    assert table["deployable"].str.startswith("no: ").all()


def test_probabilities_of_approval_lie_between_nobody_and_everybody(planted):
    cases = bounds._cases(planted, 400)
    assert len(cases.good) == 400
    for bound in bounds.BOUNDS:
        approved = bound.decide(planted, cases).approved
        assert (bound.decide(planted, cases).approved == approved).all()  # nothing is drawn
        assert approved.shape == planted.yardstick.judged.y.shape
        assert ((approved >= 0) & (approved <= 1)).all()


def test_a_group_with_outcomes_of_one_class_is_not_evaluated(made, search):
    shown = made(3000)
    women = (shown["sex"] == "women") & (shown["sample"] == "development")
    with pytest.raises(NotEvaluated, match="good or bad cases only"):
        bounds.bounds(search(shown.assign(y=shown["y"].where(~women, 0.0))))


def test_people_of_groups_that_are_not_compared_are_decided_too(made, search):
    shown = made(3000)
    shown.loc[np.arange(0, 3000, 150), "sex"] = "unknown"  # 10 in each sample
    found = search(shown)
    assert (found.yardstick.judged.groups["sex"] < 0).any()
    assert len(bounds.bounds(found, most=400)) == 4
