"""What DuckDB does with days and moments, where a line of Python does not say it."""

import calendar
from datetime import date, datetime, timedelta


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
