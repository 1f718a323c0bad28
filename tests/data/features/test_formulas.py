import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import StudyError
from riskbench.data.features.expressions import columns_of
from riskbench.data.features.formulas import compute

FRAME = pd.DataFrame(
    {
        "a": [4.0, np.nan, 1.0],
        "b": [2.0, 0.0, 0.0],
        "n": [1, 2, 3],
        "s": ["x", None, "Z"],
        "yes": [True, False, True],
        "since": pd.to_datetime(["2020-01-31", "2021-06-01", None]),
        "until": pd.to_datetime(["2020-03-01", "2021-05-01", "2022-01-01"]),
    },
    index=[30, 10, 20],
)


def value(formula: str) -> list:
    return compute(FRAME, {"f": formula})["f"].tolist()


# --- what a formula may say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a / b", [2.0, math.nan, math.nan]),  # 4/2, missing, 1/0
        ("a / nullif(b, 0)", [2.0, math.nan, math.nan]),
        ("coalesce(a, -1) + n * 2", [6.0, 3.0, 7.0]),
        ("greatest(a, b, n)", [4.0, 2.0, 3.0]),  # of those that are there
        ("case when a > 2 then 'high' when a is null then 'none' else 'low' end", ["high", "none", "low"]),
        ("case n when 1 then 10 when 2 then 20 end", [10.0, 20.0, math.nan]),
        ("(n > 1)::int + yes::int", [1.0, 1.0, 2.0]),
        ("n * 0.5", [0.5, 1.0, 1.5]),  # decimals of SQL are numbers like others
        ("round(ln(n), 3)", [0.0, 0.693, 1.099]),
        ("n between 2 and 3 and not n in (3)", [False, True, False]),
        ("upper(s) || '!'", ["X!", math.nan, "Z!"]),
        ("date_diff('month', since, until)", [2.0, -1.0, math.nan]),
        ("extract(year from until)", [2020.0, 2021.0, 2022.0]),
        ("cast(n as decimal(10, 2))", [1.0, 2.0, 3.0]),
        ("try_cast(s as double)", [math.nan] * 3),
        ("1", [1.0, 1.0, 1.0]),
        ('"a"', [4.0, math.nan, 1.0]),
    ],
)
def test_a_formula_is_computed_row_by_row(formula, expected):
    np.testing.assert_equal(value(formula), expected)


def test_rows_keep_their_order_and_index():
    made = compute(FRAME, {"f": "n", "g": "a"})
    assert made.index.equals(FRAME.index)
    assert made["f"].tolist() == [1.0, 2.0, 3.0]
    assert list(made.columns) == ["f", "g"]


@settings(max_examples=20)
@given(st.lists(st.floats(-1e9, 1e9), max_size=40), st.integers(-3, 3))
def test_what_sql_computes_is_what_numpy_computes(values, factor):
    frame = pd.DataFrame({"x": np.array(values, dtype=float)}, index=range(len(values), 0, -1))
    made = compute(frame, {"f": f"x * {factor} - 1"})["f"]
    np.testing.assert_array_equal(made, frame["x"] * factor - 1)
    assert made.index.equals(frame.index)


def test_infinite_becomes_missing():
    frame = pd.DataFrame({"x": [np.inf, -np.inf, 1.0]})
    np.testing.assert_equal(compute(frame, {"f": "x * 2"})["f"].tolist(), [math.nan, math.nan, 2.0])


def test_without_formulas_there_are_rows_and_no_columns():
    assert compute(FRAME, {}).shape == (3, 0)


def test_a_formula_tells_which_columns_it_reads():
    assert columns_of("f", 'case when "A b" > lower(c) then -d else 1 end') == {"A b", "c", "d"}
    assert columns_of("f", "1 + 2") == set()


# --- what it may not ------------------------------------------------------------------------------------------------

