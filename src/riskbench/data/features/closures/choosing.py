"""NULL, truth and choice: IS, AND, OR, NOT, comparisons, CASE, COALESCE and what follows from them."""

from ast import literal_eval
from collections.abc import Sequence

from sqlglot import exp

from riskbench.data.features.closures.casting import cast
from riskbench.data.features.closures.kinds import (
    BOOLEAN,
    DOUBLE,
    NULL,
    TIMESTAMP,
    VARCHAR,
    NotCompiled,
    SqlType,
)
from riskbench.data.features.closures.lines import Value
from riskbench.data.features.closures.writer import Part, Writer, part

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "==",
    exp.NEQ: "!=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_OF_ODD = {
    "==": "equal({0}, {1})",
    "!=": "not equal({0}, {1})",
    ">": "greater({0}, {1})",
    ">=": "not greater({1}, {0})",
    "<": "greater({1}, {0})",
    "<=": "not greater({0}, {1})",
}


def together(writer: Writer, nodes: Sequence[exp.Expr]) -> list[Value]:
    """What some parts give, in the type in which they are compared."""
    values = [writer.value(node) for node in nodes]
    kinds = {value.type for value in values} - {NULL}
    texts = [value for value in values if value.type == VARCHAR]
    others = {kind for kind in kinds if kind != VARCHAR}
    to = next(iter(kinds), NULL)
    if texts and others:
        if not all(value.code[0] in "'\"" for value in texts) or not all(kind.temporal for kind in others):
            raise NotCompiled("a comparison of texts with something else")
        kinds = others
        to = next(iter(others))
    if len(kinds) > 1:
        if all(kind.exact or kind == DOUBLE for kind in kinds):
            exact = SqlType("DECIMAL", 38, max(kind.scale for kind in kinds))
            to = DOUBLE if DOUBLE in kinds else exact if exact.scale else SqlType("BIGINT")
        elif all(kind.temporal for kind in kinds):
            to = TIMESTAMP
        else:
            raise NotCompiled(f"a comparison of {' with '.join(sorted(kind.name for kind in kinds))}")
    return [cast(writer.lines, value, to) for value in values]


def compared(op: str, a: Value, b: Value) -> str:
    """Code of a comparison of two values that are there."""
    return (_OF_ODD[op] if a.odd or b.odd else f"{{0}} {op} {{1}}").format(a.code, b.code)


