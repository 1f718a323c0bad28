"""Random expressions over all that a formula may say: the closure of each gives what DuckDB gives."""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riskbench.data.features.closures.compiled import closure
from riskbench.data.features.closures.kinds import NotCompiled
from tests.examples import examples


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
NUMBERS, TEXTS = [0.0, 1.0, -2.5, 12.0, None, 1e6, 0.1, 7.0, -20.0, 3.0, 1e19], ["a", " ab", "", "5", None, "好", "yes"]
DAYS = [date(2024, 2, 29), date(1969, 12, 31), None, date(2023, 1, 31), date(2000, 12, 31)]
MOMENTS = [datetime(2024, 3, 1, 13, 30), None, datetime(1999, 12, 31, 23, 59, 59)]
COLUMNS = {"a": NUMBERS, "b": NUMBERS[3:], "n": [0.0, 1.0, -3.0, None, 1000.0], "s": TEXTS, "t": TEXTS[2:]}
COLUMNS |= {"d": DAYS, "e": DAYS[1:], "m": MOMENTS}
ORDINARY = [{name: cells[row % len(cells)] for name, cells in COLUMNS.items()} for row in range(40)]


@pytest.mark.parametrize("gives", EXPRESSIONS)
def test_an_expression_gives_what_duckdb_gives(gives, kinds, rows, differing):
    @settings(max_examples=examples(10))
    @given(EXPRESSIONS[gives], rows(kinds, 12))
    def alike(formula, cells):
        with suppress(NotCompiled):
            assert differing(closure("f", formula, kinds), formula, cells, kinds)[0] == []

    alike()


@pytest.mark.parametrize("gives", EXPRESSIONS)
def test_of_five_expressions_and_of_five_cases_a_closure_has_four(gives, kinds):
    seen = Counter[str]()  # or the property above would say little

    @settings(max_examples=40, derandomize=True, phases=[Phase.generate])
    @given(EXPRESSIONS[gives])
    def count(formula):
        try:
            made = closure("f", formula, kinds)
        except NotCompiled:
            seen["not compiled"] += 1
            return
        seen["compiled"] += 1
        for row in ORDINARY:
            try:
                made(row)
                seen["within"] += 1
            except (ArithmeticError, ValueError):
                seen["beyond"] += 1

    count()
    assert seen["compiled"] > 4 * seen["not compiled"]
    assert seen["within"] > 4 * seen["beyond"]
