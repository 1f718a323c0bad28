"""Numbers: sums, quotients, powers, rounding and casts.

Floats are computed by the operation of the machine that DuckDB uses too, so that no bit differs; integers are checked
against the range of their type, and decimals are integers of their last place.
"""

import math
from collections.abc import Callable

from sqlglot import exp

from riskbench.data.features.closures.casting import cast, try_cast
from riskbench.data.features.closures.dates import moved_date
from riskbench.data.features.closures.kinds import DOUBLE, INTEGERS, NotCompiled, SqlType
from riskbench.data.features.closures.lines import Value
from riskbench.data.features.closures.writer import Part, Writer, part

_SIGNS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_OF_FLOATS: dict[type[exp.Expr], Callable[[float], float]] = {exp.Sqrt: math.sqrt, exp.Exp: math.exp, exp.Ln: math.log}
_WHOLES: dict[type[exp.Expr], str] = {exp.Floor: "floor", exp.Ceil: "ceil", exp.Trunc: "trunc"}


def _sum(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    """Sums, differences and products, of dates too."""
    if isinstance(node.expression, exp.Interval) or isinstance(node.this, exp.Interval) or kind.temporal:
        return moved_date(writer, node, kind)
    a, b = writer.value(node.this), writer.value(node.expression)
    if a.type.temporal or b.type.temporal:
        return _days(writer, node, a, b, kind)
    sign = _SIGNS[type(node)]
    if kind == DOUBLE:
        a, b = cast(writer.lines, a, kind), cast(writer.lines, b, kind)
        return writer.store(kind, f"{a.code} {sign} {b.code}", a, b, odd=_odd(a, b, sign))
    if kind.integer:
        return _whole(writer, sign, cast(writer.lines, a, kind), cast(writer.lines, b, kind), kind)
    if kind.name != "DECIMAL":
        raise NotCompiled(f"{node.sql('duckdb')} in {kind.name}")
    a, b = ((value if sign == "*" else cast(writer.lines, value, kind)) for value in (a, b))
    if not (a.type.exact and b.type.exact) or (sign == "*" and a.type.scale + b.type.scale != kind.scale):
        raise NotCompiled(f"{node.sql('duckdb')} in decimals")
    return writer.store(kind, f"decimal({a.code} {sign} {b.code}, {kind.width})", a, b)


def _odd(a: Value, b: Value, sign: str) -> bool:
    """Whether a result may be NaN: a constant that is not 0 makes none of what is none."""
    for one, other in ((a, b), (b, a)):
        if other.constant and (sign != "*" or float(other.code)):
            return one.odd
    return True


def _whole(writer: Writer, sign: str, a: Value, b: Value, kind: SqlType) -> Value:
    """An integer, checked against the range of its type unless it cannot leave it."""
    code = f"{a.code} {sign} {b.code}"
    least, most = INTEGERS[kind.name]
    (a_least, a_most), (b_least, b_most) = a.bounds or (least, most), b.bounds or (least, most)
    ends = {
        "+": (a_least + b_least, a_most + b_most),
        "-": (a_least - b_most, a_most - b_least),
        "*": (
            min(x * y for x in (a_least, a_most) for y in (b_least, b_most)),
            max(x * y for x in (a_least, a_most) for y in (b_least, b_most)),
        ),
    }[sign]
    if least <= ends[0] and ends[1] <= most:
        stored = writer.store(kind, code, a, b)
        return Value(stored.code, kind, stored.nullable, least=ends[0], most=ends[1])
    return writer.store(kind, f"within({code}, {least}, {most})", a, b)


def _days(writer: Writer, node: exp.Expr, a: Value, b: Value, kind: SqlType) -> Value:
    if not (isinstance(node, exp.Sub) and a.type.name == b.type.name == "DATE" and kind.integer):
        raise NotCompiled(f"{node.sql('duckdb')} of {a.type.name} and {b.type.name}")
    return writer.store(kind, f"days_between({a.code}, {b.code})", a, b)


def _over(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    a, b = _floats(writer, node, kind)
    if b.constant and float(b.code):
        return writer.store(kind, f"{a.code} / {b.code}", a, b, odd=a.odd)
    return writer.store(kind, f"{a.code} / {b.code} if {b.code} else over({a.code}, {b.code})", a, b, odd=True)


def _floats(writer: Writer, node: exp.Expr, kind: SqlType) -> tuple[Value, Value]:
    if kind != DOUBLE:
        raise NotCompiled(f"{node.sql('duckdb')} in {kind.name}")
    return writer.cast(node.this, kind), writer.cast(node.expression, kind)


def _whole_over(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    if kind.integer:
        a, b = writer.cast(node.this, kind), writer.cast(node.expression, kind)
        least, most = INTEGERS[kind.name]
        unlike = f"within(whole_over({a.code}, {b.code}), {least}, {most}) if {b.code} else None"
        return writer.store(kind, f"({unlike})", a, b, nullable=True)
    a, b = _floats(writer, node, kind)
    return writer.store(kind, f"({a.code} / {b.code} if {b.code} else None)", a, b, nullable=True, odd=True)


def _remainder(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    if kind.integer:
        a, b = writer.cast(node.this, kind), writer.cast(node.expression, kind)
        return writer.store(kind, f"remainder({a.code}, {b.code})", a, b, nullable=True)
    a, b = _floats(writer, node, kind)
    fmod = writer.lines.give(math.fmod)
    return writer.store(kind, f"{fmod}({a.code}, {b.code})", a, b, odd=True)


def _negative(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.cast(node.this, kind)
    if kind.integer:
        return _whole(writer, "-", Value("0", kind, False, least=0, most=0), value, kind)
    if kind == DOUBLE or kind.name == "DECIMAL":
        return writer.store(kind, f"-{value.code}", value, odd=value.odd)
    raise NotCompiled(node.sql("duckdb"))


def _absolute(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.cast(node.this, kind)
    if kind.integer:
        least, most = INTEGERS[kind.name]
        return writer.store(kind, f"within(abs({value.code}), {least}, {most})", value)
    return writer.store(kind, f"abs({value.code})", value, odd=value.odd)


def _sign(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.value(node.this)
    stored = writer.store(kind, f"sign({value.code})", value)
    return Value(stored.code, kind, stored.nullable, least=-1, most=1)


def _rounded(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value, digits = writer.value(node.this), node.args.get("decimals")
    if value.type.integer and digits is None and kind == value.type:
        return value
    if kind != DOUBLE or value.type != DOUBLE:
        raise NotCompiled(f"{node.sql('duckdb')} of {value.type.name}")
    places = writer.value(digits) if digits is not None else Value("0", kind, False)
    if not places.constant or not places.code.lstrip("-").isdigit() or abs(int(places.code)) > 15:
        raise NotCompiled(f"{node.sql('duckdb')} to other than a fixed number of digits")
    return writer.store(kind, f"rounded({value.code}, {places.code})", value, odd=value.odd)


def _to_whole(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.value(node.this)
    if value.type.integer:
        return cast(writer.lines, value, kind)
    if value.type != DOUBLE or kind != DOUBLE:
        raise NotCompiled(f"{node.sql('duckdb')} of {value.type.name}")
    return writer.store(kind, f"{_WHOLES[type(node)]}({value.code})", value, odd=value.odd)


def _of_float(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.cast(node.this, DOUBLE)
    function = writer.lines.give(_OF_FLOATS[type(node)])
    return writer.store(kind, f"{function}({value.code})", value, odd=value.odd)


def _logarithm(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    log10, base = writer.lines.give(math.log10), node.args.get("expression")
    if base is None:
        value = writer.cast(node.this, DOUBLE)
        return writer.store(kind, f"{log10}({value.code})", value, odd=value.odd)
    of, value = writer.cast(node.this, DOUBLE), writer.cast(node.expression, DOUBLE)  # LOG(base, value)
    return writer.store(kind, f"{log10}({value.code}) / {log10}({of.code})", of, value, odd=True)


def _power(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    a, b = _floats(writer, node, kind)
    power = writer.lines.give(math.pow)
    return writer.store(kind, f"{power}({a.code}, {b.code})", a, b, odd=True)


def _cast(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    value = writer.value(node.this)
    return try_cast(writer.lines, value, kind) if isinstance(node, exp.TryCast) else cast(writer.lines, value, kind)


ARITHMETIC: dict[type[exp.Expr], Part] = {
    **dict.fromkeys(_SIGNS, part(_sum, "this expression")),
    exp.Div: part(_over, "this expression typed safe"),
    exp.IntDiv: part(_whole_over, "this expression"),
    exp.Mod: part(_remainder, "this expression"),
    exp.Pow: part(_power, "this expression"),
    exp.Neg: part(_negative, "this"),
    exp.Abs: part(_absolute, "this"),
    exp.Sign: part(_sign, "this"),
    exp.Round: part(_rounded, "this decimals"),
    **dict.fromkeys(_WHOLES, part(_to_whole, "this")),
    **dict.fromkeys(_OF_FLOATS, part(_of_float, "this")),
    exp.Log: part(_logarithm, "this expression"),
    exp.Cast: part(_cast, "this to"),
    exp.TryCast: part(_cast, "this to safe"),
}
