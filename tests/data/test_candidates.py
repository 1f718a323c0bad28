import numpy as np
import pandas as pd
import pytest

from riskbench.data.candidates import candidate_statistics, candidates_of, columns_behind, left_behind


def test_every_column_that_is_not_a_feature_is_left_out_of_the_candidates(small):
    study = small.study()
    X = candidates_of(study, small.applications())
    assert X.columns.tolist() == [*study.with_role("feature"), "double"]
    np.testing.assert_equal(X["double"].tolist(), [100.0, -2.0, np.nan])


def test_a_function_reads_the_decision_of_its_row_and_carries_it_along(small):
    small.content["features"] = {"age": {"formula": "days_since(date '2024-01-01')", "description": "d"}}
    rows = small.applications()
    assert "decided" in rows
    assert candidates_of(small.study(), rows)["age"].tolist() == [10, 40, 90]


def test_a_feature_may_read_the_dates_of_its_row(small):
    small.content["features"]["day"] = {"formula": "date_diff('day', date '2024-01-01', decided)", "description": "d"}
    assert candidates_of(small.study(), small.applications())["day"].tolist() == [10, 40, 90]


def test_a_feature_may_read_aggregates_and_context(small):
    small.content["features"] |= {
        "per_row": {"formula": "value_sum / nullif(value_count, 0)", "description": "d"},
        "real": {"formula": "amount - rate", "description": "d"},
        "large": {"formula": "amount > 10", "description": "d"},
    }
    X = candidates_of(small.study(), small.applications())
    # a1 is decided on day 10: the account knew 5.0 on day 9, not the 9.0 of the same day
    assert X["per_row"].iloc[0] == 5.0
    assert X["real"].iloc[0] == 50.0 - 3.0
    np.testing.assert_equal(X["large"].tolist(), ["yes", "no", np.nan])  # truth is a category like others


@pytest.mark.parametrize("name", ["microloan", "taiwan"])
def test_no_feature_of_a_committed_study_reads_what_it_may_not(studies, name):
    study = studies[name]
    rows = pd.DataFrame(
        {column: pd.Series(dtype=float) for column in [*study.raw_candidates, *study.with_role("context")]}
    )
    assert list(candidates_of(study, rows).columns) == [*study.raw_candidates, *study.features]


def test_columns_behind_a_feature_are_those_of_the_files(small):
    small.content["features"]["mix"] = {"formula": "value_mean / amount + own_worst", "description": "d"}
    study = small.study()
    assert columns_behind(study, ["mix", "channel"]) == {"value", "amount", "dpd", "channel"}
    assert columns_behind(study, []) == set()


def test_no_feature_of_the_default_study_stands_on_a_protected_column(studies):
    for study in studies.values():
        behind = columns_behind(study, [*study.raw_candidates, *study.features])
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
def test_every_column_of_the_files_is_a_candidate_or_listed(studies, name):
    study = studies[name]
    listed = set(left_behind(study)["column"])
    declared = {c for t in study.tables.values() if t.join != "outcome" for c in t.columns}
    aggregated = {c for t in study.tables.values() if t.join == "aggregate" for c in t.columns}
    assert declared - aggregated - listed == set(study.raw_candidates) - {
        a for t in study.tables.values() for a in t.aggregates
    }


# --- statistics -----------------------------------------------------------------------------------------------------


def test_a_level_has_no_mean_and_a_number_ignores_what_is_missing():
    X = pd.DataFrame({"n": [1.0, 3.0, np.nan], "s": ["x", "y", "x"]})
    table = candidate_statistics(X).set_index("feature")
    assert table.loc["n", ["mean", "median", "distinct"]].tolist() == [2.0, 2.0, 2]
    assert table.loc["n", "missing_share"] == pytest.approx(1 / 3)
    assert np.isnan(table.loc["s", "mean"])


def test_special_values_are_told_and_are_in_no_mean():
    X = pd.DataFrame({"loans": [1.0, 3.0, -999.0, np.nan]})
    (row,) = candidate_statistics(X, {"loans": [-999]}).to_dict("records")
    assert (row["missing_share"], row["special_share"], row["mean"], row["median"]) == (0.25, 0.25, 2.0, 2.0)
