from pathlib import Path

import pytest
import sqlglot

from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.dialects import DIALECTS, number, text
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.sql import scoring_query, sql_file

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_of_a_card_is_the_one_that_was_reviewed(card: Scorecard, dialect: str) -> None:
    # after a change that is meant: write the query to this file, read the difference, and run it on the database
    assert scoring_query(card, dialect, key="id", reasons=2) == (GOLDEN / f"card_{dialect}.sql").read_text("utf-8")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_is_one_statement_of_its_dialect_with_the_promised_columns(card: Scorecard, dialect: str) -> None:
    (query,) = sqlglot.parse(scoring_query(card, dialect, key="id"), dialect=dialect)
    points = [f"{name}_points" for name in card.points_]
    reasons = [f"reason_{rank}" for rank in range(1, 5)]
    assert query.named_selects == ["id", *points, "score", "pd", "pd_of_score", *reasons]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_feature_is_read_once(card: Scorecard, dialect: str) -> None:
    query = sqlglot.parse_one(scoring_query(card, dialect), dialect=dialect)
    read = [column.name for column in query.find_all(sqlglot.exp.Column) if column.name in card.points_]
    assert sorted(read) == sorted(card.points_)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0.1E0"),
        (-0.1, "-0.1E0"),
        (0.1 + 0.2, "0.30000000000000004E0"),
        (1e-7, "1E-07"),
        (2.0**53, "9007199254740992.0E0"),
    ],
)
def test_a_fraction_is_written_as_the_very_double(dialect: str, value: float, written: str) -> None:
    expected = f"CAST({written} AS DOUBLE PRECISION)" if dialect == "postgres" else written
    assert number(value, dialect).sql(dialect) == expected
    assert float(written) == value


def test_whole_numbers_are_written_plainly_and_negative_zero_is_zero() -> None:
    assert [number(value, "postgres").sql("postgres") for value in (8.0, -3.0, -0.0)] == ["8", "-3", "0"]


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("duckdb", "'it''s \\'"),
        ("postgres", "'it''s \\'"),
        ("spark", "'it\\'s \\\\'"),
        ("mysql", "CAST(_utf8mb4 'it''s \\\\' AS BINARY)"),
        ("tsql", "CAST(N'it''s \\' AS VARBINARY(MAX))"),
    ],
)
def test_quotes_and_backslashes_are_written_as_each_database_reads_them(dialect: str, written: str) -> None:
    assert text("it's \\", dialect).sql(dialect) == written


def test_a_single_feature_and_more_reasons_than_features_need_no_greatest(make: tuple) -> None:
    feature, make_card = make
    query = scoring_query(make_card([feature("n", "numeric", [0.5, -0.5, 0.1], cuts=[0.1], groups=[0, 1])]))
    assert "GREATEST" not in query
    assert "reason_1" in query
    assert "reason_2" not in query


def test_a_level_with_a_line_break_stays_whole(make: tuple) -> None:
    feature, make_card = make
    card = make_card([feature("t", "categorical", [0.5, -0.5, 0.1], levels=["a\n THEN b"], groups=[0], unseen=1)])
    assert "'a\n THEN b'" in scoring_query(card, "duckdb")


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"dialect": "oracle"}, "dialect must be one of duckdb, postgres, spark, mysql, tsql, got 'oracle'"),
        ({"reasons": 0}, "reasons must be at least 1, got 0"),
        ({"key": "Score"}, "columns of the result must have names of their own, got Score, score twice"),
    ],
)
def test_what_no_query_can_be_written_for_is_refused(card: Scorecard, arguments: dict, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        scoring_query(card, **arguments)


def test_a_name_that_postgresql_would_cut_is_refused(make: tuple) -> None:
    feature, make_card = make
    card = make_card([feature("é" * 29, "numeric", [0.5, 0.1], groups=[0])])  # 58 bytes and "_points": 65
    with pytest.raises(ValueError, match="names in postgres must have at most 63"):
        scoring_query(card, "postgres")


def test_what_no_database_holds_is_refused(make: tuple) -> None:
    feature, make_card = make
    card = make_card([feature("t", "categorical", [0.5, -0.5, 0.1], levels=["a\0"], groups=[0], unseen=1)])
    with pytest.raises(ValueError, match="must not hold the character NUL"):
        scoring_query(card)
    with pytest.raises(ValueError, match="must be finite, got inf"):
        number(float("inf"), "duckdb")


@pytest.mark.parametrize(("baseline", "told"), [("best", "their best bin"), ("neutral", "average risk")])
def test_the_comment_above_the_query_says_what_reasons_are_counted_from(
    card: Scorecard, baseline: str, told: str
) -> None:
    comment = sql_file(card, Edition("A\ncard", baseline=baseline), "duckdb").splitlines()[:6]
    assert comment[0].startswith("-- A card, version ")  # a line break in a title does not end the comment
    assert comment[4] == f"-- reasons are the features that lost most points against {told}"


def test_the_query_below_the_comment_is_that_of_the_edition(card: Scorecard) -> None:
    edition = Edition("t", table="loans", key="id", reasons=2, booleans=["late"], baseline="neutral")
    query = scoring_query(card, "mysql", "loans", "id", 2, ["late"], "neutral")
    assert sql_file(card, edition, "mysql").endswith("\n" + query)
