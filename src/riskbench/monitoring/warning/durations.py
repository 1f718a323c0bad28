"""Durations as people write them: 30m, 6h, 2d."""

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_WRITTEN = re.compile(r"([1-9]\d{0,5})([mhd])")


def duration(written: str) -> dt.timedelta:
    """A duration from its text; raises ValueError where it is none.

    >>> duration("6h")
    datetime.timedelta(seconds=21600)
    """
    if not (found := _WRITTEN.fullmatch(written)):
        raise ValueError(f"a duration is a whole number and m, h or d, as in 30m, 6h or 2d, got {written}")
    return dt.timedelta(**{UNITS[found[2]]: int(found[1])})


def told(length: dt.timedelta) -> str:
    """A duration in words, in the largest unit that leaves no more than one decimal to round.

    >>> told(dt.timedelta(hours=6)), told(dt.timedelta(days=1, hours=12)), told(dt.timedelta(minutes=1))
    ('6 hours', '1.5 days', '1 minute')
    """
    seconds = length.total_seconds()
    size, unit = next(((size, unit) for size, unit in _SIZES if abs(seconds) >= size), _SIZES[-1])
    number = f"{seconds / size:.1f}".removesuffix(".0")
    return f"{number} {unit}{'' if number == '1' else 's'}"


_SIZES = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def _read(written: Any) -> Any:
    if isinstance(written, dt.timedelta):
        return written
    return duration(str(written))


Duration = Annotated[dt.timedelta, BeforeValidator(_read)]
