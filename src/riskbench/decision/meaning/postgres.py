"""The decision of a table as SQL that PostgreSQL plans in moments and computes as Python does.

PostgreSQL writes a step into the one that reads it, so that each use of a column is its whole expression once more: a
policy with limit tables or prices would take minutes to plan. Behind a fence (`MATERIALIZED`, `OFFSET 0`) a step is
planned once. It also refuses a product or a difference that is beyond all doubles, or too small for one, where IEEE 754
has infinity and zero; so these are told apart before, by numbers scaled by powers of two, which rounds nothing.
"""

import math

import ibis
import sqlglot as sg
from ibis.expr.types import StringValue, Table
from sqlglot import exp

_LARGE = 2.0**1020  # below it, a difference is finite
_SMALL = 2.0**960  # a change of so much moves no number to infinity


def postgres_sql(table: Table) -> str:
    """The query of a table that `ibis_columns.decided` or `decided_with_arms` made, in the words of PostgreSQL.

    What it decides is that of the frame, to the last bit. It has no card: `score` and what a policy reads are columns.

    >>> rows = ibis.table({"a": "float64"}, name="rows")
    >>> print(postgres_sql(rows.mutate(b=rows.a + 1)))
    SELECT "t0"."a", "t0"."a" + 1 AS "b" FROM "rows" AS "t0" OFFSET 0
    """
    tree = sg.parse_one(str(ibis.to_sql(table, "postgres")), read="postgres")
    for part in tree.find_all(exp.CTE):
        part.set("materialized", True)
    for query in tree.find_all(exp.Select):
        if not query.args.get("limit"):
            query.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    return tree.transform(_within_doubles).sql("postgres")


def hexdigest(text: StringValue) -> StringValue:
    """SHA-256 of a text in UTF-8 as hexadecimal, for `arms.arm_column`."""
    return _encode(_sha256(_convert_to(text, "UTF8")), "hex")


@ibis.udf.scalar.builtin(name="convert_to")
def _convert_to(text: str, encoding: str) -> bytes: ...  # type: ignore[empty-body]  # a function of the database


@ibis.udf.scalar.builtin(name="sha256")
def _sha256(content: bytes) -> bytes: ...  # type: ignore[empty-body]  # a function of the database


@ibis.udf.scalar.builtin(name="encode")
def _encode(content: bytes, form: str) -> str: ...  # type: ignore[empty-body]  # a function of the database


def _within_doubles(node: exp.Expr) -> exp.Expr:
    """Products and differences of doubles; those of positions have a whole number beside them."""
    if isinstance(node, exp.Mul | exp.Sub) and not any(map(_whole, (node.left, node.right))):
        form = _product if isinstance(node, exp.Mul) else _difference
        inner = (part.transform(_within_doubles).sql("postgres") for part in (node.left, node.right))
        return sg.parse_one(form(*(f"({part})" for part in inner)), read="postgres")
    return node


def _whole(part: exp.Expr) -> bool:
    inner = part.unnest()
    if isinstance(inner, exp.Cast):
        return bool(inner.is_type("smallint", "int", "bigint"))
    return isinstance(inner, exp.Literal) and inner.is_int


def _product(a: str, b: str) -> str:
    """Infinite from 2^1024 on, of two above 1 a scaled 2^-16; zero up to 2^-1075, of two below 1 a scaled 2^-75."""
    high, low = f"GREATEST(ABS({a}), ABS({b}))", f"LEAST(ABS({a}), ABS({b}))"
    infinite = f"({high} * {_double(2.0**-520)}) * ({low} * {_double(2.0**-520)}) >= {_double(2.0**-16)}"
    zero = f"({low} * {_double(2.0**1000)}) * {high} <= {_double(2.0**-75)}"
    same = f"({a} > 0) = ({b} > 0)"
    return f"""(CASE
        WHEN {a} IS NULL OR {b} IS NULL THEN NULL
        WHEN {low} = 0 OR {high} = {_double(math.inf)} THEN {a} * {b}
        WHEN {low} >= 1 THEN CASE WHEN NOT {infinite} THEN {a} * {b} WHEN {same} THEN {_double(math.inf)}
            ELSE {_double(-math.inf)} END
        WHEN {high} >= 1 THEN {a} * {b}
        WHEN {high} < {_double(2.0**-540)} THEN 0
        WHEN {zero} THEN 0
        ELSE {a} * {b} END)"""


def _difference(a: str, b: str) -> str:
    """Infinite where half of it is 2^1023 or more; a part that is small beside the other changes nothing of that."""
    high, low = f"GREATEST(ABS({a}), ABS({b}))", f"LEAST(ABS({a}), ABS({b}))"
    half = f"{a} / 2 - {b} / 2"
    return f"""(CASE
        WHEN {a} IS NULL OR {b} IS NULL THEN NULL
        WHEN {high} < {_double(_LARGE)} OR {high} = {_double(math.inf)} OR {low} < {_double(_SMALL)} THEN {a} - {b}
        WHEN {half} >= {_double(2.0**1023)} THEN {_double(math.inf)}
        WHEN {half} <= {_double(-(2.0**1023))} THEN {_double(-math.inf)}
        ELSE {a} - {b} END)"""


def _double(number: float) -> str:
    return f"CAST('{number!r}' AS DOUBLE PRECISION)"
