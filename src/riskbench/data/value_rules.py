"""What a study says of the values of a column, as rules that an expression can break."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis

from riskbench.data.study.schema import Column

ACCEPTED = {
    "integer": ("is_integer",),
    "number": ("is_numeric",),
    "boolean": ("is_boolean",),
    "category": ("is_string", "is_integer", "is_boolean"),
    "text": ("is_string",),
    "date": ("is_date", "is_timestamp"),
    "timestamp": ("is_timestamp",),
}  # by type of the study: what Ibis says of the type that arrived


@dataclass(frozen=True)
class Rule:
    """A rule on a column: what it says, where it is broken (a boolean expression), and what to do then."""

    column: str
    says: str
    broken: Any
    remedy: str


def value_rules(value: Any, column: str, declared: Column) -> Iterator[Rule]:
    """The rules of one column, `value`: a key is there, a number finite, a level known, a value inside its range."""
    if declared.role == "key":
        yield Rule(column, "a key must not be missing", value.isnull(), "fill it in or remove the rows")
    if declared.type == "number" and value.type().is_floating():
        remedy = "replace infinite values or leave them empty"
        yield Rule(column, "a number must be finite", value.isinf(), remedy)
    if declared.levels:
        known = list(declared.levels)
        unknown = value.cast("string").notin(known)
        yield Rule(column, f"the value must be one of {', '.join(known)}", unknown, "declare the level or correct it")
    special = value.isin(declared.special) if declared.special else ibis.literal(False)
    remedy = "correct it or leave it empty"
    if declared.lower is not None:
        says = f"the value must be at least {declared.lower:g}"
        yield Rule(column, says, (value < declared.lower) & ~special, remedy)
    if declared.upper is not None:
        says = f"the value must be at most {declared.upper:g}"
        yield Rule(column, says, (value > declared.upper) & ~special, remedy)
