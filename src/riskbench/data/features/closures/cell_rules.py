"""The cells of a row in the one form that closures compute with: NaN and NaT are NULL, a text may be a date."""

from datetime import date, datetime
from typing import Any

from riskbench.data.features.closures.date_rules import midnight


def float_cell(value: Any) -> float | None:
    """A number in one form, NaN as NULL."""
    if isinstance(value, str | bytes):
        raise TypeError(f"a number is asked for, got {value!r}")
    number = float(value)
    return None if number != number else number


def str_cell(value: Any) -> str | None:
    """A text in one form, NaN as NULL."""
    if value != value:
        return None
    if not isinstance(value, str):
        raise TypeError(f"a text is asked for, got {value!r}")
    return str(value)


def date_cell(value: Any) -> date | None:
    """A day in one form, NaN and NaT as NULL."""
    if value != value:
        return None
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, date):
        raise TypeError(f"a day is asked for, got {value!r}")
    return date(value.year, value.month, value.day)


def datetime_cell(value: Any) -> datetime | None:
    """A moment in one form, NaN and NaT as NULL."""
    if value != value:
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return midnight(value)
    return datetime(
        value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, value.tzinfo
    )
