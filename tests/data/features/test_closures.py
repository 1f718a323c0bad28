import math
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import StudyError
from riskbench.data.features import FUNCTIONS
from riskbench.data.features.closures.compiled import Closure, Closures, closure
from riskbench.data.features.closures.kinds import NotCompiled
from riskbench.data.features.expressions import Scope, columns_of, plain
from riskbench.data.features.formulas import compute
from riskbench.data.study import load_study

DATA = Path(__file__).parents[3] / "data"
KINDS = {"a": "number", "b": "number", "n": "integer", "s": "category", "t": "text", "d": "date", "e": "date"}
KINDS |= {"m": "timestamp"}
ARROW = {"number": pa.float64(), "integer": pa.float64(), "date": pa.date32(), "timestamp": pa.timestamp("us")}

numbers = (
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -2.5, 1e-300, 1e308, 2.0**53 + 2, 1e19, math.inf, -math.inf, 0.1])
    | st.integers(-20, 20).map(float)
    | st.floats(allow_nan=False)
    | st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
)
texts = st.sampled_from(["", " ", "a", "A", "ab", " ab ", "5", "-2.5", "é", "ß", "好", "a%", "a_b", "yes"]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6
)
ends = [
    date(2023, 1, 31),
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(1900, 1, 1),
    date(2000, 12, 31),
    date(1969, 12, 31),
]
days = st.sampled_from(ends) | st.dates(date(1600, 1, 1), date(2400, 1, 1))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
OF_KIND = {"number": numbers, "integer": st.integers(-1000, 1000).map(float), "category": texts, "text": texts}
OF_KIND |= {"date": days, "timestamp": moments}


def rows(kinds: dict[str, str], most: int = 25) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({name: st.none() | OF_KIND[kind] for name, kind in kinds.items()})
    return st.lists(one, min_size=1, max_size=most)


def frame_of(cells: list[dict[str, Any]], kinds: dict[str, str]) -> pd.DataFrame:
    """The rows as the tables of a run hold them."""
    columns = {
        name: pa.array([row[name] for row in cells], ARROW.get(kind, pa.string())) for name, kind in kinds.items()
    }
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def differing(
    formula: str, cells: list[dict[str, Any]], kinds: dict[str, str], made: Closure | None = None
) -> tuple[list[Any], int]:
    """What the closure says otherwise than DuckDB, and how many cases lay beyond it."""
    made, kept, found = made or closure("f", formula, kinds), [], []
    for row in cells:
        try:
            found.append(made(row))
        except (ArithmeticError, ValueError):
            continue
        kept.append(row)
    if not kept:
        return [], len(cells)
    expected = compute(frame_of(kept, kinds), {"f": formula})["f"].tolist()
    return [
        (formula, row, mine, theirs)
        for row, mine, theirs in zip(kept, found, expected, strict=True)
        if not same(mine, theirs)
    ], len(cells) - len(kept)


def same(mine: Any, theirs: Any) -> bool:
    """The same value to the last bit, or both missing."""
    if mine is None:
        return bool(pd.isna(theirs))
    if isinstance(mine, float):
        return not isinstance(theirs, str | bool) and mine == theirs
    return (type(mine) is type(theirs) and mine == theirs) or (isinstance(mine, date) and mine == theirs)


# --- expressions of every kind --------------------------------------------------------------------------------------