OUTSIDE = [
    # files, environment and settings
    *["read_csv('x')", "read_csv_auto('x')", "read_text('x')", "read_blob('x')", "read_parquet('x')", "glob('*')"],
    *["getenv('HOME')", "current_setting('threads')", "getvariable('x')", "parse_path('x')", "read_json('x')"],
    *["current_user", "current_schema()", "current_database()", "version()", "pg_typeof(a)", "query('select 1')"],
    # the clock and chance
    *["now()", "today()", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"],
    *["get_current_timestamp()", "transaction_timestamp()", "age(since)", "random()", "rand()", "uuid()", "setseed(1)"],
    *["gen_random_uuid()", "nextval('s')", "currval('s')", "txid_current()", "'2020-01-01 00:00+02'::timestamptz"],
    # other rows
    *["sum(a)", "count(*)", "max(a)", "avg(a) over ()", "lag(a) over (order by n)", "row_number() over ()", "first(a)"],
    *["list(a)", "string_agg(s, ',')", "arg_max(a, n)", "approx_quantile(a, 0.5)", "a filter (where b > 0)", "mode(a)"],
    *["(select 1)", "(select max(a) from rows_)", "a in (select b from rows_)", "exists (select 1)", "select a"],
    *[
        "unnest([1, 2])",
        "generate_series(1, 2)",
        "range(3)",
        "with t as (select 1) select a",
        "from rows_",
        "table rows_",
    ],
    # several columns, other names, more than one statement
    *[
        "*",
        "columns('.*')",
        "columns(*)",
        "rows_.*",
        "rows_.a",
        "memory.main.rows_.a",
        "a as b",
        "a b",
        "a, b",
        "(a, b)",
    ],
    *["a; b", "a; drop table rows_", "; ;", "", "   ", "-- nothing", "/* nothing */"],
    *[
        "drop table rows_",
        "create table t (x int)",
        "insert into rows_ values (1)",
        "copy rows_ to 'x'",
        "pragma version",
    ],
    *[
        "attach 'x'",
        "install httpfs",
        "load httpfs",
        "set threads = 2",
        "call f()",
        "explain select 1",
        "export database 'x'",
    ],
    # syntax of its own kind
    *[
        "a /*",
        "a)",
        "(a",
        "a from rows_",
        "a limit 1",
        "a order by b",
        "a union select 1",
        "case when a",
        "'open",
        "$1",
        "?",
    ],
    *["[x for x in [1, 2]]", "list_transform([1], x -> x)", "{'k': a}", "a[1]", "a.b.c", "a collate nocase", "x'00'"],
    *["a::json", "a::enum('x')", "a::int[]", "s similar to 'x'", "a is of (int)", "hash(a)", "md5(s)", "error('x')"],
]


@pytest.mark.parametrize("formula", OUTSIDE)
def test_nothing_is_read_but_the_cells_of_the_row(formula):
    with pytest.raises(StudyError, match="formula 'f'"):
        columns_of("f", formula)
    with pytest.raises(StudyError, match="formula 'f'"):
        compute(FRAME, {"f": formula})


@pytest.mark.parametrize(
    "formula", ["zz", "a + zz", "rowid", "current_schema", "row_order_", "rows_", "formula_0_", "A", '"a "', "f"]
)
def test_a_column_that_is_not_there_is_named(formula):
    with pytest.raises(StudyError, match=r"formula 'f' names column\(s\) that it may not use"):
        compute(FRAME, {"f": formula})


def test_one_formula_does_not_read_another():
    with pytest.raises(StudyError, match="formula 'g' names column"):
        compute(FRAME, {"f": "a", "g": "f"})


@pytest.mark.parametrize(
    "formula",
    ["a -- the rest of the query", "a /* b */", "a /* ' */", "a -- '\n", "/* ) */ a", "a;", "a --", "a -- */ /*"],
)
def test_comments_change_nothing(formula):
    np.testing.assert_equal(value(formula), FRAME["a"].tolist())
    assert columns_of("f", formula) == {"a"}


@pytest.mark.parametrize("name", ['x", (select 1) AS "y', "x -- ", "a", "A", "*", "select", "ü b", '"'])
def test_a_name_is_only_a_name(name):
    made = compute(FRAME, {name: "n", "other": "b"})
    assert list(made.columns) == [name, "other"]
    assert made[name].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", ["user", "current_user", "localtime", "rows_", "select", "formula_0_", "a b", 'q"q'])
def test_a_column_with_the_name_of_something_else_is_that_column(name):
    frame = pd.DataFrame({name: [5.0, 6.0]})
    quoted = name.replace('"', '""')
    assert compute(frame, {"f": f'"{quoted}" + 1'})["f"].tolist() == [6.0, 7.0]


PIECES = ["a", "b", "+", "(", ")", ";", "--", "\n", "/*", "*/", "'", '"', ",", "as", "select", "from", "rows_", "union"]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_any_mixture_of_pieces_gives_one_value_a_row_or_is_refused(pieces):
    formula = " ".join(pieces)
    try:
        made = compute(FRAME, {"f": formula})
    except StudyError:
        return
    assert made.shape == (3, 1)
    assert columns_of("f", formula) <= {"a", "b"}


@pytest.mark.parametrize("name", ["user", "rows_", "rowid", "formula_0_", "year"])
def test_a_column_is_that_column_without_quotes_too(name):
    frame = pd.DataFrame({name: [5.0, 6.0]})
    assert compute(frame, {"f": f"{name} + 1"})["f"].tolist() == [6.0, 7.0]


def test_names_that_differ_by_case_are_two():
    made = compute(FRAME, {"x": "n", "X": "n * 2"})
    assert made[["x", "X"]].to_numpy().tolist() == [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]


def test_what_cannot_be_computed_is_a_study_error():
    with pytest.raises(StudyError, match=r"cannot be computed: .*Conversion Error"):
        compute(FRAME, {"f": "cast(s as int)"})


def test_a_word_that_begins_a_command_is_refused_without_a_warning(caplog):
    with pytest.raises(StudyError, match="one row-wise expression"):
        columns_of("f", "Alter + 1")
    assert caplog.messages == []
