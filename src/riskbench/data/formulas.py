"""Engineered columns: one row-wise SQL expression each, checked before it is computed."""

from collections.abc import Mapping

import ibis
import pandas as pd
import sqlglot
from sqlglot import exp

from riskbench.core.errors import StudyError
from riskbench.data.engine import text_as_str

_ORDER = "row_order_"
_REFUSED = (exp.Query, exp.Subquery, exp.AggFunc, exp.Window, exp.Anonymous, exp.DDL, exp.DML, exp.Command, exp.Alias)


def columns_of(name: str, formula: str) -> set[str]:
    """The columns that a formula reads.

    Raises `StudyError` when it is not one row-wise SQL expression (a query, an aggregate, a function that reads files).

    >>> sorted(columns_of("paid", "amount / nullif(bill, 0)"))
    ['amount', 'bill']
    """
    try:
        tree = sqlglot.parse_one(formula, dialect="duckdb")
    except sqlglot.ParseError as error:
        raise StudyError(f"formula {name!r} is not a valid SQL expression: {error}") from None
    for node in tree.walk():
        if isinstance(node, _REFUSED):
            raise StudyError(f"formula {name!r} must be one row-wise expression; it may not use {node.sql('duckdb')!r}")
    return {column.name for column in tree.find_all(exp.Column)}


def compute(frame: pd.DataFrame, formulas: Mapping[str, str]) -> pd.DataFrame:
    """One column a formula, computed row by row over the columns of `frame`; infinite values become missing.

    Raises `StudyError` when a formula breaks the rules of `columns_of`, names a column that is not there, or fails.

    >>> compute(pd.DataFrame({"a": [1.0, 2.0], "b": [4.0, 0.0]}), {"ratio": "a / nullif(b, 0)"})["ratio"].tolist()
    [0.25, nan]
    """
    if not formulas:
        return pd.DataFrame(index=frame.index)
    for name, formula in formulas.items():
        unknown = sorted(columns_of(name, formula) - set(frame.columns))
        if unknown:
            raise StudyError(f"formula {name!r} names column(s) that it may not use: {', '.join(unknown)}")
    backend = ibis.duckdb.connect(threads=1)
    table = backend.create_table("input", frame.assign(**{_ORDER: range(len(frame))}))
    chosen = ", ".join(f'{formula} AS "{name}"' for name, formula in formulas.items())
    query = f'SELECT {chosen} FROM "input" ORDER BY {_ORDER}'
    try:
        result = backend.to_pyarrow(table.sql(query, dialect="duckdb"))
    except Exception as error:  # DuckDB's errors have no common public base
        raise StudyError(f"a formula cannot be computed: {error}") from error
    finally:
        backend.disconnect()
    computed = result.to_pandas(types_mapper=text_as_str)
    numbers = computed.select_dtypes("number").columns
    computed[numbers] = computed[numbers].astype(float).replace([float("inf"), float("-inf")], float("nan"))
    return computed.set_index(frame.index)
