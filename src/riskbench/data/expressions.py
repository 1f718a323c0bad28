"""What a formula may be: one row-wise SQL expression, parsed and checked against a list.

What is allowed is listed, not what is refused: an expression that is computed from the cells of its own row and gives
the same value on every machine, every day. What an engine executes is written anew from the checked syntax tree, so
that nothing reaches it that was not looked at.
"""

import logging

import sqlglot
from sqlglot import exp

from riskbench.core.errors import StudyError

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it warns of, such as a command, is refused below

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
    return {column.name for column in parsed(name, formula).find_all(exp.Column)}


def parsed(name: str, formula: str) -> exp.Expr:
    """The syntax tree of a formula; raises `StudyError` as `columns_of` does."""
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
