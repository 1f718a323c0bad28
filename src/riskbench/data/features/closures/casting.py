"""From one type of SQL to another: what a cast, asked for or implied, is in Python."""

from riskbench.data.features.closures.kinds import BOOLEAN, DOUBLE, INTEGERS, VARCHAR, NotCompiled, SqlType
from riskbench.data.features.closures.lines import Lines, Value, unless_null


def cast(lines: Lines, value: Value, to: SqlType) -> Value:
    """The value as another type; raises `NotCompiled` for a pair of types that no closure knows."""
    if value.code == "None":
        return Value("None", to)
    if value.type == to:
        return value
    if value.constant and value.type.exact and to == DOUBLE:
        return Value(repr(int(value.code) / 10**value.type.scale), DOUBLE, nullable=False)
    code = _checked(value, to)
    least, most = ((0, 1) if value.type == BOOLEAN else (value.least, value.most)) if to.integer else (None, None)
    if code != value.code:  # else one form in Python serves both types
        code = lines.store(unless_null(code, value))
    return Value(code, to, value.nullable, least=least, most=most)


def try_cast(lines: Lines, value: Value, to: SqlType) -> Value:
    """As `cast`, and None where the value is none of that type."""
    if value.type == VARCHAR and (to == DOUBLE or to.integer or to.temporal) and value.code != "None":
        found = f"(None if no_value({value.code}) else {_checked(value, to)})"
        return Value(lines.store(unless_null(found, value)), to)
    return cast(lines, value, to)  # what does not fit is beyond a closure, so that DuckDB says whether it is NULL


def _checked(value: Value, to: SqlType) -> str:
    """The code of a cast, and of a check that an integer is one of its type, where it might not be."""
    code = _code(value, to)
    return code if not to.integer or _fits(value, to) else f"within({code}, {', '.join(map(str, INTEGERS[to.name]))})"


def _fits(value: Value, to: SqlType) -> bool:
    """Whether every integer that the value may be is one of that type."""
    if value.type == BOOLEAN:
        return True
    bounds = value.bounds
    return bounds is not None and INTEGERS[to.name][0] <= bounds[0] and bounds[1] <= INTEGERS[to.name][1]


def _code(value: Value, to: SqlType) -> str:
    code, kind = value.code, value.type
    pair = (kind.name, to.name)
    if kind.integer or kind == BOOLEAN:
        if to == DOUBLE:
            return f"float({code})"
        if to.integer:
            return f"int({code})" if kind == BOOLEAN else code
        if to.name == "DECIMAL" and kind.integer:
            return f"decimal({code} * {10**to.scale}, {to.width})"
        if to == BOOLEAN:
            return f"({code} != 0)"
        if to == VARCHAR:
            return f"('true' if {code} else 'false')" if kind == BOOLEAN else f"str({code})"
    if kind.name == "DECIMAL":
        return _of_decimal(value, to)
    if kind == DOUBLE and to.integer:
        return f"whole({code})"
    simple = {
        ("DOUBLE", "BOOLEAN"): "({} != 0.0)",
        ("DOUBLE", "VARCHAR"): "text_of_float({})",
        ("VARCHAR", "DOUBLE"): "number_of({})",
        ("VARCHAR", "DATE"): "day_of({})",
        ("VARCHAR", "TIMESTAMP"): "moment_of({})",
        ("DATE", "TIMESTAMP"): "midnight({})",
        ("TIMESTAMP", "DATE"): "{}.date()",
        ("DATE", "VARCHAR"): "{}.isoformat()",
    }
    if pair in simple:
        return simple[pair].format(code)
    if kind == VARCHAR and to.integer:
        return f"whole_of({code})"
    raise NotCompiled(f"a cast from {kind.name} to {to.name}")


def _of_decimal(value: Value, to: SqlType) -> str:
    code, scale = value.code, value.type.scale
    if to == DOUBLE:
        return f"decimal_as_float({code}, {scale})"
    if to.integer:
        return f"decimal_as_whole({code}, {scale})"
    if to.name == "DECIMAL" and to.scale >= scale:
        return f"decimal({code} * {10 ** (to.scale - scale)}, {to.width})"
    raise NotCompiled(f"a cast from DECIMAL to {to.name}")


def literal(text: str) -> Value:
    """The number that a literal is, in the type that it has by itself."""
    if "e" in text.lower():
        return Value(repr(float(text)), DOUBLE, nullable=False)
    if "." in text:
        before, _, after = text.partition(".")
        digits = (before.lstrip("0") + after) or "0"
        if len(digits) > 15:  # up to there one division by a power of ten is rounded as the number itself
            raise NotCompiled(f"a decimal of so many digits as {text}")
        width = max(len(before.lstrip("0")) + len(after), 1)
        return Value(str(int(digits)), SqlType("DECIMAL", width, len(after)), nullable=False)
    number = int(text)
    if number > INTEGERS["BIGINT"][1]:
        raise NotCompiled(f"a number as large as {text}")
    kind = SqlType("INTEGER" if number <= INTEGERS["INTEGER"][1] else "BIGINT")
    return Value(str(number), kind, nullable=False, least=number, most=number)
