"""How each database writes numbers, texts and columns so that they compare exactly as Python's do.

A cut must be the same double everywhere: 0.1 alone is a decimal to most databases, so fractions carry an exponent
(0.1E0), which makes them doubles, and PostgreSQL is told by a cast. Texts are compared by their characters: MySQL and
SQL Server would take 'a', 'A' and 'a ' for equal, so there bytes are compared; DuckDB and PostgreSQL are told to ignore
what collation a column was given. Where a column may hold NaN it becomes NULL, since it would sort above every number.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from sqlglot import exp

Dialect = Literal["duckdb", "postgres", "spark", "mysql", "tsql"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
DATABASES: Mapping[Dialect, str] = {
    "duckdb": "DuckDB",
    "postgres": "PostgreSQL",
    "spark": "Spark",
    "mysql": "MySQL and MariaDB",
    "tsql": "SQL Server",
}
NAME_LIMITS = {"postgres": 63, "mysql": 256, "tsql": 128}  # of an alias: bytes in PostgreSQL, characters elsewhere
_NAN = frozenset({"duckdb", "postgres", "spark"})  # the others cannot store it
_EXACT = 2**53  # whole numbers below it are doubles


def number(value: float, dialect: Dialect) -> exp.Expr:
    """The literal of a finite number, the very double in every dialect; ValueError for others.

    >>> [number(0.1, dialect).sql(dialect) for dialect in ("duckdb", "postgres")]
    ['0.1E0', 'CAST(0.1E0 AS DOUBLE PRECISION)']
    >>> number(-3.0, "postgres").sql("postgres")
    '-3'
    """
    if not math.isfinite(value):
        raise ValueError(f"a number in SQL must be finite, got {value!r}")
    if float(value).is_integer() and abs(value) < _EXACT:
        return exp.Literal.number(int(value))
    written = repr(abs(float(value)))
    literal: exp.Expr = exp.Literal.number(written.upper() if "e" in written else f"{written}E0")
    signed = exp.Neg(this=literal) if value < 0 else literal
    return exp.cast(signed, "double") if dialect == "postgres" else signed


def text(value: str, dialect: Dialect) -> exp.Expr:
    """The literal of a text as `text_column` compares it; ValueError for the character NUL, which no database stores.

    >>> text("it's", "duckdb").sql("duckdb")
    "'it''s'"
    """
    if "\0" in value:
        raise ValueError(f"a text in SQL must not hold the character NUL, got {value!r}")
    literal = label(value, dialect)
    if dialect == "mysql":  # whatever encoding the connection has
        literal = exp.Introducer(this="_utf8mb4", expression=literal)
    return _bytes_of(literal, dialect)


def label(value: str, dialect: Dialect) -> exp.Expr:
    """A text that is shown and not compared."""
    return exp.National(this=value) if dialect == "tsql" else exp.Literal.string(value)


def number_column(column: exp.Column, dialect: Dialect, boolean: bool = False) -> exp.Expr:
    """A column as a double, NULL where it has no number; true is 1 and false 0.

    >>> print(number_column(exp.column("x", quoted=True), "duckdb").sql("duckdb"))
    NULLIF(CAST("x" AS DOUBLE), CAST('NaN' AS DOUBLE))
    """
    if boolean:
        return exp.cast(_either(column, exp.Literal.number(1), exp.Literal.number(0)), "double")
    double = exp.cast(column, "double")
    if dialect not in _NAN:
        return double
    return exp.Nullif(this=double, expression=exp.cast(exp.Literal.string("NaN"), "double"))


def text_column(column: exp.Column, dialect: Dialect, boolean: bool = False) -> exp.Expr:
    """A column as a text that is compared character by character; true is 'True' and false 'False'.

    >>> text_column(exp.column("x", quoted=True), "mysql").sql("mysql")
    'CAST(CAST(`x` AS CHAR CHARACTER SET utf8mb4) AS BINARY)'
    """
    if boolean:
        return _either(column, text("True", dialect), text("False", dialect))
    if dialect == "mysql":
        unicode = exp.DataType(this=exp.DType.CHARACTER_SET, kind=exp.Var(this="utf8mb4"))
        return _bytes_of(exp.Cast(this=column, to=unicode), dialect)
    if dialect == "tsql":
        return _bytes_of(exp.cast(column, "nvarchar(max)", dialect="tsql"), dialect)
    characters = exp.cast(column, "text")
    if dialect == "spark":
        return characters
    return exp.Collate(this=characters, expression=exp.to_identifier("C", quoted=True))


def greatest(values: Sequence[exp.Expr]) -> exp.Expr:
    """The largest of values that are never NULL."""
    return exp.Greatest(this=values[0], expressions=list(values[1:]), ignore_nulls=True) if values[1:] else values[0]


def fenced(query: exp.Select, dialect: Dialect) -> exp.Select:
    """A part of a query that the planner does not merge into what reads it.

    Merged, every use of a column is its whole expression again: PostgreSQL was not done with twelve features and 50,000
    rows after four minutes, where the fenced query takes a second.
    """
    if dialect == "postgres":
        return query.offset(0)
    return query.limit(2**63 - 1) if dialect in ("mysql", "tsql") else query


def _bytes_of(value: exp.Expr, dialect: Dialect) -> exp.Expr:
    kinds = {"mysql": "binary", "tsql": "varbinary(max)"}
    return exp.cast(value, kinds[dialect], dialect=dialect) if dialect in kinds else value


def _either(column: exp.Column, true: exp.Expr, false: exp.Expr) -> exp.Expr:
    return exp.Case().when(column, true).when(exp.not_(column), false)