def expressions() -> dict[str, st.SearchStrategy[str]]:
    """SQL by what it gives: numbers, truths, texts and dates, one in another."""
    number = st.sampled_from(["a", "b", "n", "0", "1", "-1", "2", "0.5", "12.0", "1e2", "100", "-2.5"])
    text = st.sampled_from(["s", "t", "'a'", "' ab'", "''", "'é'", "'5'"])
    day = st.sampled_from(["d", "e", "date '2024-02-29'", "m"])
    small = st.integers(-3, 4)
    truth: st.SearchStrategy[str] = st.sampled_from(["a > 0", "b is null", "s = 'a'", "true", "d < e", "null"])

    for _ in range(2):
        two, three = st.tuples(number, number), st.tuples(number, number, number)
        whole = number.map(lambda x: f"try_cast({x} as int)") | st.tuples(day, day).map(
            lambda p: f"date_diff('month', {p[0]}, {p[1]})"
        )
        more_numbers = [
            st.tuples(number, st.sampled_from(["+", "-", "*", "/", "//", "%"]), number).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            st.tuples(whole, st.sampled_from(["+", "-", "*", "/", "//", "%"]), number | whole).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            st.tuples(
                st.sampled_from(["abs", "sign", "floor", "ceil", "trunc", "round", "exp", "sqrt", "ln", "log", "log2"]),
                number,
            ).map(lambda p: f"{p[0]}({p[1]})"),
            st.tuples(number, st.integers(-2, 4)).map(lambda p: f"round({p[0]}, {p[1]})"),
            two.map(lambda p: f"pow({p[0]}, {p[1]})"),
            two.map(lambda p: f"nullif({p[0]}, {p[1]})"),
            three.map(lambda p: f"coalesce({', '.join(p)})"),
            three.map(lambda p: f"greatest({', '.join(p)})"),
            three.map(lambda p: f"least({', '.join(p)})"),
            st.tuples(truth, number, number).map(lambda p: f"(case when {p[0]} then {p[1]} else {p[2]} end)"),
            st.tuples(truth, number, truth, number).map(
                lambda p: f"(case when {p[0]} then {p[1]} when {p[2]} then {p[3]} end)"
            ),
            st.tuples(number, number, number).map(lambda p: f"(case {p[0]} when {p[1]} then {p[2]} when 2 then 7 end)"),
            st.tuples(truth, number, number).map(lambda p: f"if({p[0]}, {p[1]}, {p[2]})"),
            number.map(lambda x: f"(-{x})" if x[0] != "-" else x),
            st.tuples(number, st.sampled_from(["int", "bigint", "double", "tinyint"])).map(
                lambda p: f"({p[0]})::{p[1]}"
            ),
            truth.map(lambda x: f"({x})::int"),
            text.map(lambda x: f"length({x})"),
            text.map(lambda x: f"try_cast({x} as double)"),
            text.map(lambda x: f"try_cast({x} as int)"),
            st.tuples(st.sampled_from(["year", "quarter", "month", "day", "dayofweek"]), day).map(
                lambda p: f"{p[0]}({p[1]})"
            ),
            st.tuples(st.sampled_from(["year", "quarter", "month", "week", "day", "dow", "isodow", "doy"]), day).map(
                lambda p: f"extract({p[0]} from {p[1]})"
            ),
            st.tuples(st.sampled_from(["day", "month", "quarter", "year"]), day, day).map(
                lambda p: f"date_diff('{p[0]}', {p[1]}, {p[2]})"
            ),
        ]
        more_truths = [
            st.tuples(number, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), number).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            st.tuples(text, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), text).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            st.tuples(day, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), day).map(
                lambda p: f"({p[0]} {p[1]} {p[2]})"
            ),
            st.tuples(truth, st.sampled_from(["and", "or"]), truth).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
            truth.map(lambda x: f"(not {x})"),
            st.tuples(number | text | day | truth, st.sampled_from(["is null", "is not null"])).map(
                lambda p: f"({p[0]} {p[1]})"
            ),
            st.tuples(truth, st.sampled_from(["is true", "is false", "is not true"])).map(
                lambda p: f"(({p[0]}) {p[1]})"
            ),
            three.map(lambda p: f"({p[0]} between {p[1]} and {p[2]})"),
            three.map(lambda p: f"({p[0]} in ({p[1]}, {p[2]}, 2))"),
            st.tuples(text, text).map(lambda p: f"({p[0]} not in ({p[1]}, 'a'))"),
            two.map(lambda p: f"({p[0]} is distinct from {p[1]})"),
            two.map(lambda p: f"({p[0]} is not distinct from {p[1]})"),
            st.tuples(text, st.sampled_from(["'a%'", "'%b'", "'_'", "'a\\%'", "'a.*'", "''"])).map(
                lambda p: f"({p[0]} like {p[1]})"
            ),
            st.tuples(text, st.sampled_from(["'A%'", "'%B'", "'_'"])).map(lambda p: f"({p[0]} not ilike {p[1]})"),
            st.tuples(st.sampled_from(["starts_with", "contains"]), text, text).map(
                lambda p: f"{p[0]}({p[1]}, {p[2]})"
            ),
        ]
        more_texts = [
            st.tuples(text, text).map(lambda p: f"({p[0]} || {p[1]})"),
            st.tuples(text, text).map(lambda p: f"concat({p[0]}, {p[1]}, null)"),
            st.tuples(st.sampled_from(["lower", "upper", "trim", "ltrim", "rtrim"]), text).map(
                lambda p: f"{p[0]}({p[1]})"
            ),
            st.tuples(text, text).map(lambda p: f"trim({p[0]}, {p[1]})"),
            st.tuples(text, small, small).map(lambda p: f"substring({p[0]}, {p[1]}, {p[2]})"),
            st.tuples(text, small).map(lambda p: f"substring({p[0]}, {p[1]})"),
            st.tuples(st.sampled_from(["left", "right"]), text, small).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
            st.tuples(truth, text, text).map(lambda p: f"(case when {p[0]} then {p[1]} else {p[2]} end)"),
            st.tuples(text, text).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
            st.tuples(text, text).map(lambda p: f"greatest({p[0]}, {p[1]})"),
            (number | truth | day).map(lambda x: f"({x})::varchar"),
        ]
        more_days = [
            st.tuples(day, small, st.sampled_from(["day", "week", "month", "quarter", "year", "hour"])).map(
                lambda p: f"({p[0]} + interval '{abs(p[1])}' {p[2]})"
            ),
            st.tuples(day, small, st.sampled_from(["day", "week", "month", "quarter", "year", "hour"])).map(
                lambda p: f"({p[0]} - interval '{abs(p[1])}' {p[2]})"
            ),
            st.tuples(st.sampled_from(["d", "e"]), small).map(
                lambda p: f"({p[0]} + {p[1]})" if p[1] >= 0 else f"({p[0]} - {-p[1]})"
            ),
            st.tuples(st.sampled_from(["day", "week", "month", "quarter", "year"]), day).map(
                lambda p: f"date_trunc('{p[0]}', {p[1]})"
            ),
            day.map(lambda x: f"({x})::date"),
            day.map(lambda x: f"({x})::timestamp"),
            st.tuples(truth, day, day).map(lambda p: f"(case when {p[0]} then {p[1]} else {p[2]} end)"),
            text.map(lambda x: f"try_cast({x} as date)"),
        ]
        number, truth, text, day = (
            st.one_of(number, *more_numbers),
            st.one_of(truth, *more_truths),
            st.one_of(text, *more_texts),
            st.one_of(day, *more_days),
        )
    return {"number": number, "truth": truth, "text": text, "date": day}


