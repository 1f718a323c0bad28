"""Spans of time as people write them: 30s, 5m, 12h, 3d."""

import datetime as dt
import re
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(\d{1,6}) ?([smhd])")


def span_of(text: object) -> dt.timedelta:
    """The span that a text writes: a whole number above 0 and one of s, m, h, d. Raises ValueError for another text.

    >>> span_of("90m")
    datetime.timedelta(seconds=5400)
    """
    if isinstance(text, dt.timedelta):
        return text
    found = _SPAN.fullmatch(str(text).strip())
    if found is None or not int(found[1]):
        raise ValueError(f"a span of time is a whole number above 0 and s, m, h or d, as in 30s or 12h; got {text!r}")
    return dt.timedelta(**{_UNITS[found[2]]: int(found[1])})


Span = Annotated[dt.timedelta, BeforeValidator(span_of)]


def told(span: dt.timedelta) -> str:
    """A span in words, in its largest unit that leaves a number above 1, rounded down.

    >>> told(dt.timedelta(minutes=90)), told(dt.timedelta(days=1)), told(dt.timedelta(days=3, hours=5))
    ('90 minutes', '24 hours', '3 days')
    """
    seconds = int(span.total_seconds())
    for length, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} second{'s' * (seconds != 1)}"
