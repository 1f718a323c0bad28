import math
import re
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from riskbench.core.errors import StudyError
from riskbench.data.features import FUNCTIONS
from riskbench.data.features.closures.compiled import Closures, closure
from riskbench.data.features.closures.kinds import NotCompiled
from riskbench.data.features.expressions import Scope, columns_of, plain
from riskbench.data.study import load_study
from tests.examples import examples

DATA = Path(__file__).parents[4] / "data"
KINDS = {"a": "number", "b": "number", "n": "integer", "s": "category", "t": "text", "d": "date", "e": "date"}
KINDS |= {"m": "timestamp"}


# --- what studies say -----------------------------------------------------------------------------------------------


def call_of(name: str, more: int) -> str:
    function = FUNCTIONS[name]
    kinds = [*function.takes, *[function.more] * (more if function.more else 0)]
    columns = {"number": iter("abnabnabn"), "date": iter("dede")}
    return f"{name}({', '.join(next(columns[kind]) for kind in kinds)})"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_feature_function_gives_what_duckdb_gives(name, rows, differing):
    formula = plain("f", call_of(name, 3), Scope(KINDS, decision="m"))
    kinds = {column: KINDS[column] for column in columns_of("f", formula)}
    made = closure("f", formula, kinds)

    @settings(max_examples=examples(2))
    @given(rows(kinds, 18))
    def alike(cells):
        found, beyond = differing(made, formula, cells, kinds)
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
def test_a_formula_of_a_study_gives_what_duckdb_gives(name, rows, differing):
    formula, kinds = STUDIES[name]
    made = closure("f", formula, kinds)

    @settings(max_examples=examples(2))
    @given(rows(kinds, 18))
    def alike(cells):
        assert differing(made, formula, cells, kinds)[0] == []

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
        ("try_cast(s as tinyint)", {"s": "300"}, None),
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


@pytest.mark.parametrize(("formula", "value"), [("12.0", 12.0), ("1e2", 100.0), ("1", 1.0), ("null", None)])
def test_a_formula_may_be_a_constant(formula, value):
    assert closure("f", formula, {})({}) == value


def test_a_name_in_a_formula_is_never_a_program():
    column = "a'] or __import__('os')"
    assert closure("f", f'"{column}" + 1', {column: "number"})({column: 1.0}) == 2.0
