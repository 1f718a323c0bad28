"""Days and moments: differences by unit, beginnings, parts of a date, and spans of time added to one."""

from datetime import timedelta

from sqlglot import exp

from riskbench.data.features.closures.casting import cast
from riskbench.data.features.closures.kinds import DATE, TIMESTAMP, NotCompiled, SqlType
from riskbench.data.features.closures.lines import Value
from riskbench.data.features.closures.writer import Part, Writer, part

_BETWEEN = {name: f"{name}s_between" for name in ("day", "month", "quarter", "year")}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_PARTS = {  # how Python says a part of a date, and between which numbers it lies
    "year": ("{}.year", 1, 9999),
    "quarter": ("({}.month + 2) // 3", 1, 4),
    "month": ("{}.month", 1, 12),
    "week": ("{}.isocalendar()[1]", 1, 53),
    "day": ("{}.day", 1, 31),
    "dayofweek": ("{}.isoweekday() % 7", 0, 6),
    "isodow": ("{}.isoweekday()", 1, 7),
    "dayofyear": ("{}.timetuple().tm_yday", 1, 366),
}
_OF_MOMENT = {"hour": ("{}.hour", 0, 23), "minute": ("{}.minute", 0, 59), "second": ("{}.second", 0, 59)}
_NAMED = {"dow": "dayofweek", "weekday": "dayofweek", "doy": "dayofyear"}


def moved_date(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    """A date and a span of time, or a number of days, added or taken away."""
    moment, span = node.this, node.expression
    if isinstance(moment, exp.Interval) and isinstance(node, exp.Add):
        moment, span = span, moment
    sign = -1 if isinstance(node, exp.Sub) else 1
    if isinstance(span, exp.Interval) and kind == TIMESTAMP:
        months, seconds = _span(span)
        value = writer.cast(moment, TIMESTAMP)
        rest = writer.lines.give(timedelta(seconds=sign * seconds))
        return writer.store(kind, f"moved({value.code}, {sign * months}, {rest})", value)
    a, b = writer.value(moment), writer.value(span)
    if a.type.integer and isinstance(node, exp.Add):
        a, b = b, a
    if not (kind == a.type == DATE and b.type.integer) or isinstance(node, exp.Mul):
        raise NotCompiled(f"{node.sql('duckdb')} of {a.type.name} and {b.type.name}")
    days = writer.lines.give(timedelta)
    return writer.store(kind, f"{a.code} {'-' if sign < 0 else '+'} {days}({b.code})", a, b)


def _span(node: exp.Interval) -> tuple[int, int]:
    """Months and seconds of an interval that is written as one number and its unit."""
    unit, number = _unit(node.args.get("unit")), node.this
    number = number.this if isinstance(number, exp.Paren) else number
    if not (isinstance(number, exp.Literal) and number.name.isdigit()):
        raise NotCompiled(f"{node.sql('duckdb')}, which is no fixed number")
    if unit in _MONTHS:
        return int(number.name) * _MONTHS[unit], 0
    if unit in _SECONDS:
        return 0, int(number.name) * _SECONDS[unit]
    raise NotCompiled(node.sql("duckdb"))


def _unit(node: exp.Expr | None) -> str:
    name = node.name.lower() if isinstance(node, exp.Var | exp.Literal) else ""
    name = name.removesuffix("s") if name.removesuffix("s") in (*_MONTHS, *_SECONDS) else name
    return _NAMED.get(name, name)


def _difference(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    unit = _unit(node.args.get("unit"))
    later, earlier = writer.value(node.this), writer.value(node.expression)
    if unit not in _BETWEEN or not all(value.type.temporal for value in (later, earlier)):
        raise NotCompiled(f"{node.sql('duckdb')} of {later.type.name} and {earlier.type.name}")
    return writer.store(kind, f"{_BETWEEN[unit]}({later.code}, {earlier.code})", later, earlier)


def _beginning(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    unit, value = _unit(node.args.get("unit")), writer.value(node.this)
    if unit not in (*_MONTHS, "week", "day") or not value.type.temporal:
        raise NotCompiled(f"{node.sql('duckdb')} of {value.type.name}")
    return cast(writer.lines, writer.store(DATE, f"begin({unit!r}, {value.code})", value), kind)


def _part_of(writer: Writer, name: str, of: exp.Expr, kind: SqlType) -> Value:
    value = writer.value(of)
    known = _PARTS | (_OF_MOMENT if value.type == TIMESTAMP else {})
    if name not in known or not value.type.temporal or not kind.integer:
        raise NotCompiled(f"{name} of {value.type.name}")
    code, least, most = known[name]
    stored = writer.store(kind, code.format(value.code), value)
    return Value(stored.code, kind, stored.nullable, least=least, most=most)


def _extract(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    return _part_of(writer, _unit(node.this), node.expression, kind)


def _named_part(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    return _part_of(writer, type(node).__name__.lower(), node.this, kind)


DATES: dict[type[exp.Expr], Part] = {
    exp.DateDiff: part(_difference, "this expression unit"),
    exp.DateTrunc: part(_beginning, "this unit"),
    exp.TimestampTrunc: part(_beginning, "this unit"),
    exp.Extract: part(_extract, "this expression"),
    **dict.fromkeys((exp.Year, exp.Quarter, exp.Month, exp.Day, exp.DayOfWeek), part(_named_part, "this")),
}
