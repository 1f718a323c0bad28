"""What DuckDB does with texts, where a line of Python does not say it; `Beyond` where it is not certain."""

import re
from datetime import date, datetime

from riskbench.data.features.closures.kinds import Beyond

_PLAIN = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_WHOLE = re.compile(r"[+-]?\d{1,9}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


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


def no_value(text: str) -> bool:
    """Whether a text is certainly neither a number nor a date: it has no digit, and is none of the words for one."""
    lower = text.lower()
    return (
        text.isascii()
        and not any(letter.isdigit() for letter in lower)
        and not any(word in lower for word in ("inf", "nan", "epoch"))
    )


def text_of_float(value: float) -> str:
    """How a float is written, where there is one way."""
    if value and not 1e-4 <= abs(value) < 1e15:
        raise Beyond
    return repr(value)
