"""The inputs of one application: what a bundle asks for, as a JSON Schema for integrators and as a check of what came.

A value of the wrong type, a column too many or too few is a fault of the request. A value out of its range or a level
that is not known is none: the policy of the bundle refers such an application, and the schema tells the range in words.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.parts import InputColumn
from riskbench.service.problems import Fault, kind_of

LARGEST = 2**53  # beyond it a double skips whole numbers
LONGEST_TEXT = 200
_NUMBER = {"minimum": -LARGEST, "maximum": LARGEST}
_TEXT = {"minLength": 1, "maxLength": LONGEST_TEXT}
_SHAPES: dict[str, dict[str, Any]] = {
    "number": {"type": ["number", "null"]} | _NUMBER,
    "integer": {"type": ["integer", "null"]} | _NUMBER,
    "boolean": {"type": ["string", "null"], "enum": ["yes", "no", None]},
    "category": {"type": ["string", "null"]} | _TEXT,
    "text": {"type": ["string", "null"]} | _TEXT,
    "date": {"type": ["string", "null"], "format": "date"},
    "timestamp": {"type": ["string", "null"], "format": "date-time"},
}


@dataclass(frozen=True)
class InputsForm:
    """The inputs of a bundle: `schema` describes them, `faults` holds what came against it."""

    schema: dict[str, Any]
    rules: Mapping[str, tuple[str, Callable[[Any], bool]]]
    optional: frozenset[str]
    amount: str = ""

    def faults(self, inputs: Mapping[str, Any], at: str) -> list[Fault]:
        """Everything that is wrong with the inputs, in the order of the bundle; `at` is where they stand.

        Columns that are `optional` may be absent: somebody else completes them. The amount asked for is never null.
        """
        found = []
        for name, (rule, holds) in self.rules.items():
            if name not in inputs:
                if name not in self.optional:
                    rule = "is asked for, and null where it is not known"
                    found.append(Fault(f"{at}/{pointer(name)}", rule, "nothing"))
            elif not holds(inputs[name]) and (inputs[name] is not None or name == self.amount):
                found.append(Fault(f"{at}/{pointer(name)}", rule, kind_of(inputs[name])))
        if len(inputs) + len(found) > len(self.rules):
            unknown = [name for name in inputs if name not in self.rules]
            # what stands at a wrong place may be a name: only how many there are is told, where it is no known word
            found += [Fault(at, "must name columns of the bundle alone", f"{len(unknown)} other keys")] * bool(unknown)
        return found


def inputs_form(bundle: Bundle, optional: frozenset[str] = frozenset()) -> InputsForm:
    """The form of a bundle's inputs; `optional` columns may be left out, since feeds of the study hold them."""
    columns = bundle.inputs.columns
    properties = {column.name: _property(column) for column in columns}
    schema = {
        "type": "object",
        "description": f"Columns that the bundle {bundle.address[:12]} reads: {bundle.title}. Null: not known.",
        "properties": properties,
        "required": [column.name for column in columns if column.name not in optional],
        "additionalProperties": False,
    }
    rules = {column.name: _CHECKS[column.type] for column in columns}
    if amount := bundle.inputs.amount:
        del properties[amount]["minimum"]
        properties[amount] |= {"type": "number", "exclusiveMinimum": 0}
        rules[amount] = ("must be a number above 0 within 2^53", lambda value: _number(value) and value > 0)
    return InputsForm(schema, rules, optional, amount)


def pointer(name: str) -> str:
    """A key as a part of a JSON Pointer (RFC 6901).

    >>> pointer("income/month")
    'income~1month'
    """
    return name.replace("~", "~0").replace("/", "~1")


def _property(column: InputColumn) -> dict[str, Any]:
    told = [column.description + (f", in {column.unit}" if column.unit else "")]
    if column.lower is not None or column.upper is not None:
        low, high = (f"{end:g}" if end is not None else "" for end in (column.lower, column.upper))
        ends = " ".join(filter(None, (low and f"at least {low}", low and high and "and", high and f"at most {high}")))
        told.append(f"{ends}; beyond, the application is referred")
    if column.special:
        told.append(f"special values: {', '.join(f'{value:g}' for value in column.special)}")
    levels = column.levels if column.type == "category" else []
    if levels:
        told.append(f"one of {', '.join(levels)}; with another, the application is referred")
    return _SHAPES[column.type] | {"description": ". ".join(told)} | ({"examples": list(levels)} if levels else {})


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT


def _date(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != len("2026-01-31"):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def moment(value: Any) -> dt.datetime | None:
    """The moment that an RFC 3339 text names, in UTC; None for anything else, also without an offset.

    >>> moment("2026-03-01T09:30:00+02:00")
    datetime.datetime(2026, 3, 1, 7, 30, tzinfo=datetime.timezone.utc)
    >>> moment("2026-03-01"), moment(3)
    (None, None)
    """
    if not isinstance(value, str) or len(value) < len("2026-01-31T00:00Z"):
        return None
    try:
        at = dt.datetime.fromisoformat(value.replace("z", "Z"))
        return at.astimezone(dt.UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


_CHECKS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "number": ("must be a number within 2^53, or null", _number),
    "integer": ("must be a whole number within 2^53, or null", lambda v: _number(v) and v == int(v)),
    "boolean": ('must be "yes", "no" or null', lambda v: v in ("yes", "no")),
    "category": (f"must be a text of 1 to {LONGEST_TEXT} characters, or null", _text),
    "text": (f"must be a text of 1 to {LONGEST_TEXT} characters, or null", _text),
    "date": ("must be a date as 2026-01-31, or null", _date),
    "timestamp": ("must be a moment with its offset as 2026-01-31T09:30:00Z, or null", lambda v: moment(v) is not None),
}
