"""Columns of a study that are no candidates: each is listed once, with the reason."""

from pathlib import Path

import pytest

from riskbench.data.study import load_study
from riskbench.scorecard.selection import barred_columns

STUDY = load_study(Path(__file__).parents[3] / "data" / "microloan" / "study.toml")
CANDIDATES = ["utilisation", "mean_inflow", "night_share"]
BARRED = barred_columns(STUDY, CANDIDATES).set_index(["table", "column"])


def test_every_column_of_the_study_is_a_candidate_or_has_one_row_with_a_reason():
    declared = {(t, c) for t, table in STUDY.tables.items() for c in (*table.columns, *table.aggregates)}
    declared |= {("engineered", name) for name in STUDY.features}
    assert {name for _, name in declared - set(BARRED.index)} == set(CANDIDATES)
    assert set(BARRED.index) <= declared
    assert not BARRED.index.has_duplicates
    assert (BARRED["reason"].str.len() > 5).all()


@pytest.mark.parametrize(
    ("table", "column", "reason"),
    [
        ("customers", "sex", "kept apart, only to test fairness"),
        ("customers", "full_name", "names a person"),
        ("decisions", "legacy_score", "set by the lender itself"),
        ("applications", "collections_calls", "written after the decision"),
        ("repayments", "dpd", "read only to build the label"),
        ("payments", "inflow", "a row a time: read by mean_inflow"),
        ("previous_loans", "status", "no aggregate reads it"),
        ("device", "os", "not among the candidates of this run"),
    ],
)
def test_a_column_that_is_no_candidate_says_why(table, column, reason):
    assert reason in BARRED.loc[(table, column), "reason"]
