import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated, StudyError
from riskbench.data.intake import (
    IDENTITY,
    RESERVED,
    amounts,
    assemble,
    candidates,
    columns_behind,
    decisions_in_force,
    left_behind,
    protected_groups,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def assembled(small, key: bytes = KEY) -> pd.DataFrame:
    joined = small.joined()
    labels = pd.DataFrame({"label": ["good", "bad", "immature"], "y": [0.0, 1.0, np.nan]})
    return assemble(small.study(), joined, labels, pd.Series(["development"] * 3), key)


def refused_at_once(small, match: str) -> None:
    """The names alone are enough to refuse: no row is needed."""
    nothing = pd.DataFrame()
    with pytest.raises(StudyError, match=match):
        assemble(small.study(), nothing, nothing, pd.Series(dtype="str"), KEY)


def rename(small, old: str, new: str) -> None:
    """Give a column of the applications another name, in the study and in its file."""
    columns = small.columns
    small.content["tables"]["applications"]["columns"] = {new if n == old else n: c for n, c in columns.items()}
    small.types["applications"] = [(new if n == old else n, kind) for n, kind in small.types["applications"]]


# --- the applications of a run --------------------------------------------------------------------------------------


def test_applications_hold_inputs_and_context_and_nobody_s_name(small):
    table = assembled(small)
    study = small.study()
    assert list(table.columns) == [*IDENTITY, *study.inputs, "rating", "rate"]
    assert set(table.columns).isdisjoint({"app", "who", "name", "sex", "calls", "decided"})


def test_no_value_of_an_identifier_or_key_leaves_intake(small):
    values = assembled(small).astype("str").to_numpy().ravel().tolist()
    assert set(values).isdisjoint({"Ann", "Bob", "c1", "c2", "a1", "a2", "a3"})


def test_one_customer_has_one_pseudonym(small):
    table = assembled(small)  # a1 and a3 are of c1
    assert table["customer"].iloc[0] == table["customer"].iloc[2] != table["customer"].iloc[1]
    assert table["application"].is_unique


def test_the_key_changes_pseudonyms_and_nothing_else(small):
    one, other = assembled(small), assembled(small, OTHER_KEY)
    assert set(one["application"]).isdisjoint(other["application"])
    rest = ["application", "customer"]
    pd.testing.assert_frame_equal(one.drop(columns=rest), other.drop(columns=rest))


def test_the_month_is_that_of_the_decision(small):
    assert assembled(small)["month"].tolist() == ["2024-01", "2024-02", "2024-03"]  # days 10, 40 and 90 of the year


def test_a_study_without_dates_has_empty_months(studies):
    study = studies["taiwan"]
    joined = pd.DataFrame({name: [1, 2] for name in study.columns})
    labels = pd.DataFrame({"label": ["good", "bad"], "y": [0.0, 1.0]})
    table = assemble(study, joined, labels, pd.Series(["development", "test"]), KEY)
    assert table["month"].tolist() == ["", ""]


@pytest.mark.parametrize("name", [*RESERVED, "Label", "Y"])
@pytest.mark.parametrize("role", ["feature", "context", "price"])
def test_a_reserved_name_is_refused_lest_a_formula_read_the_label(small, name, role):
    rename(small, "rating", name)
    small.columns[name]["role"] = role
    refused_at_once(small, f"study small: these column names are reserved: {name}")


@pytest.mark.parametrize("part", ["features", "protected"])
@pytest.mark.parametrize("name", RESERVED)
def test_no_engineered_column_takes_a_reserved_name(small, part, name):
    small.content[part][name] = {"formula": "amount", "description": "d"}
    refused_at_once(small, f"reserved: {name}")


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
    table = assemble(small.study(), joined, labels, pd.Series(["test"] * 3), KEY)
    np.testing.assert_equal(table["rating"].tolist(), expected)


# --- protected groups -----------------------------------------------------------------------------------------------


def test_protected_groups_stand_beside_the_pseudonym_with_unknown_for_missing(small):
    applications = assembled(small)
    groups = protected_groups(small.study(), small.joined(), applications)
    assert groups.columns.tolist() == ["application", "sex"]
    assert groups["sex"].tolist() == ["female", "unknown", "female"]
    assert groups["application"].equals(applications["application"])


def test_groups_that_are_whole_numbers_read_so(small):
    small.content["protected"] = {"kind": {"formula": "case when amount > 0 then 1 end", "description": "d"}}
    assert protected_groups(small.study(), small.joined(), assembled(small))["kind"].tolist() == [
        "1",
        "unknown",
        "unknown",
    ]


def test_a_study_without_protected_attributes_has_a_table_without_groups(small):
    small.content["protected"] = {}
    groups = protected_groups(small.study(), small.joined(), assembled(small))
    assert groups.columns.tolist() == ["application"]
    assert len(groups) == 3


# --- candidates -----------------------------------------------------------------------------------------------------


def test_every_column_that_is_not_a_feature_is_left_out_of_the_candidates(small):
    study = small.study()
    X = candidates(study, assembled(small))
    assert X.columns.tolist() == [*study.with_role("feature"), "double"]
    np.testing.assert_equal(X["double"].tolist(), [100.0, -2.0, np.nan])


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("case when sex = 'female' then 1 end", r"sex \(protected\)"),
        ("amount + rating", r"rating \(price\)"),
        ("calls", r"calls \(leakage\)"),
        ("length(name)", r"name \(identifier\)"),
        ("case when app > 'a1' then 1 end", r"app \(key\)"),
        ("y", r"y \(unknown\)"),
        ("case label when 'bad' then 1 end", r"label \(unknown\)"),
        ("length(customer)", r"customer \(unknown\)"),
        ("Y", r"Y \(unknown\)"),
        ("dpd", r"dpd \(unknown\)"),
        ("double", r"double \(unknown\)"),
    ],
)
def test_a_feature_may_not_read_what_may_not_enter_a_model(small, formula, said):
    small.content["features"]["sly"] = {"formula": formula, "description": "d"}
    with pytest.raises(StudyError, match=f"feature 'sly' reads columns that may not enter a model: {said}"):
        candidates(small.study(), pd.DataFrame())


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("ratio(rating, amount)", r"rating \(price\)"),
        ("clip(calls, 0, 1)", r"calls \(leakage\)"),
        ("count_over(0, amount, y)", r"y \(unknown\)"),
        ("ratio(amount, mean_of(amount, case sex when 'female' then 1 end))", r"sex \(protected\)"),
        ("days_since(due_date)", r"due_date \(unknown\)"),
    ],
)
def test_nor_in_the_arguments_of_a_function(small, formula, said):
    small.content["features"]["sly"] = {"formula": formula, "description": "d"}
    with pytest.raises(StudyError, match=f"feature 'sly' reads columns that may not enter a model: {said}"):
        candidates(small.study(), pd.DataFrame())


