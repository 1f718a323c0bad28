import inspect
import math

import numpy as np
import pandas as pd
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from riskbench.core.errors import StudyError
from riskbench.data.features import FUNCTIONS
from riskbench.data.features.expressions import Scope, columns_of, functions_in, parsed, plain
from riskbench.data.features.formulas import compute, value

KINDS = {"n": "integer", "x": "number", "yes": "boolean", "s": "text", "level": "category", "day": "date"}
KINDS |= {"moment": "timestamp"}
SCOPE = Scope(KINDS, decision="decided")

cells = st.none() | st.integers(-50, 50).map(float) | st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
series = st.integers(3, 7).flatmap(
    lambda k: st.lists(st.lists(cells, min_size=k, max_size=k), min_size=10, max_size=30)
)


def over_months(function: str, rows: list, *before: str) -> list:
    frame = pd.DataFrame(rows, columns=[f"m{i}" for i in range(len(rows[0]))], dtype=float)
    return compute(frame, {"f": f"{function}({', '.join([*before, *frame.columns])})"})["f"].tolist()


def by_hand(rows: list, least: int, of) -> list:
    """`of` the positions and the values that are there, where there are at least so many."""
    there = [[(t, y) for t, y in enumerate(row) if y is not None] for row in rows]
    return [of(*map(np.array, zip(*pairs, strict=True))) if len(pairs) >= least else math.nan for pairs in there]


def over_mean(number: float, values: np.ndarray) -> float:
    return number / values.mean() if values.sum() > 0 else math.nan


# --- what they compute ----------------------------------------------------------------------------------------------


@settings(max_examples=5, deadline=None)
@given(series)
def test_a_trend_is_the_slope_of_the_least_squares_line(rows):
    expected = by_hand(rows, 3, lambda t, y: np.polyfit(t, y, 1)[0])
    np.testing.assert_allclose(over_months("trend", rows), expected, rtol=1e-6, atol=1e-6)


@settings(max_examples=5, deadline=None)
@given(series)
def test_sums_means_and_extremes_are_of_the_values_that_are_there(rows):
    for function, of in (("sum_of", np.sum), ("mean_of", np.mean), ("largest_of", max), ("smallest_of", min)):
        expected = by_hand(rows, 1, lambda t, y, of=of: float(of(y)))
        np.testing.assert_allclose(over_months(function, rows), expected, rtol=1e-9, atol=1e-6)


@settings(max_examples=5, deadline=None)
@given(series.map(lambda rows: [[y if y is None else abs(y) + 1 for y in row] for row in rows]))
def test_volatility_and_relative_trend_are_shares_of_the_mean(rows):
    spread = by_hand(rows, 3, lambda t, y: over_mean(np.std(y, ddof=1), y))
    slope = by_hand(rows, 3, lambda t, y: over_mean(np.polyfit(t, y, 1)[0], y))
    np.testing.assert_allclose(over_months("volatility", rows), spread, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(over_months("relative_trend", rows), slope, rtol=1e-6, atol=1e-7)


@settings(max_examples=5, deadline=None)
@given(series, st.integers(-20, 20))
def test_counts_over_a_threshold_are_those_of_python(rows, threshold):
    count = by_hand(rows, 1, lambda t, y: (y > threshold).sum())
    share = by_hand(rows, 1, lambda t, y: (y > threshold).mean())
    last = by_hand(rows, 1, lambda t, y: len(rows[0]) - 1 - max(t[y > threshold], default=-1))
    for function, expected in (("count_over", count), ("share_over", share), ("months_since_over", last)):
        np.testing.assert_allclose(over_months(function, rows, str(threshold)), expected, rtol=1e-12)


@pytest.mark.parametrize("of", ["trend", "relative_trend", "volatility"])
@pytest.mark.parametrize("row", [[0.1] * 6, [0.1, None, 0.1, 0.1], [1e9 / 3] * 12])
def test_a_constant_series_has_exactly_no_trend_and_no_volatility(of, row):
    assert over_months(of, [row]) == [0.0]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("ratio(4, x)", [2.0, math.nan, math.nan, math.nan]),
        ("ratio(x, 4)", [0.5, 0.0, -0.5, math.nan]),
        ("share(x, 1)", [1.0, 0.0, 0.0, math.nan]),
        ("share(1, x)", [0.5, math.nan, math.nan, math.nan]),
        ("utilisation(x, 1)", [2.0, 0.0, 0.0, math.nan]),
        ("utilisation(1, x)", [0.5, math.nan, math.nan, math.nan]),
        ("change(x, 4)", [-0.5, -1.0, -1.5, math.nan]),
        ("change(4, x)", [1.0, math.nan, math.nan, math.nan]),
        ("clip(x, -1, 1)", [1.0, 0.0, -1.0, math.nan]),
        ("clip(x, null, 1)", [1.0, 0.0, -2.0, math.nan]),
        ("count_over(x, 1)", [0.0, 1.0, 1.0, math.nan]),
        ("mean_of(x > 0, true)", [1.0, 0.5, 0.5, 1.0]),
    ],
)
def test_what_happens_at_zero_below_it_and_where_a_value_is_missing(call, expected):
    frame = pd.DataFrame({"x": [2.0, 0.0, -2.0, None]})
    np.testing.assert_equal(compute(frame, {"f": call})["f"].tolist(), expected)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.dates(), st.dates()), min_size=1, max_size=20))
def test_whole_months_are_those_that_a_calendar_has_completed(pairs):
    frame = pd.DataFrame(pairs, columns=["a", "b"])
    expected = [(b.year - a.year) * 12 + b.month - a.month - (b.day < a.day) for a, b in pairs]
    made = compute(frame, {"months": "months_between(a, b)", "days": "days_between(a, b)"})
    assert made["months"].tolist() == expected
    assert made["days"].tolist() == [(b - a).days for a, b in pairs]


