"""What a formula may be: one row-wise SQL expression, parsed and checked against a list.

What is allowed is listed, not what is refused: an expression that is computed from the cells of its own row and gives
the same value on every machine, every day. Feature functions are written out first, so that the list holds for what
they write and for what they were given. What an engine executes is written anew from the checked syntax tree, so that
nothing reaches it that was not looked at.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects import DuckDB

from riskbench.core.errors import StudyError
from riskbench.data.features import FUNCTIONS

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

_LARGEST = 20_000  # nodes of a formula with its functions written out: nested ones grow by the power


@dataclass(frozen=True)
class Scope:
    """Where a formula stands: the declared types of columns, and the column of the decision's moment, if any."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    decision: str | None = None


def columns_of(name: str, formula: str) -> set[str]:
    """The columns that a formula reads.

    Raises `StudyError` when it is not one row-wise SQL expression of arithmetic, comparisons, `case`, casts, feature
    functions (docs/features.md) and the usual functions of numbers, texts and dates: queries, aggregates, files, the
    clock and chance are refused.

    >>> sorted(columns_of("paid", "amount / nullif(bill, 0)"))
    ['amount', 'bill']
    """
    return columns_in(parsed(name, formula))


def columns_in(tree: exp.Expr) -> set[str]:
    """The columns that a syntax tree reads."""
    return {column.name for column in tree.find_all(exp.Column)}


def plain(name: str, formula: str, scope: Scope) -> str:
    """A formula as plain SQL, its feature functions written out; raises `StudyError` as `parsed` does.

    >>> plain("f", "days_since(hired)", Scope({"hired": "date"}, decision="decided"))[:50]
    '(CASE WHEN CAST(hired AS DATE) <= CAST(decided AS '
    """
    return parsed(name, formula, scope).sql("duckdb", comments=False)


def parsed(name: str, formula: str, scope: Scope | None = None) -> exp.Expr:
    """The syntax tree of a formula, its feature functions written out.

    Raises `StudyError` as `columns_of` does, and when a function is unknown or called with what it does not take.
    """
    try:
        statements = sqlglot.parse(formula, dialect=_Formulas)
    except sqlglot.errors.SqlglotError as error:
        raise StudyError(f"formula {name!r} is not a valid SQL expression: {error}") from None
    if len(statements) != 1 or statements[0] is None:
        raise StudyError(f"formula {name!r} must be one SQL expression, got {len(list(filter(None, statements)))}")
    tree = _written_out(name, statements[0], scope or Scope())
    for node in tree.walk():
        if not _allowed(node):
            raise StudyError(f"formula {name!r} must be one row-wise expression; it may not use {node.sql('duckdb')!r}")
    return tree


def functions_in(formula: str) -> list[str]:
    """The feature functions that a formula calls, in the order of their first call.

    >>> functions_in("ratio(a, b) + sqrt(trend(a, b, c)) + ratio(c, b)")
    ['ratio', 'trend']
    """
    calls = sqlglot.parse_one(formula, dialect=_Formulas).find_all(exp.Anonymous, bfs=False)
    return list(dict.fromkeys(call.name.lower() for call in calls if call.name.lower() in FUNCTIONS))


class _Formulas(DuckDB):
    """DuckDB's SQL, in which the names of feature functions are those and nothing else."""

    class Parser(DuckDB.Parser):
        FUNCTIONS: ClassVar = {k: v for k, v in DuckDB.Parser.FUNCTIONS.items() if k.lower() not in FUNCTIONS}


def _written_out(name: str, tree: exp.Expr, scope: Scope) -> exp.Expr:
    whole = exp.Paren(this=tree)
    for call in reversed(list(whole.find_all(exp.Anonymous))):  # from the inside out
        function = FUNCTIONS.get(call.name.lower())
        if function is None:
            if near := get_close_matches(call.name.lower(), FUNCTIONS, n=1):
                raise StudyError(f"formula {name!r} calls {call.name}, which is no function; did you mean {near[0]}?")
            continue  # it is refused with all that is not allowed
        try:
            call.replace(function.written_out(call.expressions, scope.kinds, scope.decision))
        except ValueError as error:
            raise StudyError(f"formula {name!r}: {error}") from None
        if sum(1 for _ in whole.walk()) > _LARGEST:
            raise StudyError(f"formula {name!r} nests functions too deeply: it comes to over {_LARGEST:,} terms")
    return whole.this


def _allowed(node: exp.Expr) -> bool:
    if isinstance(node, exp.DataType):
        return node.this in _KINDS
    if isinstance(node, exp.Column):  # neither a star nor a part of something else
        return isinstance(node.this, exp.Identifier) and not node.table
    return type(node) in _ALLOWED
