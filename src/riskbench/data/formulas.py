"""Engineered columns: one row-wise SQL expression each, checked before it is computed.

What is allowed is listed, not what is refused: an expression that is computed from the cells of its own row and gives
the same value on every machine, every day. What DuckDB executes is written anew from the checked syntax tree, so that
nothing reaches it that was not looked at.
"""

from collections.abc import Mapping

import ibis
import pandas as pd
import pyarrow as pa
import sqlglot
from sqlglot import exp

from riskbench.core.errors import StudyError
from riskbench.data.engine import text_as_str

_ORDER = "row_order_"
_ALLOWED = frozenset(
    getattr(exp, name)
    for names in (
        "Identifier Literal Boolean Null Paren Cast TryCast DataTypeParam",
        "Add Sub Mul Div IntDiv Mod Neg Pow Abs Sign Round Floor Ceil Trunc Sqrt Exp Ln Log",
        "And Or Not EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is Between In Like ILike",
        "Case If Coalesce Nullif Greatest Least",
        "DPipe Concat Lower Upper Trim Length Substring Left Right StartsWith Contains",
        "DateDiff DateTrunc TimestampTrunc Extract Year Quarter Month Day DayOfWeek Interval Var",
    )
    for name in names.split()
)
_KINDS = frozenset(
    getattr(exp.DType, name)
    for names in (
        "BOOLEAN TINYINT SMALLINT INT BIGINT FLOAT DOUBLE DECIMAL",
        "VARCHAR TEXT DATE TIMESTAMP TIMESTAMPNTZ",
    )
    for name in names.split()
)


def columns_of(name: str, formula: str) -> set[str]:
    """The columns that a formula reads.

    Raises `StudyError` when it is not one row-wise SQL expression of arithmetic, comparisons, `case`, casts and the
    usual functions of numbers, texts and dates: queries, aggregates, files, the clock and chance are refused.

    >>> sorted(columns_of("paid", "amount / nullif(bill, 0)"))
    ['amount', 'bill']
    """
    return {column.name for column in _parsed(name, formula).find_all(exp.Column)}


def compute(frame: pd.DataFrame, formulas: Mapping[str, str]) -> pd.DataFrame:
    """One column a formula, computed row by row over the columns of `frame`; infinite values become missing.

    Raises `StudyError` when a formula breaks the rules of `columns_of`, names a column that is not there, or fails.

    >>> compute(pd.DataFrame({"a": [1.0, 2.0], "b": [4.0, 0.0]}), {"ratio": "a / nullif(b, 0)"})["ratio"].tolist()
    [0.25, nan]
    """
    if not formulas:
        return pd.DataFrame(index=frame.index)
    trees = {name: _parsed(name, formula) for name, formula in formulas.items()}
    read = {name: {column.name for column in tree.find_all(exp.Column)} for name, tree in trees.items()}
    for name, columns in read.items():
        if unknown := sorted(columns - set(frame.columns)):
            raise StudyError(f"formula {name!r} names column(s) that it may not use: {', '.join(unknown)}")
    needed = frame[[column for column in frame.columns if column in set().union(*read.values())]]
    # Formulas are numbered, because a name could be one that DuckDB takes for a column.
    chosen = [exp.alias_(tree, f"formula_{i}_", quoted=True) for i, tree in enumerate(trees.values())]
    query = exp.select(*chosen).from_(exp.to_table("input", quoted=True)).order_by(exp.column(_ORDER))
    backend = ibis.duckdb.connect(threads=1, enable_external_access=False)
    try:
        table = backend.create_table("input", needed.assign(**{_ORDER: range(len(frame))}))
        result = backend.to_pyarrow(table.sql(query.sql("duckdb", comments=False, identify=True), dialect="duckdb"))
    except Exception as error:  # DuckDB's errors have no common public base
        raise StudyError(f"a formula of {', '.join(formulas)} cannot be computed: {error}") from error
    finally:
        backend.disconnect()
    computed = result.rename_columns(list(formulas)).to_pandas(types_mapper=text_as_str)
    for name, kind in zip(formulas, result.schema.types, strict=True):
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            computed[name] = computed[name].astype(float).replace([float("inf"), float("-inf")], float("nan"))
    return computed.set_index(frame.index)


def _parsed(name: str, formula: str) -> exp.Expr:
    try:
        statements = sqlglot.parse(formula, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise StudyError(f"formula {name!r} is not a valid SQL expression: {error}") from None
    if len(statements) != 1 or statements[0] is None:
        raise StudyError(f"formula {name!r} must be one SQL expression, got {len(list(filter(None, statements)))}")
    for node in statements[0].walk():
        if not _allowed(node):
            raise StudyError(f"formula {name!r} must be one row-wise expression; it may not use {node.sql('duckdb')!r}")
    return statements[0]


def _allowed(node: exp.Expr) -> bool:
    if isinstance(node, exp.DataType):
        return node.this in _KINDS
    if isinstance(node, exp.Column):  # neither a star nor a part of something else
        return isinstance(node.this, exp.Identifier) and not node.table
    return type(node) in _ALLOWED