EXPRESSIONS = expressions()
BEYOND = re.compile(
    "|".join(["FLOAT", "HUGEINT", "DECIMAL", "decimal", "cast", "comparison", "pattern", "closures know nothing"])
)


@pytest.mark.parametrize("gives", EXPRESSIONS)
def test_an_expression_gives_what_duckdb_gives(gives):
    seen = {"compiled": 0, "not": 0, "cases": 0, "beyond": 0}

    @settings(max_examples=150, deadline=None)
    @given(EXPRESSIONS[gives], rows(KINDS))
    def alike(formula, cells):
        try:
            found, beyond = differing(formula, cells, KINDS)
        except NotCompiled:
            seen["not"] += 1
            return
        seen["compiled"] += 1
        seen["cases"] += len(cells)
        seen["beyond"] += beyond
        assert found == []

    alike()
    assert seen["compiled"] > 2 * seen["not"]
    assert seen["cases"] > 4 * seen["beyond"]


# --- what studies say -----------------------------------------------------------------------------------------------


def call_of(name: str, more: int) -> str:
    function = FUNCTIONS[name]
    kinds = [*function.takes, *[function.more] * (more if function.more else 0)]
    columns = {"number": iter("abnabnabn"), "date": iter("dede")}
    return f"{name}({', '.join(next(columns[kind]) for kind in kinds)})"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_feature_function_gives_what_duckdb_gives(name):
    formula = plain("f", call_of(name, 3), Scope(KINDS, decision="m"))
    kinds = {column: KINDS[column] for column in columns_of("f", formula)}
    made = closure("f", formula, kinds)

    @settings(max_examples=8, deadline=None)
    @given(rows(kinds, 60))
    def alike(cells):
        found, beyond = differing(formula, cells, kinds, made)
        assert found == []
        assert beyond <= len(cells) / 2

    alike()