def test_a_function_reads_the_decision_of_its_row_and_carries_it_along(small):
    small.content["features"] = {"age": {"formula": "days_since(date '2024-01-01')", "description": "d"}}
    rows = assembled(small)
    assert "decided" in rows
    assert candidates(small.study(), rows)["age"].tolist() == [10, 40, 90]


def test_a_feature_may_read_the_dates_of_its_row(small):
    small.content["features"]["day"] = {"formula": "date_diff('day', date '2024-01-01', decided)", "description": "d"}
    assert candidates(small.study(), assembled(small))["day"].tolist() == [10, 40, 90]


def test_a_feature_may_read_aggregates_and_context(small):
    small.content["features"] |= {
        "per_row": {"formula": "value_sum / nullif(value_count, 0)", "description": "d"},
        "real": {"formula": "amount - rate", "description": "d"},
        "large": {"formula": "amount > 10", "description": "d"},
    }
    X = candidates(small.study(), assembled(small))
    # a1 is decided on day 10: the account knew 5.0 on day 9, not the 9.0 of the same day
    assert X["per_row"].iloc[0] == 5.0
    assert X["real"].iloc[0] == 50.0 - 3.0
    np.testing.assert_equal(X["large"].tolist(), ["yes", "no", np.nan])  # truth is a category like others


@pytest.mark.parametrize("name", ["microloan", "taiwan"])
def test_no_feature_of_a_committed_study_reads_what_it_may_not(studies, name):
    study = studies[name]
    rows = pd.DataFrame({column: pd.Series(dtype=float) for column in [*study.inputs, *study.with_role("context")]})
    assert list(candidates(study, rows).columns) == [*study.inputs, *study.features]


def test_columns_behind_a_feature_are_those_of_the_files(small):
    small.content["features"]["mix"] = {"formula": "value_mean / amount + own_worst", "description": "d"}
    study = small.study()
    assert columns_behind(study, ["mix", "channel"]) == {"value", "amount", "dpd", "channel"}
    assert columns_behind(study, []) == set()


def test_no_feature_of_the_default_study_stands_on_a_protected_column(studies):
    for study in studies.values():
        behind = columns_behind(study, [*study.inputs, *study.features])
        assert behind.isdisjoint(study.with_role("protected", "price", "leakage", "identifier", "outcome", "key"))


# --- what no model sees ---------------------------------------------------------------------------------------------


def test_what_is_left_behind_is_listed_with_a_reason(small):
    table = left_behind(small.study()).set_index("column")
    assert table.loc["calls", "reason"] == "written after the decision, or suspected to be: dropped at intake"
    assert table.loc["name", "role"] == "identifier"
    assert {"amount", "channel", "lines", "value"}.isdisjoint(table.index)


def test_a_price_is_left_behind_unless_the_study_says_why(small):
    assert "rating" in left_behind(small.study())["column"].tolist()
    small.columns["rating"]["because"] = "set by a bureau"
    assert "rating" not in left_behind(small.study())["column"].tolist()


def test_a_reason_hides_no_other_column_from_the_list(small):
    small.columns["calls"]["because"] = "we like it"
    assert "calls" in left_behind(small.study())["column"].tolist()


@pytest.mark.parametrize("name", ["microloan", "taiwan"])
def test_every_column_of_the_files_is_an_input_or_listed(studies, name):
    study = studies[name]
    listed = set(left_behind(study)["column"])
    declared = {c for t in study.tables.values() if t.join != "outcome" for c in t.columns}
    aggregated = {c for t in study.tables.values() if t.join == "aggregate" for c in t.columns}
    assert declared - aggregated - listed == set(study.inputs) - {
        a for t in study.tables.values() for a in t.aggregates
    }


# --- decisions and amounts ------------------------------------------------------------------------------------------


def test_decisions_in_force_are_those_that_the_study_calls_approved(small):
    small.content["base"] |= {"decision": "channel", "approved": ["web"]}
    assert decisions_in_force(small.study(), assembled(small)).tolist() == [True, False, True]


def test_without_decisions_or_amounts_nothing_is_evaluated(small):
    applications = assembled(small)
    np.testing.assert_equal(amounts(small.study(), applications).tolist(), [50.0, -1.0, np.nan])
    small.content["base"]["amount"] = None
    with pytest.raises(NotEvaluated, match="no amounts"):
        amounts(small.study(), applications)
    with pytest.raises(NotEvaluated, match="no earlier decisions"):
        decisions_in_force(small.study(), applications)
