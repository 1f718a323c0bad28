"""Texts: joined, cut, compared with a pattern. Characters are code points, as in DuckDB."""

import re

from sqlglot import exp

from riskbench.data.features.closures.casting import cast
from riskbench.data.features.closures.kinds import VARCHAR, NotCompiled, SqlType
from riskbench.data.features.closures.lines import Value
from riskbench.data.features.closures.writer import Part, Writer, part

_STRIPS = {"": "strip", "BOTH": "strip", "LEADING": "lstrip", "TRAILING": "rstrip"}


def _joined(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    if kind != VARCHAR:
        raise NotCompiled(f"{node.sql('duckdb')} in {kind.name}")
    a, b = writer.cast(node.this, kind), writer.cast(node.expression, kind)
    return writer.store(kind, f"{a.code} + {b.code}", a, b)


def _concatenated(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    if not node.args.get("coalesce"):
        raise NotCompiled(f"{node.sql('duckdb')} that does not leave out missing values")
    values = [cast(writer.lines, value, VARCHAR) for value in map(writer.value, node.expressions)]
    texts = (f"({value.code} or '')" if value.nullable else value.code for value in values)
    return writer.store(kind, " + ".join(texts))


def _cased(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    text = _text(writer, node.this)
    return writer.store(kind, f"ascii_of({text.code}).{'upper' if isinstance(node, exp.Upper) else 'lower'}()", text)


def _stripped(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    text, letters = _text(writer, node.this), node.args.get("expression")
    method = _STRIPS[str(node.args.get("position") or "")]
    if letters is None:
        return writer.store(kind, f"ascii_of({text.code}).{method}(' ')", text)
    of = _text(writer, letters)
    return writer.store(kind, f"{text.code}.{method}({of.code})", text, of)


def _length(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    text = _text(writer, node.this)
    return writer.store(kind, f"len({text.code})", text)


def _substring(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    text, numbers = _text(writer, node.this), [node.args["start"], node.args.get("length")]
    places = [writer.cast(number, SqlType("BIGINT")) for number in numbers if number is not None]
    given = ", ".join(value.code for value in (text, *places))
    return writer.store(kind, f"substring({given})", text, *places)


def _end(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    text, n = _text(writer, node.this), writer.cast(node.expression, SqlType("BIGINT"))
    return writer.store(kind, f"{'left' if isinstance(node, exp.Left) else 'right'}({text.code}, {n.code})", text, n)


def _found(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    text, sought = _text(writer, node.this), _text(writer, node.expression)
    begins, holds = f"{text.code}.startswith({sought.code})", f"{sought.code} in {text.code}"
    return writer.store(kind, begins if isinstance(node, exp.StartsWith) else holds, text, sought)


def _like(writer: Writer, node: exp.Expr, kind: SqlType) -> Value:
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        raise NotCompiled(f"{node.sql('duckdb')} with a pattern that is no constant")
    text, any_case = _text(writer, node.this), isinstance(node, exp.ILike)
    if any_case and not pattern.name.isascii():
        raise NotCompiled(f"{node.sql('duckdb')} beyond the letters a to z")
    wild = {"%": ".*", "_": "."}
    rule = "".join(wild.get(letter) or re.escape(letter) for letter in pattern.name)
    matches = writer.lines.give(re.compile(rule, re.DOTALL | (re.IGNORECASE if any_case else 0)).fullmatch)
    read = f"ascii_of({text.code})" if any_case else text.code
    return writer.store(kind, f"{matches}({read}) is {'' if node.args.get('negate') else 'not '}None", text)


def _text(writer: Writer, node: exp.Expr) -> Value:
    value = writer.value(node)
    if value.type != VARCHAR and value.code != "None":
        raise NotCompiled(f"a text function of {value.type.name}")
    return value


TEXTS: dict[type[exp.Expr], Part] = {
    exp.DPipe: part(_joined, "this expression safe"),
    exp.Concat: part(_concatenated, "expressions safe coalesce"),
    exp.Lower: part(_cased, "this"),
    exp.Upper: part(_cased, "this"),
    exp.Trim: part(_stripped, "this expression position"),
    exp.Length: part(_length, "this"),
    exp.Substring: part(_substring, "this start length"),
    exp.Left: part(_end, "this expression"),
    exp.Right: part(_end, "this expression"),
    exp.StartsWith: part(_found, "this expression"),
    exp.Contains: part(_found, "this expression"),
    exp.Like: part(_like, "this expression negate"),
    exp.ILike: part(_like, "this expression negate"),
}
