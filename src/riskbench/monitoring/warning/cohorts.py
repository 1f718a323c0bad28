"""Loans by the day of their decision, and how many turned out bad by an age: what rules about outcomes read."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.monitoring.charts.expectation import Cohorts
from riskbench.monitoring.counts.table import EVERYONE, OUTCOME
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.periods import ONE, Period, Span, whole
from riskbench.monitoring.warning.rule import Portfolio
from riskbench.monitoring.warning.sums import Floats

FINAL, FIRST_PAYMENT = "final", "fpd"
AGES = {FIRST_PAYMENT: "first payment missed", FINAL: "bad when matured"}
RIPENS = {"day": 0, "week": 1, "month": 3}  # days at the end of a cohort that need not be that old yet


SUMS_OF_BADS = ("n", "bad", "total", "squares")


@dataclass(frozen=True)
class Bads:
    """Loans that have reached an age, in spans of days: how many, how many of them bad, and sums of their PDs."""

    n: Floats
    bad: Floats
    total: Floats
    squares: Floats


def bads(look: Look, age: str, spans: Sequence[Span], segment: str = EVERYONE) -> Bads:
    """The loans of each span that have reached an age, as known at the look."""
    good, bad = (look.outcomes.of(OUTCOME + age, cell, spans, segment) for cell in ("good", "bad"))
    both = good + bad
    return Bads(both[:, 0], bad[:, 0], both[:, 1], both[:, 2])


def ripe(look: Look, age: str, period: Period) -> list[Span]:
    """The cohorts since the reference whose loans have reached an age. Raises NotEvaluated where none has."""
    days = look.outcomes.days(OUTCOME + age)
    if not days:
        raise NotEvaluated(no_outcomes(age))
    last = look.reference_days().last
    found = [
        span
        for span in whole(last + ONE, days[-1] + dt.timedelta(days=31), period)
        if span.last - dt.timedelta(days=RIPENS[period]) <= days[-1]
    ]
    if not found:
        raise NotEvaluated(f"no loan decided after {last} is old enough ({called(age)})")
    return found


def cohorts_of(look: Look, ages: Sequence[str], span: Span, segment: str = EVERYONE) -> Cohorts:
    """Each day of a span as a cohort, at each age that its loans have reached."""
    days = whole(span.first, span.last, "day")
    parts = [(age, bads(look, age, days, segment)) for age in ages]
    filled = [(age, of, of.n > 0) for age, of in parts]
    names = np.array([day.first.isoformat() for day in days])
    return Cohorts(
        np.concatenate([names[rows] for _, _, rows in filled]),
        np.concatenate([np.full(int(rows.sum()), age) for age, _, rows in filled]),
        *(np.concatenate([getattr(of, name)[rows] for _, of, rows in filled]) for name in SUMS_OF_BADS),
    )


def called(age: str) -> str:
    """An age in words.

    >>> called("fpd"), called("3")
    ('first payment missed', 'bad by month 3')
    """
    return AGES.get(age, f"bad by month {age}")


def no_outcomes(age: str) -> str:
    """Why nothing is said of an age that no loan has reached."""
    return f"no outcome is known yet ({called(age)})"


def unknown_ages(key: str, ages: Sequence[str], portfolio: Portfolio) -> Iterator[Fault]:
    """A fault for each age that loans of the study never have."""
    horizon = portfolio.study.outcome.horizon_months
    known = [FIRST_PAYMENT, *map(str, range(1, horizon + 1)), FINAL]
    for i, age in enumerate(ages):
        if age not in known:
            at = (key, i) if key == "ages" else (key,)
            yield Fault(at, f"there is no age {age}: it is fpd, a month on book from 1 to {horizon}, or final")