def formulas_of_studies() -> dict[str, tuple[str, dict[str, str]]]:
    studies = [load_study(path) for path in sorted(DATA.glob("*/study.toml"))]
    return {
        f"{study.name}.{name}": (formula, {of: study.columns[of].type for of in study.reads(name)})
        for study in studies
        for name, formula in study.feature_sql.items()
    }


STUDIES = formulas_of_studies()


@pytest.mark.parametrize("name", STUDIES)
def test_a_formula_of_a_study_gives_what_duckdb_gives(name):
    formula, kinds = STUDIES[name]
    made = closure("f", formula, kinds)

    @settings(max_examples=3, deadline=None)
    @given(rows(kinds, 60))
    def alike(cells):
        assert differing(formula, cells, kinds, made)[0] == []

    alike()


# --- what is not compiled, and what lies beyond -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("a::float * 2", "FLOAT"),
        ("a::decimal(10, 2)", "a cast from DOUBLE to DECIMAL"),
        ("date_diff('week', d, e)", "of DATE and DATE"),
        ("s like t", "a pattern that is no constant"),
        ("m - d", "of TIMESTAMP and DATE"),
        ("year(a)", "No function matches"),
    ],
)
def test_what_no_closure_gives_exactly_is_not_compiled(formula, why):
    with pytest.raises(NotCompiled, match=re.escape(why)):
        closure("f", formula, KINDS)


def test_what_duckdb_would_read_with_other_brackets_is_not_compiled():
    with pytest.raises(NotCompiled, match="brackets are not where DuckDB reads them"):
        closure("f", "a = b < 1", KINDS)


@pytest.mark.parametrize(
    ("formula", "cells", "expected"),
    [
        ("upper(s)", {"s": "straße"}, "STRAẞE"),
        ("exp(a)", {"a": 1000.0}, None),  # infinite, and so missing
        ("a % b", {"a": 1.0, "b": 0.0}, None),
        ("try_cast(s as int)", {"s": "1e3"}, 1000.0),
        ("date_diff('week', d, e)", {"d": date(2024, 1, 1), "e": date(2024, 1, 15)}, 2.0),  # not compiled at all
        ("year(d + interval 1 year)", {"d": date(9999, 1, 1)}, 10_000.0),
    ],
)
def test_what_lies_beyond_a_closure_is_computed_by_duckdb(formula, cells, expected):
    assert Closures({"f": formula}, KINDS)(cells) == {"f": expected}


def test_what_duckdb_refuses_is_refused_in_its_words():
    with pytest.raises(StudyError, match=r"cannot be computed: .*Overflow in addition"):
        Closures({"f": "a::int + b::int"}, KINDS)({"a": 2e9, "b": 2e9})


def test_a_formula_that_is_not_compiled_is_told_with_its_reason():
    assert dict(Closures({"f": "a + 1", "g": "a::float"}, KINDS).slow) == {"g": "a cast from DOUBLE to FLOAT"}


@pytest.mark.parametrize("missing", [None, math.nan, np.float64("nan")])
def test_a_missing_number_is_missing_however_python_holds_it(missing):
    assert Closures({"f": "coalesce(a, 7)"}, KINDS)({"a": missing}) == {"f": 7.0}


@pytest.mark.parametrize("day", ["2024-02-29", date(2024, 2, 29), datetime(2024, 2, 29, 23), pd.Timestamp(2024, 2, 29)])
def test_a_day_is_a_day_however_python_holds_it(day):
    assert closure("f", "extract(doy from d)", KINDS)({"d": day}) == 60.0  # 31 days of January and 29


def test_a_branch_that_is_not_reached_cannot_fail():
    guarded = closure("f", "case when a > 0 then ln(a) else sqrt(-a) end", KINDS)
    assert [guarded({"a": 1.0}), guarded({"a": -4.0})] == [0.0, 2.0]


def test_a_name_in_a_formula_is_never_a_program():
    column = "a'] or __import__('os')"
    assert closure("f", f'"{column}" + 1', {column: "number"})({column: 1.0}) == 2.0
