"""Engineered columns: one row-wise SQL expression each, checked before it is computed."""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table
from sqlglot import exp

from riskbench.core.errors import StudyError
from riskbench.data.features.expressions import Scope, columns_in, parsed, plain
from riskbench.data.querying import ask_arrow, text_as_str

_ORDER, _ROWS = "row_order_", "rows_"


def compute(frame: pd.DataFrame, formulas: Mapping[str, str]) -> pd.DataFrame:
    """One column a formula, computed row by row over the columns of `frame`; infinite values become missing.

    Raises `StudyError` when a formula breaks the rules of `columns_of`, names a column that is not there, or fails.

    >>> compute(pd.DataFrame({"a": [1.0, 2.0], "b": [4.0, 0.0]}), {"ratio": "a / nullif(b, 0)"})["ratio"].tolist()
    [0.25, nan]
    """
    if not formulas:
        return pd.DataFrame(index=frame.index)
    trees = {name: parsed(name, formula) for name, formula in formulas.items()}
    read = {name: columns_in(tree) for name, tree in trees.items()}
    for name, columns in read.items():
        if unknown := sorted(columns - set(frame.columns)):
            raise StudyError(f"formula {name!r} names column(s) that it may not use: {', '.join(unknown)}")
    needed = frame[[column for column in frame.columns if column in set().union(*read.values())]]
    try:
        query = f"{_selection(trees.values(), [], _ROWS)} order by {_ORDER}"
        result = ask_arrow(query, {_ROWS: needed.assign(**{_ORDER: range(len(frame))})})
    except duckdb.Error as error:
        raise StudyError(f"a formula of {', '.join(formulas)} cannot be computed: {error}") from error
    computed = result.rename_columns(list(formulas)).to_pandas(types_mapper=text_as_str)
    for name, kind in zip(formulas, result.schema.types, strict=True):
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            computed[name] = computed[name].astype(float).replace([float("inf"), float("-inf")], float("nan"))
    return computed.set_index(frame.index)


def value(formula: str, decision: str | None = None, **cells: Any) -> Any:
    """What a formula gives for one row of these cells: a number, nan where it is missing.

    `decision` names the cell that holds the moment of the decision.

    >>> value("a + 1", a=2)
    3.0
    """
    row = pd.DataFrame({name: [cell] for name, cell in cells.items()})
    return compute(row, {"value": plain("value", formula, Scope(decision=decision))})["value"].tolist()[0]


def with_formulas(table: Table, trees: Iterable[exp.Expr], name: str) -> Table:
    """The columns of `table` and one a formula, named by `formula_column`: its own name could be a column's.

    `name` is what the query calls the table: queries that are put together need different ones.
    """
    return table.alias(name).sql(_selection(trees, table.columns, name), dialect="duckdb")


def formula_column(position: int) -> str:
    """The column in which `with_formulas` puts the formula at this position."""
    return f"formula_{position}_"


def _selection(trees: Iterable[exp.Expr], keep: Iterable[str], table: str) -> str:
    """The query that gives the columns to keep of a table and one a formula."""
    columns = [exp.column(column, quoted=True) for column in keep]
    chosen = [exp.alias_(tree, formula_column(i), quoted=True) for i, tree in enumerate(trees)]
    query = exp.select(*columns, *chosen).from_(exp.to_table(table, quoted=True))
    return query.sql("duckdb", comments=False, identify=True)
