"""Rows of every type of SQL with the values at which engines part, and how a closure and DuckDB are compared."""

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from riskbench.data.features.closures.compiled import Closure
from riskbench.data.features.formulas import compute

KINDS = {"a": "number", "b": "number", "n": "integer", "s": "category", "t": "text", "d": "date", "e": "date"}
KINDS |= {"m": "timestamp"}
Rows = st.SearchStrategy[list[dict[str, Any]]]
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


@pytest.fixture(scope="session")
def kinds() -> dict[str, str]:
    """The types of the columns of an example."""
    return KINDS


@pytest.fixture(scope="session")
def rows() -> Callable[[dict[str, str], int], Rows]:
    """A strategy of rows with columns of these types, so many or somewhat fewer."""
    return drawn_rows


@pytest.fixture(scope="session")
def differing() -> Callable[..., tuple[list[Any], int]]:
    """What a closure says otherwise than DuckDB, and how many cases lie beyond it."""
    return differences


def drawn_rows(kinds: dict[str, str], most: int = 25) -> Rows:
    one = st.fixed_dictionaries({name: st.none() | OF_KIND[kind] for name, kind in kinds.items()})
    return st.lists(one, min_size=most // 3, max_size=most)  # an example is dear, a row of it is not


def frame_of(cells: list[dict[str, Any]], kinds: dict[str, str]) -> pd.DataFrame:
    """The rows as the tables of a run hold them."""
    columns = {
        name: pa.array([row[name] for row in cells], ARROW.get(kind, pa.string())) for name, kind in kinds.items()
    }
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def differences(made: Closure, formula: str, cells: list[dict[str, Any]], kinds: dict[str, str]) -> tuple[list, int]:
    kept, found = [], []
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
        return type(theirs) is float and (mine, math.copysign(1, mine)) == (theirs, math.copysign(1, theirs))
    return (type(mine) is type(theirs) and mine == theirs) or (isinstance(mine, date) and mine == theirs)
