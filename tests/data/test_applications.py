import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.data.applications import amounts, assemble_applications, decisions_in_force, protected_groups

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


# --- the applications of a run --------------------------------------------------------------------------------------


def test_applications_hold_raw_candidates_and_context_and_nobody_s_name(small):
    table = small.applications()
    study = small.study()
    assert list(table.columns) == [
        "application",
        "customer",
        "month",
        "sample",
        "label",
        "y",
        *study.raw_candidates,
        "rating",
        "rate",
    ]
    assert set(table.columns).isdisjoint({"app", "who", "name", "sex", "calls", "decided"})


def test_no_value_of_an_identifier_or_key_leaves_intake(small):
    values = small.applications().astype("str").to_numpy().ravel().tolist()
    assert set(values).isdisjoint({"Ann", "Bob", "c1", "c2", "a1", "a2", "a3"})


def test_one_customer_has_one_pseudonym(small):
    table = small.applications()  # a1 and a3 are of c1
    assert table["customer"].iloc[0] == table["customer"].iloc[2] != table["customer"].iloc[1]
    assert table["application"].is_unique


def test_the_key_changes_pseudonyms_and_nothing_else(small):
    one, other = small.applications(), small.applications(OTHER_KEY)
    assert set(one["application"]).isdisjoint(other["application"])
    rest = ["application", "customer"]
    pd.testing.assert_frame_equal(one.drop(columns=rest), other.drop(columns=rest))


def test_the_month_is_that_of_the_decision(small):
    assert small.applications()["month"].tolist() == ["2024-01", "2024-02", "2024-03"]  # days 10, 40 and 90 of the year


def test_a_study_without_dates_has_empty_months(studies):
    study = studies["taiwan"]
    joined = pd.DataFrame({name: [1, 2] for name in study.columns})
    labels = pd.DataFrame({"label": ["good", "bad"], "y": [0.0, 1.0]})
    table = assemble_applications(study, joined, labels, pd.Series(["development", "test"]), KEY)
    assert table["month"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("boolean", [True, None, False], ["yes", np.nan, "no"]),
        ("boolean", [True, True, False], ["yes", "yes", "no"]),
        ("category", [1.0, np.nan, 2.0], ["1", np.nan, "2"]),  # whole numbers with a gap come as floats
        ("category", [1, 1, 2], ["1", "1", "2"]),
        ("category", ["x", None, "z"], ["x", np.nan, "z"]),
        ("integer", [1, 2, 3], [1.0, 2.0, 3.0]),
        ("number", [1, None, 3], [1.0, np.nan, 3.0]),
    ],
)
def test_every_type_arrives_in_one_form(small, kind, values, expected):
    joined = small.joined().assign(rating=values)
    small.columns["rating"] = {"role": "feature", "type": kind, "description": "d"}
    labels = pd.DataFrame({"label": ["good", "bad", "good"], "y": [0.0, 1.0, 0.0]})
    table = assemble_applications(small.study(), joined, labels, pd.Series(["test"] * 3), KEY)
    np.testing.assert_equal(table["rating"].tolist(), expected)


# --- protected groups -----------------------------------------------------------------------------------------------


def test_protected_groups_stand_beside_the_pseudonym_with_unknown_for_missing(small):
    applications = small.applications()
    groups = protected_groups(small.study(), small.joined(), applications)
    assert groups.columns.tolist() == ["application", "sex"]
    assert groups["sex"].tolist() == ["female", "unknown", "female"]
    assert groups["application"].equals(applications["application"])


def test_groups_that_are_whole_numbers_read_so(small):
    small.content["protected"] = {"kind": {"formula": "case when amount > 0 then 1 end", "description": "d"}}
    assert protected_groups(small.study(), small.joined(), small.applications())["kind"].tolist() == [
        "1",
        "unknown",
        "unknown",
    ]


def test_a_study_without_protected_attributes_has_a_table_without_groups(small):
    small.content["protected"] = {}
    groups = protected_groups(small.study(), small.joined(), small.applications())
    assert groups.columns.tolist() == ["application"]
    assert len(groups) == 3


# --- decisions and amounts ------------------------------------------------------------------------------------------


def test_decisions_in_force_are_those_that_the_study_calls_approved(small):
    small.content["base"] |= {"decision": "channel", "approved": ["web"]}
    assert decisions_in_force(small.study(), small.applications()).tolist() == [True, False, True]


def test_without_decisions_or_amounts_nothing_is_evaluated(small):
    applications = small.applications()
    np.testing.assert_equal(amounts(small.study(), applications).tolist(), [50.0, -1.0, np.nan])
    small.content["base"]["amount"] = None
    with pytest.raises(NotEvaluated, match="no amounts"):
        amounts(small.study(), applications)
    with pytest.raises(NotEvaluated, match="no earlier decisions"):
        decisions_in_force(small.study(), applications)
