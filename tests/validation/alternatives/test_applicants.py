"""Who is compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.study import load_study
from riskbench.validation.alternatives.applicants import NO_ATTRIBUTES, Applicants, Stakes, exposures


def applicants(groups, approved=None, y=None):
    n = len(next(iter(groups.values()))) if groups else 200
    table = pd.DataFrame(
        {
            "customer": np.arange(n).astype(str),
            "sample": np.where(np.arange(n) % 2 == 0, "development", "test"),
            "y": np.arange(n) // 2 % 2 if y is None else y,
            "amount": 1.0,
        }
    )
    chosen = pd.Series(np.arange(n) % 3 > 0 if approved is None else approved)
    return Applicants(table, pd.DataFrame(groups, index=table.index), chosen, "test", Stakes(0.1, 0.5), Thresholds())


def test_a_group_is_compared_where_both_samples_hold_enough_of_it():
    # 200 of each sample; "few" has 25 in each, "late" 40 in the test sample and none before
    group = np.repeat("many", 400).astype(object)
    group[:50], group[301:381:2] = "few", "late"
    group[60:160] = "some"
    assert applicants({"g": group}).compared == {"g": ["many", "some"]}


def test_a_group_of_one_is_left_aside_and_an_attribute_with_one_group_left_is_not_compared():
    group = np.repeat("many", 200).astype(object)
    group[0] = "alone"
    made = applicants({"g": group})
    assert made.compared == {}
    assert "fewer than two groups have at least 30 applications and 2% of all in both samples" in made.why_not()


def test_rows_of_groups_that_are_not_compared_have_the_code_minus_one():
    group = np.repeat(["a", "b"], 200).astype(object)
    group[:40] = "c"  # 20 in each sample: enough to be shown, too few to be compared
    judged = applicants({"g": group}).judged("development")
    assert judged.groups["g"][[0, 19, 20]].tolist() == [-1, -1, 0]
    assert set(judged.groups["g"]) == {-1, 0, 1}


def test_a_group_of_few_is_called_alike_in_both_samples():
    group = np.repeat(["a", "b"], 200).astype(object)
    group[:6] = "c"  # joins the smaller of the others, though each sample alone would pool it too
    made = applicants({"g": group})
    assert made.compared == {"g": ["a + (small groups)", "b"]}
    assert set(made.judged("development").groups["g"]) == set(made.judged("test").groups["g"]) == {0, 1}


def test_without_attributes_the_reason_is_said():
    assert applicants({}).why_not() == NO_ATTRIBUTES


@pytest.mark.parametrize(("approved", "who"), [(True, "everybody"), (False, "nobody")])
def test_where_all_are_treated_alike_the_reason_is_said(approved, who):
    made = applicants({"g": np.repeat(["a", "b"], 200)}, approved=np.full(400, approved))
    assert f"the policy approves {who} of the development sample" in made.why_not()


def test_one_class_of_outcomes_is_a_reason():
    assert "all 200 are bad" in applicants({"g": np.repeat(["a", "b"], 200)}, y=1.0).why_not()
    assert "there are no cases" in applicants({"g": np.repeat(["a", "b"], 200)}, y=np.nan).why_not()


def test_an_attribute_that_is_not_compared_has_its_own_reason():
    made = applicants({"g": np.repeat(["a", "b"], 200), "lone_one": np.repeat("a", 400)})
    assert made.why_not() == made.why_not("g") == ""
    assert "of lone one" in made.why_not("lone_one")


def test_an_application_without_an_amount_counts_one():
    whole = load_study(Path(__file__).parents[3] / "data" / "south_german" / "study.toml")
    study = whole.model_copy(update={"base": whole.base.model_copy(update={"amount": None})})
    assert exposures(study, pd.DataFrame(index=[4, 7])).tolist() == [1.0, 1.0]
