"""What is handed over for one decision, held against what the bundle asks for: columns, types, nothing by silence.

A missing value is a null. A column that is not there, one that nobody knows and a value of another type are refused; a
number outside of its range or a level that is not stated is no error: the policy of the bundle refers it.
"""

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from riskbench.core.errors import DataError
from riskbench.decision.bundle.parts import InputColumn

ABSENT = "must be given; a value that is not known is null"
UNKNOWN = "is nothing that the bundle asks for"
WHAT = {  # the rule of each type, as whoever asks for a decision reads it
    "number": "must be a finite number or null",
    "integer": "must be a whole number or null",
    "boolean": 'must be a text or null, "yes" or "no"',  # another text is a level that is not known, as in a table
    "category": "must be a text or null",
    "text": "must be a text or null",
    "date": "must be a date such as 2026-01-31, or null",
    "timestamp": "must be a date and time without a zone such as 2026-01-31T13:45:00, or null",
}
_LARGEST = sys.float_info.max
POSITIVE = "must be a finite number above 0: it is the amount that is asked for"


class Fault(NamedTuple):
    """One rule that an input breaks: the `column`, the `rule`, and what came, by its kind and never by its value."""

    column: str
    rule: str
    got: str

    def __str__(self) -> str:
        return f"{self.column} {self.rule}, got {self.got}"


class WrongInput(DataError):
    """An application cannot be decided as it was handed over; `faults` are all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


class InputReader:
    """What a bundle asks for, by column; `amount` names the one that holds the amount, empty where there is none."""

    def __init__(self, columns: Iterable[InputColumn], amount: str = ""):
        self._kinds = {column.name: column.type for column in columns}
        self._amount = amount
        self._read: tuple[tuple[str, Callable[[Any], Any]], ...] = tuple(
            (name, _amount if name == amount else _READ[kind]) for name, kind in self._kinds.items()
        )

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The cells: numbers as float, texts as str, days as `date`, moments as `datetime`, null as None.

        Raises `WrongInput` with everything that is wrong.
        """
        try:
            cells = {name: read(inputs[name]) for name, read in self._read}
        except (KeyError, ValueError, OverflowError):
            raise WrongInput(self._faults(inputs)) from None
        if len(inputs) != len(cells):
            raise WrongInput(self._faults(inputs))
        return cells

    def _faults(self, inputs: Mapping[str, Any]) -> list[Fault]:
        found = [Fault(str(name), UNKNOWN, kind_of(inputs[name])) for name in inputs if name not in self._kinds]
        for name, read in self._read:
            if name not in inputs:
                found.append(Fault(name, ABSENT, "nothing"))
                continue
            try:
                read(inputs[name])
            except (ValueError, OverflowError):
                rule = POSITIVE if name == self._amount else WHAT[self._kinds[name]]
                found.append(Fault(name, rule, kind_of(inputs[name])))
        return found


def hours(sources: Iterable[str], ages: Mapping[str, Any] | None) -> dict[str, float | None]:
    """The age of each source in hours, None where it is not known; raises `WrongInput` for one that is not given."""
    given, found, faults = ages or {}, dict[str, float | None](), []
    for source in sources:
        name = f"the age of {source}"
        try:
            found[source] = _age(given[source])
        except KeyError:
            faults.append(Fault(name, ABSENT, "nothing"))
        except (ValueError, OverflowError):
            faults.append(Fault(name, "must be a finite number of hours, at least 0, or null", kind_of(given[source])))
    if faults:
        raise WrongInput(faults)
    return found


def kind_of(value: Any) -> str:
    """What a value is, in words that do not tell it.

    >>> kind_of("secret"), kind_of(True), kind_of(1.5), kind_of(float("nan")), kind_of([1])
    ('a text', 'true or false', 'a number', 'a number that is not finite', 'a list')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number" if -_LARGEST <= value <= _LARGEST else "a number that is not finite"
    named = {str: "a text", list: "a list", dict: "an object", datetime: "a date and time", date: "a date"}
    return named.get(type(value), f"a value of type {type(value).__name__}")


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if value.__class__ is not float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError
        value = float(value)
    number: float = value
    if not -math.inf < number < math.inf:
        raise ValueError
    return number


def _amount(value: Any) -> float:
    number = _number(value)
    if number is None or number <= 0:
        raise ValueError
    return number


def _age(value: Any) -> float | None:
    number = _number(value)
    if number is not None and number < 0:
        raise ValueError
    return number


def _integer(value: Any) -> float | None:
    number = _number(value)
    if number is not None and number % 1:
        raise ValueError
    return number


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError
    if not value.isascii():
        value.encode()  # a half of a character is refused: no table and no log could hold it
    return value


def _date(value: Any) -> date | None:
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not (isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"):
        raise ValueError
    return date.fromisoformat(value)


def _timestamp(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == value[7:8] == "-":
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise ValueError
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "number": _number,
    "integer": _integer,
    "boolean": _text,
    "category": _text,
    "text": _text,
    "date": _date,
    "timestamp": _timestamp,
}
