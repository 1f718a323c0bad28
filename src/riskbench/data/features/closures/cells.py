"""What formulas do with a value where a line of Python does not say it: as DuckDB does it, NULL aside.

A function raises `Beyond`, or Python's own ArithmeticError or ValueError, where DuckDB refuses or another rule than the
one here might hold; the case is then DuckDB's.
"""

import calendar
import math
import re
from datetime import date, datetime, timedelta
from typing import Any

from riskbench.data.features.closures.kinds import Beyond

_PLAIN = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_WHOLE = re.compile(r"[+-]?\d{1,9}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_EXACT = 2**53


# --- cells as they come ---------------------------------------------------------------------------------------------


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


# --- numbers --------------------------------------------------------------------------------------------------------


def over(a: float, b: float) -> float:
    """The quotient of floats; by zero it is an infinity, or NaN.

    >>> over(-1.0, 0.0), over(0.0, 0.0)
    (-inf, nan)
    """
    if b:
        return a / b
    return math.nan if not a or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def whole_over(a: int, b: int) -> int | None:
    """The quotient of integers cut towards zero; NULL by zero."""
    if not b:
        return None
    return a // b if (a < 0) == (b < 0) else -(-a // b)


def remainder(a: int, b: int) -> int | None:
    """What is left of a division cut towards zero: it has the sign of `a`; NULL by zero."""
    return int(math.copysign(abs(a) % abs(b), a)) if b else None


def greater(a: float, b: float) -> bool:
    """Whether a > b where NaN is larger than all else, and equals itself."""
    return b == b if a != a else a > b


def equal(a: float, b: float) -> bool:
    """Whether a = b where NaN equals itself."""
    return a == b or (a != a and b != b)


def largest(*values: float | None) -> float | None:
    """The first of the largest values that are there."""
    best = None
    for value in values:
        if value is not None and (best is None or value > best or (value != value and best == best)):
            best = value
    return best


def smallest(*values: float | None) -> float | None:
    """The first of the smallest values that are there."""
    best = None
    for value in values:
        if value is not None and (best is None or value < best or (best != best and value == value)):
            best = value
    return best


def sign(value: float) -> int:
    """-1, 0 or 1."""
    return (value > 0) - (value < 0)


def floor(value: float) -> float:
    """The next whole number below; of -0.0 itself."""
    return float(math.floor(value)) or value * 0.0


def ceil(value: float) -> float:
    """The next whole number above; -0.0 for what lies between -1 and 0."""
    return math.copysign(float(math.ceil(value)), value)


def trunc(value: float) -> float:
    """The whole part."""
    return math.copysign(float(math.trunc(value)), value)


def rounded(value: float, digits: int = 0) -> float:
    """The nearest number of so many digits after the point, halves away from zero.

    >>> rounded(-2.5), rounded(2.345, 2), rounded(1250.0, -2)
    (-3.0, 2.35, 1300.0)
    """
    if not math.isfinite(value):
        raise Beyond
    power = 10.0 ** abs(digits)
    moved = value * power if digits > 0 else value / power
    if math.isinf(moved):
        raise Beyond
    whole = trunc(moved)
    if abs(moved - whole) >= 0.5:
        whole += math.copysign(1.0, moved)
    return whole / power if digits > 0 else whole * power


def whole(value: float) -> int:
    """A float as an integer, halves to the even one; raises where it is none."""
    return round(value)


def decimal_as_whole(value: int, scale: int) -> int:
    """A decimal as an integer, halves away from zero."""
    power = 10**scale
    return int(math.copysign((abs(value) + power // 2) // power, value))


def decimal_as_float(value: int, scale: int) -> float:
    """A decimal as a float, as far as dividing by a power of ten gives it exactly rounded."""
    if abs(value) > _EXACT or scale > 22:
        raise Beyond
    return value / 10.0**scale


def decimal(value: int, width: int) -> int:
    """The value itself, if it has no more than so many digits."""
    if abs(value) >= 10**width:
        raise Beyond
    return value


def within(value: int, least: int, most: int) -> int:
    """The value itself, if an integer of that type holds it."""
    if not least <= value <= most:
        raise Beyond
    return value


# --- texts ----------------------------------------------------------------------------------------------------------


def ascii_of(text: str) -> str:
    """The text itself, if upper and lower case, blanks and places are the same thing everywhere."""
    if not text.isascii():
        raise Beyond
    return text


def substring(text: str, start: int, length: int | None = None) -> str:
    """The characters from `start`, counted from 1, or from the end below 0; a length below 0 goes to the left.

    >>> substring("abcd", 2), substring("abcd", -3, 2), substring("abcd", 0, 2), substring("abcd", 3, -2)
    ('bcd', 'bc', 'a', 'ab')
    """
    if start < 1 or (length or 0) < 0:
        ascii_of(text)
    if length is None:
        length = len(text) + 1 + abs(start)
    if start > 0:
        first = min(len(text), start - 1)
    elif start < 0:
        first = len(text) + start
    else:
        first, length = 0, length - 1
        if length <= 0:
            return ""
    last = first + length
    if length < 0:
        first, last = last, first
    return text[max(0, first) : max(0, last)]


def left(text: str, n: int) -> str:
    """The first n characters, or all but the last -n."""
    return text[:n] if n >= 0 else text[: max(0, len(text) + n)]


def right(text: str, n: int) -> str:
    """The last n characters, or all but the first -n."""
    return text[max(0, len(text) - n) :] if n >= 0 else text[-n:]


def number_of(text: str) -> float:
    """The number that a text is, where it is written plainly."""
    if not _PLAIN.fullmatch(text) or not text.isascii():
        raise Beyond
    return float(text)


def whole_of(text: str) -> int:
    """The whole number that a text is, where it is written plainly."""
    if not _WHOLE.fullmatch(text) or not text.isascii():
        raise Beyond
    return int(text)


def day_of(text: str) -> date:
    """The day that a text is, where it is written year-month-day."""
    if not _DAY.fullmatch(text) or not text.isascii():
        raise Beyond
    return date.fromisoformat(text)


def moment_of(text: str) -> datetime:
    """The moment that a text is, where it is written year-month-day hour:minute:second, or is a day."""
    if not text.isascii() or not (_MOMENT.fullmatch(text) or _DAY.fullmatch(text)):
        raise Beyond
    return datetime.fromisoformat(text)


def no_number(text: str) -> bool:
    """Whether a text is certainly none, not even "inf" or "nan"."""
    return text.isascii() and not any(letter.isdigit() or letter in "nN" for letter in text)


def text_of_float(value: float) -> str:
    """How a float is written, where there is one way."""
    if value and not 1e-4 <= abs(value) < 1e15:
        raise Beyond
    return repr(value)


# --- dates ----------------------------------------------------------------------------------------------------------


def midnight(day: date) -> datetime:
    """The moment at which a day begins."""
    return datetime(day.year, day.month, day.day)


def days_between(later: date, earlier: date) -> int:
    """How often a day begins from one to the other, whatever the hour."""
    return later.toordinal() - earlier.toordinal()


def months_between(later: date, earlier: date) -> int:
    """How often a month begins from one to the other."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def quarters_between(later: date, earlier: date) -> int:
    """How often a quarter begins from one to the other."""
    return (later.year - earlier.year) * 4 + (later.month - 1) // 3 - (earlier.month - 1) // 3


def years_between(later: date, earlier: date) -> int:
    """How often a year begins from one to the other."""
    return later.year - earlier.year


def begin(unit: str, moment: date) -> date:
    """The day on which the year, quarter, month, week or day of a moment begins."""
    if unit == "week":
        return date.fromordinal(moment.toordinal() - moment.weekday())
    month = {"year": 1, "quarter": moment.month - (moment.month - 1) % 3}.get(unit, moment.month)
    return date(moment.year, month, moment.day if unit == "day" else 1)


def moved(moment: datetime, months: int, rest: timedelta) -> datetime:
    """A moment so many months on, on the last day of the month where it has no such day, and then a span of time."""
    if months:
        years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
        moment = moment.replace(
            year=years, month=month + 1, day=min(moment.day, calendar.monthrange(years, month + 1)[1])
        )
    return moment + rest