def _comparison(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    a, b = together(writer, [node.this, node.expression])
    return writer.store(kind, compared(_OPERATORS[type(node)], a, b), a, b)


def _same(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    a, b = together(writer, [node.this, node.expression])
    a_null, b_null = (f"({value.code} is None)" if value.nullable else "False" for value in (a, b))
    same = f"{b_null} if {a_null} else not {b_null} and {compared('==', a, b)}"
    return writer.store(kind, f"not ({same})" if isinstance(node, exp.NullSafeNEQ) else same)


def _is(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    if isinstance(node.expression, exp.Null):
        value = writer.value(node.this)
        return writer.store(kind, f"{value.code} is None") if value.nullable else Value("False", BOOLEAN, False)
    if not isinstance(node.expression, exp.Boolean):
        raise NotCompiled(node.sql("duckdb"))
    return writer.store(kind, f"{writer.cast(node.this, BOOLEAN).code} is {bool(node.expression.this)}")


def _both(writer: Writer, a: Value, b: Value) -> Value:
    if not (a.nullable or b.nullable):
        return writer.store(BOOLEAN, f"{a.code} and {b.code}")
    unknown = f"False if {b.code} is False else None"
    code = f"({b.code} if {a.code} else False) if {a.code} is not None else ({unknown})"
    return writer.store(BOOLEAN, code, nullable=True)


def _either(writer: Writer, a: Value, b: Value) -> Value:
    if not (a.nullable or b.nullable):
        return writer.store(BOOLEAN, f"{a.code} or {b.code}")
    code = f"(True if {a.code} else {b.code}) if {a.code} is not None else (True if {b.code} else None)"
    return writer.store(BOOLEAN, code, nullable=True)


def _and(writer: Writer, node: exp.Expr, _: SqlType) -> Value:
    return _both(writer, *(writer.cast(of, BOOLEAN) for of in (node.this, node.expression)))


def _or(writer: Writer, node: exp.Expr, _: SqlType) -> Value:
    return _either(writer, *(writer.cast(of, BOOLEAN) for of in (node.this, node.expression)))


def _not(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.cast(node.this, BOOLEAN)
    return writer.store(kind, f"not {value.code}", value)


def _between(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value, low, high = together(writer, [node.this, node.args["low"], node.args["high"]])
    above = writer.store(kind, compared(">=", value, low), value, low)
    return _both(writer, above, writer.store(kind, compared("<=", value, high), value, high))


def _in(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value, *others = together(writer, [node.this, *node.expressions])
    if all(other.constant or other.code[0] in "'\"" for other in others):
        known = writer.lines.give(frozenset(literal_eval(other.code) for other in others))
        return writer.store(kind, f"{value.code} in {known}", value)
    found = Value("False", BOOLEAN, False)
    for other in others:
        found = _either(writer, found, writer.store(kind, compared("==", value, other), value, other))
    return found


def _nullif(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    a, b = together(writer, [node.this, node.expression])
    given = writer.cast(node.this, kind)
    there = f"{b.code} is not None and " if b.nullable else ""
    code = f"None if {there}{compared('==', a, b)} else {given.code}"
    return writer.store(kind, code, a, nullable=True, odd=given.odd)


def _case(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    return _chosen(writer, node.this, node.args["ifs"], node.args.get("default"), kind)


def _if(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    return _chosen(writer, None, [node], node.args.get("false"), kind)


def _condition(writer: Writer, subject: exp.Expr | None, when: exp.Expr) -> Value:
    if subject is None:
        return writer.cast(when, BOOLEAN)
    a, b = together(writer, [subject, when])
    return writer.store(BOOLEAN, compared("==", a, b), a, b)


def _chosen(
    writer: Writer, subject: exp.Expr | None, ifs: Sequence[exp.Expr], default: exp.Expr | None, kind: SqlType
) -> Value:
    """The value of the first branch whose condition holds; in a block, so that no other is computed."""
    name, given = writer.lines.name(), list[Value]()

    def take(node: exp.Expr | None) -> None:
        value = Value("None", kind) if node is None else writer.cast(node, kind)
        writer.lines.write(f"{name} = {value.code}")
        given.append(value)

    def choose(left: Sequence[exp.Expr]) -> None:
        if not left:
            take(default)
            return
        with writer.lines.block(f"if {_condition(writer, subject, left[0].this).code}:"):
            take(left[0].args["true"])
        with writer.lines.block("else:"):
            choose(left[1:])

    choose(ifs)
    return _any_of(name, kind, given)


def _any_of(name: str, kind: SqlType, given: Sequence[Value]) -> Value:
    """A value that is one of those given, known by what is known of all of them."""
    nullable, odd = any(value.nullable for value in given), any(value.odd for value in given)
    there = [value for value in given if value.code != "None"]
    if not (kind.integer and there and all(value.least is not None for value in there)):
        return Value(name, kind, nullable, odd)
    least, most = min(value.least or 0 for value in there), max(value.most or 0 for value in there)
    return Value(name, kind, nullable, odd, least, most)


def _coalesce(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    name, given = writer.lines.name(), list[Value]()

    def fill(left: Sequence[exp.Expr]) -> None:
        value = writer.cast(left[0], kind)
        writer.lines.write(f"{name} = {value.code}")
        given.append(value)
        if len(left) > 1 and value.nullable:
            with writer.lines.block(f"if {name} is None:"):
                fill(left[1:])

    fill([node.this, *node.expressions])
    found = _any_of(name, kind, given)
    return Value(name, kind, given[-1].nullable, found.odd, found.least, found.most)


def _extreme(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    if not node.args.get("ignore_nulls"):
        raise NotCompiled(f"{node.sql('duckdb')} that does not ignore missing values")
    values = [writer.cast(of, kind) for of in (node.this, *node.expressions)]
    of = "largest" if isinstance(node, exp.Greatest) else "smallest"
    name = writer.lines.store(f"{of}({', '.join(value.code for value in values)})")
    return Value(name, kind, all(value.nullable for value in values), any(value.odd for value in values))


CHOOSING: dict[type[exp.Expr], Part] = {
    **dict.fromkeys(_OPERATORS, part(_comparison, "this expression")),
    exp.NullSafeEQ: part(_same, "this expression"),
    exp.NullSafeNEQ: part(_same, "this expression"),
    exp.Is: part(_is, "this expression"),
    exp.And: part(_and, "this expression"),
    exp.Or: part(_or, "this expression"),
    exp.Not: part(_not, "this"),
    exp.Between: part(_between, "this low high"),
    exp.In: part(_in, "this expressions"),
    exp.Nullif: part(_nullif, "this expression"),
    exp.Case: part(_case, "this ifs default"),
    exp.If: part(_if, "this true false"),
    exp.Coalesce: part(_coalesce, "this expressions"),
    exp.Greatest: part(_extreme, "this expressions ignore_nulls"),
    exp.Least: part(_extreme, "this expressions ignore_nulls"),
}
