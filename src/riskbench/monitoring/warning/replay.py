"""What would the rules have said, month by month? The months of a run after its reference, each as known at its end.

A look of the past knows the applications decided before it, and of loans what had become known by then. It is the same
look as that of a day of work: nothing in it was made for the replay.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.counts.baseline import UNDATED, Baseline
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.population.cut_month import cut_told
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.evaluate import readings
from riskbench.monitoring.warning.look import NO_DATES, Look
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.periods import ONE, end_of_month, whole
from riskbench.monitoring.warning.warnings import Warnings

Known = Callable[[dt.date], CountTable]
NO_LOOK = "no month could be looked at"


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


def replayed(warnings: Warnings, history: History, thresholds: Thresholds | None = None) -> list[Reading]:
    """The same, and no reading where there is no month to look at."""
    try:
        return replay(warnings, history, thresholds)
    except NotEvaluated:
        return []


def nothing_seen(warnings: Warnings, history: History, thresholds: Thresholds | None = None) -> list[Reading]:
    """Where no month could be looked at: what each rule says of the run's end, to tell why it cannot."""
    end = history.baseline.until or UNDATED
    at = dt.datetime.combine(end + ONE, dt.time(), dt.UTC)
    return readings(warnings, Look.at(Observed(at, history.baseline, history.counts), thresholds))


def ahead(
    warnings: Warnings, history: History, found: Sequence[Reading], thresholds: Thresholds | None = None
) -> Estimate:
    """How many readings of the look in the middle differ once everything later is taken away: it must be none."""
    method = "the look in the middle, taken again"
    if not found:
        return Estimate.missing(NO_LOOK, 0, method)
    moments = list(dict.fromkeys(reading.at for reading in found))
    at = moments[len(moments) // 2]
    before = history.counts.frame["day"] < pd.Timestamp(at.date())
    counts = CountTable.merged([CountTable(history.counts.frame[before]), history.outcomes(at.date() - ONE)])
    again = readings(warnings, Look.at(Observed(at, history.baseline, counts), thresholds))
    mine = [reading for reading in found if reading.at == at]
    return Estimate(sum(a != b for a, b in zip_longest(mine, again)), n=len(mine), method=method)


def month_ends(baseline: Baseline) -> list[dt.datetime]:
    """The first moment after each whole month between the reference and the last day of the run (UTC)."""
    last, end = baseline.last, baseline.until
    if last is None or end is None:
        raise NotEvaluated("the study has no decision dates, so that no past look can be repeated")
    if baseline.record.dated == "month":  # all applications of a month count on its first day
        last = end_of_month(last)
    months = whole(last + ONE, end, "month")
    if not months:
        raise NotEvaluated(f"the run has no whole month after its reference, which ends {last:%d %B %Y}")
    return [dt.datetime.combine(month.last + ONE, dt.time(), dt.UTC) for month in months]


def looked_told(baseline: Baseline) -> str:
    """Which months are looked at, in a sentence that follows from where the data end."""
    if baseline.last is None:
        return f"No month is looked at: {NO_DATES}."
    return f"Whole months are looked at.{cut_told(baseline.record.cut)}"


def month_of(reading: Reading) -> str:
    """The month at whose end a look was taken: 2026-03."""
    return f"{reading.at.date() - ONE:%Y-%m}"
