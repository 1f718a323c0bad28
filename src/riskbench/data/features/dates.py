"""Days and months between two dates, and up to the decision. Dates count by the day, whatever the hour."""

from sqlglot import exp

from riskbench.data.features.function import Date


def days_between(earlier: Date, later: Date) -> exp.Expr:
    """Days from one date to another; negative where the second lies before the first.

    Unit: days. Missing: where either is.

    >>> from riskbench.data.features.formulas import value
    >>> value("days_between(due, paid)", due="2024-02-27", paid="2024-03-01")
    3.0
    """
    return exp.DateDiff(this=later, expression=earlier, unit=exp.var("DAY"))


def months_between(earlier: Date, later: Date) -> exp.Expr:
    """Whole months from one date to another, rounded down: a month is over on the same day of the next.

    Unit: months; below zero where the second date lies before the first. From the 31st to the end of a shorter month,
    the month is not over yet. Missing: where either is.

    >>> from riskbench.data.features.formulas import value
    >>> value("months_between(opened, seen)", opened="2024-01-15", seen="2024-03-14")
    1.0
    """
    years = exp.Year(this=later) - exp.Year(this=earlier)
    short = exp.case().when(exp.Day(this=later) < exp.Day(this=earlier), exp.Literal.number(1))
    months = exp.Month(this=later) - exp.Month(this=earlier)
    return years * 12 + months - short.else_(exp.Literal.number(0))


def days_since(date: Date, *, as_of: Date) -> exp.Expr:
    """Days from a date to the decision.

    Unit: days. Missing: where the date is, or lies after the decision: what is to come is not read.

    >>> from riskbench.data.features.formulas import value
    >>> value("days_since(hired)", decision="decided", hired="2024-01-01", decided="2024-01-31")
    30.0
    """
    return exp.case().when(date <= as_of, days_between(date, as_of))


def months_since(date: Date, *, as_of: Date) -> exp.Expr:
    """Whole months from a date to the decision, rounded down.

    Unit: months. Missing: where the date is, or lies after the decision: what is to come is not read.

    >>> from riskbench.data.features.formulas import value
    >>> value("months_since(hired)", decision="decided", hired="2023-01-31", decided="2024-01-30")
    11.0
    """
    return exp.case().when(date <= as_of, months_between(date, as_of))


FUNCTIONS = (days_between, months_between, days_since, months_since)
