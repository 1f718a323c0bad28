"""What would the rules have said, month by month? The months of a run after its reference, each as known at its end.

A look of the past knows the applications decided before it, and of loans what had become known by then. It is the same
look as that of a day of work: nothing in it was made for the replay.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.evaluate import readings
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.periods import ONE, end_of_month, whole
from riskbench.monitoring.warning.warnings import Warnings

Known = Callable[[dt.date], CountTable]


@dataclass(frozen=True, eq=False)
class History:
    """What a run knows: its baseline, counts of everybody since, and the outcomes known at the end of a day."""

    baseline: Baseline
    counts: CountTable
    outcomes: Known


def replay(warnings: Warnings, history: History, thresholds: Thresholds | None = None) -> list[Reading]:
    """The readings of all rules at the end of each month after the reference, in time's order.

    Raises NotEvaluated where the run has no dates, or no whole month after its reference.
    """
    moments = month_ends(history.baseline)
    before = CountTable(history.counts.frame[history.counts.frame["day"] < pd.Timestamp(moments[-1].date())])
    whole_look = Look.at(Observed(moments[-1], history.baseline, before), thresholds)
    found: list[Reading] = []
    for at in moments:
        look = whole_look.later(replace(whole_look.observed, at=at), history.outcomes(at.date() - ONE))
        found += readings(warnings, look)
    return found


def month_ends(baseline: Baseline) -> list[dt.datetime]:
    """The first moment after each whole month between the reference and the last day of the run (UTC)."""
    last, end = baseline.last, baseline.record.end
    if last is None or end is None:
        raise NotEvaluated("the study has no decision dates, so that no past look can be repeated")
    if baseline.record.dated == "month":  # all applications of a month count on its first day
        last, end = end_of_month(last), end_of_month(end)
    months = whole(last + ONE, end, "month")
    if not months:
        raise NotEvaluated(f"the run has no whole month after its reference, which ends {last:%d %B %Y}")
    return [dt.datetime.combine(month.last + ONE, dt.time(), dt.UTC) for month in months]


def month_of(reading: Reading) -> str:
    """The month at whose end a look was taken: 2026-03."""
    return f"{reading.at.date() - ONE:%Y-%m}"
