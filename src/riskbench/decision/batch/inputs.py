"""The columns of a table as the inputs of a bundle: their types, and the cells that are none of what they should be.

A type is settled by the schema, before any row is read. Text that holds numbers or dates is read as such only where all
columns are text, as in a CSV; every cell must then be one. A value out of range is no error: the bundle refers it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import ibis
from ibis.expr import datatypes as dt
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from riskbench.core.errors import DataError
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.parts import InputColumn
from riskbench.decision.meaning.reads import AGE

EXPECTED = {
    "number": "numbers",
    "integer": "whole numbers",
    "boolean": "truth, or the texts yes and no",
    "category": "text",
    "text": "text",
    "date": "dates",
    "timestamp": "dates with a time",
}
MOST_SHOWN = 5  # columns that are named


@dataclass(frozen=True)
class CellCheck:
    """What the cells of a column must be, and where in a table they are not."""

    column: str
    rule: str
    remedy: str
    wrong: Callable[[Table], BooleanValue]


def lacking(table: Table, asked: Mapping[str, str]) -> None:
    """Raises `DataError` where columns are absent; `asked` says for each what it is for.

    A column in another case, or with a name that is near, is offered.
    """
    absent = [name for name in asked if name not in table.columns]
    if not absent:
        return
    folded = {name.lower(): name for name in table.columns}
    near = {
        name: folded.get(name.lower()) or next(iter(get_close_matches(name, table.columns, 1)), "") for name in absent
    }
    offered = [f"{found} as {name}" for name, found in near.items() if found]
    shown = ", ".join(absent[:MOST_SHOWN]) + (f" and {len(absent) - MOST_SHOWN} more" if absent[MOST_SHOWN:] else "")
    purposes = list(dict.fromkeys(asked[name] for name in absent))
    remedy = f"add {'it' if len(absent) == 1 else 'them'}, with empty cells where nothing is known"
    if offered:
        remedy = f"rename {', '.join(offered[:MOST_SHOWN])}, or {remedy}"
    raise DataError(
        f"the table must have every column that is read, {'; '.join(purposes)}", column=shown, remedy=remedy
    )


def typed(column: InputColumn, table: Table, text: bool) -> Value:
    """A column in the type that formulas, card and policy read: doubles, text, dates; NaN and empty text are NULL.

    `text`: all columns of the table are text. Raises `DataError` with column, expected and found for another type.
    """
    found = table[column.name]
    kind = found.type()
    if kind.is_null():
        return found.cast(_type(column))
    if isinstance(found, StringValue):
        return _of_text(found, column, text)
    if column.type in ("number", "integer") and kind.is_numeric() and not kind.is_boolean():
        double = found.cast("float64")
        return double.isnan().ifelse(ibis.null("float64"), double) if kind.is_floating() else double
    if column.type == "boolean" and kind.is_boolean():
        return _yes_or_no(found)
    if column.type in ("category", "text") and kind.is_integer():
        return found.cast("string")
    if column.type == "category" and kind.is_floating():  # what a missing value makes of a column of whole numbers
        return found.isnan().ifelse(ibis.null("int64"), found.try_cast("int64")).cast("string")
    if column.type in ("date", "timestamp") and (kind.is_date() or kind.is_timestamp()):
        return found.cast(_type(column))
    raise _another_type(column, kind)


def cell_checks(bundle: Bundle, table: Table, text: bool) -> list[CellCheck]:
    """What is asked of the cells of a table before anything is decided, where its schema leaves it open."""
    found = []
    for column in bundle.inputs.columns:
        kind = table[column.name].type()
        if isinstance(kind, dt.String) and column.type in ("number", "integer", "date", "timestamp"):
            rule = f"a column of {EXPECTED[column.type]} must hold nothing else"
            remedy = "write numbers with a decimal point and dates as 2026-01-31, and leave what is not known empty"
            found.append(CellCheck(column.name, rule, remedy, _unreadable(column.name, _type(column))))
        if column.type in ("number", "integer") and not kind.is_integer():
            rule = "a number must be finite"
            infinite = _infinite_in(column.name) if kind.is_floating() else _where(column, text, _infinite)
            found.append(CellCheck(column.name, rule, "leave what is not known empty", infinite))
        if column.type == "integer" and not kind.is_integer():
            rule, remedy = "a column of whole numbers must hold nothing else", "correct or empty these cells"
            found.append(CellCheck(column.name, rule, remedy, _where(column, text, _broken)))
        if column.type == "category" and kind.is_floating():
            rule = "a category must be text or a whole number"
            found.append(CellCheck(column.name, rule, "correct or empty these cells", _fraction(column.name)))
        if column.name == bundle.inputs.amount:
            rule, remedy = "the amount asked for must be above 0", "correct it, or leave the application out"
            found.append(CellCheck(column.name, rule, remedy, _where(column, text, _not_positive)))
    ages = [name for name in (AGE + source for source in bundle.inputs.sources) if name in table.columns]
    said = ("an age must be in hours, finite and at least 0", "empty it where unknown")
    found += [CellCheck(name, *said, _no_age(name)) for name in ages]
    return found


def key_check(key: str) -> CellCheck:
    """That every application has its key."""
    rule, remedy = "every application must have its key", "add it, or leave the application out"
    return CellCheck(key, rule, remedy, lambda table: table[key].isnull())


def _type(column: InputColumn) -> str:
    return {"number": "float64", "integer": "float64", "date": "date", "timestamp": "timestamp"}.get(
        column.type, "string"
    )


def _of_text(found: StringValue, column: InputColumn, text: bool) -> Value:
    if column.type in ("category", "text"):
        return found.nullif("") if text else found
    if column.type == "boolean":
        told = found.lower()
        return ibis.cases((told == "true", "yes"), (told == "false", "no"), else_=found.nullif("")) if text else found
    if not text:
        raise _another_type(column, found.type())
    value = found.strip().nullif("").try_cast(_type(column))
    return value.isnan().ifelse(ibis.null("float64"), value) if value.type().is_floating() else value


def _yes_or_no(found: BooleanValue) -> Value:
    return ibis.cases((found, "yes"), (~found, "no"), else_=ibis.null("string"))


def _unreadable(name: str, kind: str) -> Callable[[Table], BooleanValue]:
    def wrong(table: Table) -> BooleanValue:
        cell = table[name].strip().nullif("")
        return cell.notnull() & cell.try_cast(kind).isnull()

    return wrong


def _no_age(name: str) -> Callable[[Table], BooleanValue]:
    def wrong(table: Table) -> BooleanValue:
        cell = table[name]
        if not cell.type().is_string():
            return _outside(cell.cast("float64"))
        age = cell.strip().nullif("").try_cast("float64")
        return _unreadable(name, "float64")(table) | _outside(age)

    return wrong


def _outside(age: Value) -> BooleanValue:
    return (age.notnull() & ~age.isnan() & ((age < 0) | age.isinf())).fill_null(False)


def _where(column: InputColumn, text: bool, rule: Callable[[Value], BooleanValue]) -> Callable[[Table], BooleanValue]:
    return lambda table: rule(typed(column, table, text))


def _infinite_in(name: str) -> Callable[[Table], BooleanValue]:
    """As it stands: a NaN is missing, and not infinite either."""
    return lambda table: table[name].isinf()


def _infinite(value: Value) -> BooleanValue:
    return value.isinf()


def _broken(value: Value) -> BooleanValue:
    return value.notnull() & (value.floor() != value)


def _not_positive(value: Value) -> BooleanValue:
    return value.isnull() | (value <= 0)


def _fraction(name: str) -> Callable[[Table], BooleanValue]:
    return lambda table: table[name].notnull() & ~table[name].isnan() & (table[name].floor() != table[name])


def _another_type(column: InputColumn, found: object) -> DataError:
    rule = f"a column of {EXPECTED[column.type]} is expected, and it is of type {found}"
    return DataError(
        rule, column=column.name, remedy="write it in that type; nothing is taken for what it may have meant"
    )
