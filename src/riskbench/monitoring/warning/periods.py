"""The whole days, weeks and months that looks are about: those of the reference, and those since that have ended."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Period = Literal["day", "week", "month"]
MONTH_DAYS = 365.25 / 12
DAYS = {"day": 1.0, "week": 7.0, "month": MONTH_DAYS}
ONE = dt.timedelta(days=1)


@dataclass(frozen=True, order=True)
class Span:
    """Days from `first` to `last`, both inclusive."""

    first: dt.date
    last: dt.date

    def told(self) -> str:
        """The span in words.

        >>> Span(dt.date(2026, 3, 1), dt.date(2026, 3, 31)).told()
        'March 2026'
        >>> Span(dt.date(2026, 3, 2), dt.date(2026, 3, 8)).told()
        '2 March to 8 March 2026'
        """
        if self.first == self.last:
            return _day(self.first)
        begins, ends = self.first.day == 1, (self.last + ONE).day == 1
        if begins and ends and (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first:%B %Y}"
        if begins and ends:
            first = f"{self.first:%B}" if self.first.year == self.last.year else f"{self.first:%B %Y}"
            return f"{first} to {self.last:%B %Y}"
        first = f"{self.first.day} {self.first:%B}" if self.first.year == self.last.year else _day(self.first)
        return f"{first} to {_day(self.last)}"

    def when(self) -> str:
        """The span as a sentence takes it.

        >>> Span(dt.date(2026, 3, 2), dt.date(2026, 3, 8)).when()
        'from 2 March to 8 March 2026'
        """
        if self.first == self.last:
            return f"on {self.told()}"
        return f"from {self.told()}" if " to " in self.told() else f"in {self.told()}"


def whole(first: dt.date, last: dt.date, period: Period) -> list[Span]:
    """The periods that lie wholly within these days, in their order; weeks begin on Monday.

    >>> [span.told() for span in whole(dt.date(2026, 1, 15), dt.date(2026, 4, 29), "month")]
    ['February 2026', 'March 2026']
    """
    return list(_whole(first, last, period))


def end_of_month(day: dt.date) -> dt.date:
    """The last day of the month of a day."""
    return _next(day.replace(day=1), "month") - ONE


@lru_cache(maxsize=512)
def _whole(first: dt.date, last: dt.date, period: Period) -> tuple[Span, ...]:
    return tuple(span for span in _from(first, last, period) if span.first >= first and span.last <= last)


def _from(first: dt.date, last: dt.date, period: Period) -> Iterator[Span]:
    if period == "day":
        begin = first
    elif period == "week":
        begin = first - dt.timedelta(days=first.weekday())
    else:
        begin = first.replace(day=1)
    while begin <= last:
        after = _next(begin, period)
        yield Span(begin, after - ONE)
        begin = after


def _next(begin: dt.date, period: Period) -> dt.date:
    if period == "month":
        return (begin.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return begin + dt.timedelta(days=1 if period == "day" else 7)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