@pytest.mark.parametrize("call", ["days_since(day)", "months_since(day)"])
@pytest.mark.parametrize(("day", "expected"), [("2024-01-31", 0.0), ("2024-02-01", math.nan), (None, math.nan)])
def test_what_lies_after_the_decision_is_not_read(call, day, expected):
    np.testing.assert_equal(value(call, decision="decided", day=day, decided="2024-01-31"), expected)


def test_days_count_by_the_calendar_whatever_the_hour():
    assert value("days_between(a, b)", a=pd.Timestamp("2024-01-01 23:00"), b=pd.Timestamp("2024-01-02 01:00")) == 1


def test_functions_may_stand_in_one_another_and_in_any_expression():
    assert value("2 * ratio(mean_of(a, b), sum_of(a, b)) - 1 + RATIO(b, a)", a=10, b=30) == 2 * 0.5 - 1 + 3


# --- what they write ------------------------------------------------------------------------------------------------


def call_of(name: str) -> str:
    function = FUNCTIONS[name]
    kinds = [*function.takes, *[function.more] * (2 if function.more else 0)]
    return f"{name}({', '.join(f'{kind}_{i}' for i, kind in enumerate(kinds))})"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reads_every_column_that_it_is_given(name):
    formula = call_of(name)
    given = {column.name for column in sqlglot.parse_one(formula).find_all(exp.Column)}
    decision = {"decided"} if FUNCTIONS[name].of_decision else set()
    assert columns_of("f", plain("f", formula, SCOPE)) == given | decision


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_writes_is_plain_sql_of_one_row(name):
    written = plain("f", call_of(name), SCOPE)
    assert functions_in(written) == []
    assert plain("f", written, SCOPE) == written
    assert f" {name}(".upper() not in f" {written}".upper()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "inside", ["sum({})", "(select {})", "random()", "read_text('x')", "{} over ()", "distinct {}"]
)
def test_what_a_formula_may_not_say_it_may_not_say_in_an_argument(name, inside):
    first, *others = call_of(name).removeprefix(f"{name}(").removesuffix(")").split(", ")
    with pytest.raises(StudyError, match="formula 'f'"):
        parsed("f", f"{name}({', '.join([inside.format(first), *others])})", SCOPE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_is_its_unit_and_what_is_missing_and_shows_an_example(name):
    said = inspect.getdoc(FUNCTIONS[name].build)
    assert all(part in said for part in ("Unit: ", "Missing: ", ">>> ", f'value("{name}('))
    assert said.partition("\n")[0].endswith(".")


def test_a_formula_tells_which_functions_it_calls():
    assert functions_in("ratio(a, b) + Trend(a, ratio(b, c), d) + sqrt(a)") == ["ratio", "trend"]


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("utilization(x, n)", "formula 'f' calls utilization, which is no function; did you mean utilisation?"),
        ("month_since(day)", "did you mean months_since?"),
        ("ratio(x)", r"ratio\(a, b\) takes 2 arguments, got 1"),
        ("ratio(x, n, 1)", r"ratio\(a, b\) takes 2 arguments, got 3"),
        ("trend(x, n)", r"trend\(oldest, second, third, later, …\) takes at least 3 arguments, got 2"),
        ("days_since()", r"days_since\(date\) takes 1 argument, got 0"),
        ("ratio(x, s)", r"ratio\(a, b\) takes a number there: argument 2, s, is a text"),
        ("ratio(upper(level), x)", r"argument 1, UPPER\(level\), is a text"),
        ("mean_of(x, n, day)", "takes a number there: argument 3, day, is a date"),
        ("clip(case when x > 1 then moment end, 0, 1)", "argument 1, .* is a date"),
        ("days_since(n)", "takes a date there: argument 1, n, is a number"),
        ("days_between(day, yes)", "takes a date there: argument 2, yes, is a boolean"),
        ("days_between(day, months_since(day))", "takes a date there: argument 2, .* is a number"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused_with_the_rule_and_what_arrived(formula, said):
    with pytest.raises(StudyError, match=said):
        parsed("f", formula, SCOPE)


@pytest.mark.parametrize(
    "formula", ["ratio(day - day, n)", "ratio(yes, n)", "days_since(date '2024-01-01')", "ratio(unknown, n)"]
)
def test_what_may_be_meant_is_not_refused(formula):
    assert parsed("f", formula, SCOPE)


def test_without_a_decision_nothing_counts_up_to_it():
    with pytest.raises(StudyError, match=r"formula 'f': days_since\(date\) .* the study has no base.as_of"):
        parsed("f", "days_since(day)", Scope(KINDS))


def test_functions_nested_too_deeply_are_refused_before_they_fill_the_memory():
    formula = "x"
    for _ in range(8):
        formula = f"trend({formula}, {formula}, x)"
    with pytest.raises(StudyError, match="formula 'f' nests functions too deeply"):
        parsed("f", formula)


PIECES = [
    "ratio(",
    "trend(",
    "days_since(",
    "clip(",
    ")",
    ",",
    "a",
    "b",
    "1",
    "+",
    "(",
    "'",
    "*",
    "distinct",
    ".",
    "over ()",
]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=10))
def test_any_mixture_of_pieces_is_plain_sql_or_refused(pieces):
    try:
        written = plain("f", " ".join(pieces), Scope(decision="decided"))
    except StudyError:
        return
    assert columns_of("f", written) <= {"a", "b", "decided"}
