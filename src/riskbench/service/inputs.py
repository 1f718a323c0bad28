"""The inputs of one application: what a bundle asks for, as a JSON Schema for integrators and as a check of what came.

A value of the wrong type, a column too many or too few is a fault of the request. A value out of its range or a level
that is not known is none: the policy of the bundle refers such an application, and the schema tells the range in words.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.parts import InputColumn
from riskbench.decision.inputs import UNKNOWN, InputReader, WrongInput, kind_of
from riskbench.service.problems import Fault

LARGEST = 2**53  # beyond it a double skips whole numbers
LONGEST_TEXT = 200
_NUMBER = {"minimum": -LARGEST, "maximum": LARGEST}
_TEXT = {"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_TEXT}
_SHAPES: dict[str, dict[str, Any]] = {
    "number": {"type": ["number", "null"]} | _NUMBER,
    "integer": {"type": ["integer", "null"]} | _NUMBER,
    "boolean": _TEXT,
    "category": _TEXT,
    "text": _TEXT,
    "date": {"type": ["string", "null"], "format": "date"},
    "timestamp": {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"},
}


@dataclass(frozen=True)
class InputsForm:
    """The inputs of a bundle: `schema` describes them, `faults` holds what came against it."""

    schema: dict[str, Any]
    reader: InputReader

    def faults(self, inputs: Mapping[str, Any], at: str) -> list[Fault]:
        """Everything that is wrong with the inputs; `at` is where they stand, as a JSON Pointer."""
        try:
            self.reader(inputs)
        except WrongInput as wrong:
            return faults_at(wrong, at)
        return [
            Fault(f"{at}/{pointer(name)}", rule, kind_of(value))
            for name, value in inputs.items()
            if (rule := _beyond(value))
        ]


def inputs_form(bundle: Bundle, optional: frozenset[str] = frozenset()) -> InputsForm:
    """The form of a bundle's inputs; `optional` columns may be left out, since feeds of the study hold them."""
    columns = bundle.inputs.columns
    properties = {column.name: _property(column) for column in columns}
    if amount := bundle.inputs.amount:
        del properties[amount]["minimum"]
        properties[amount] |= {"type": "number", "exclusiveMinimum": 0}
    schema = {
        "type": "object",
        "description": f"Columns that the bundle {bundle.address[:12]} reads: {bundle.title}. Null: not known.",
        "properties": properties,
        "required": [column.name for column in columns if column.name not in optional],
        "additionalProperties": False,
    }
    return InputsForm(schema, InputReader(columns, amount))


def faults_at(wrong: WrongInput, at: str) -> list[Fault]:
    """The faults of inputs that stand at a place. A key that nobody knows may be a name: it is counted, not told."""
    known = [Fault(f"{at}/{pointer(f.column)}", f.rule, f.got) for f in wrong.faults if f.rule != UNKNOWN]
    others = len(wrong.faults) - len(known)
    return known + [Fault(at, "must name columns of the bundle alone", f"{others} other keys")] * bool(others)


def pointer(name: str) -> str:
    """A key as a part of a JSON Pointer (RFC 6901).

    >>> pointer("income/month")
    'income~1month'
    """
    return name.replace("~", "~0").replace("/", "~1")


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


def _beyond(value: Any) -> str:
    """The rule that a value of the right type breaks all the same; empty where it breaks none."""
    if isinstance(value, str):
        return "" if 0 < len(value) <= LONGEST_TEXT else f"must have 1 to {LONGEST_TEXT} characters"
    return "" if value is None or -LARGEST <= value <= LARGEST else "must lie within 2^53"


def _property(column: InputColumn) -> dict[str, Any]:
    told = [column.description + (f", in {column.unit}" if column.unit else "")]
    if column.lower is not None or column.upper is not None:
        both = (("at least", column.lower), ("at most", column.upper))
        ends = " and ".join(f"{word} {end:g}" for word, end in both if end is not None)
        told.append(f"{ends}; beyond, the application is referred")
    if column.special:
        told.append(f"special values: {', '.join(f'{value:g}' for value in column.special)}")
    if column.levels:
        told.append(f"one of {', '.join(column.levels)}; with another, the application is referred")
    examples = {"examples": list(column.levels)} if column.levels else {}
    return _SHAPES[column.type] | {"description": ". ".join(told)} | examples
