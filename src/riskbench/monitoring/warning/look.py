"""What was observed, laid out for rules: running sums beside the baseline's, and the spans that a look is about."""

import datetime as dt
from dataclasses import dataclass, field, replace

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import ACTION, SCORE, STOPPED, CountTable
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.periods import ONE, Period, Span, end_of_month, whole
from riskbench.monitoring.warning.sums import Sums

NO_BASELINE = "there is no baseline to hold it against"
NO_COUNTS = "no applications were counted"
NO_DATES = "the study has no decision dates"


@dataclass(frozen=True)
class Spans:
    """The whole periods of the reference, and those since that have ended; the newest of these is judged."""

    reference: list[Span]
    later: list[Span]

    @property
    def newest(self) -> Span:
        """The period that the look is about."""
        return self.later[-1]


@dataclass(frozen=True, eq=False)
class Look:
    """One moment, and all counts as running sums.

    `reference` counts the development sample, `known` what this model has decided and how loans turned out, `arrived`
    all applications of any model.
    """

    observed: Observed
    reference: Sums
    known: Sums
    arrived: Sums
    outcomes: Sums
    thresholds: Thresholds = field(default_factory=Thresholds)

    @classmethod
    def at(cls, observed: Observed, thresholds: Thresholds | None = None) -> "Look":
        """A look at what was observed."""
        baseline, counts = observed.baseline, observed.counts or CountTable.empty()
        known = Sums.of_table(_of_model(counts, baseline.model if baseline else ""))
        development = baseline.development if baseline else CountTable.empty()
        arrived = Sums.of_table(_arrived(counts, baseline))
        return cls(observed, Sums.of_table(development), known, arrived, known, thresholds or Thresholds())

    def later(self, observed: Observed, outcomes: CountTable) -> "Look":
        """The same counts at another moment, of which only what was known then is told, and the outcomes known then."""
        day = observed.at.date()
        of_then = Sums.of_table(outcomes)
        return replace(
            self, observed=observed, known=self.known.until(day), arrived=self.arrived.until(day), outcomes=of_then
        )

    @property
    def today(self) -> dt.date:
        """The day of the look; only days before it have ended."""
        return self.observed.at.date()

    def reference_days(self) -> Span:
        """The days of the reference. Raises NotEvaluated where there is none, or it has no dates."""
        baseline = self.observed.baseline
        if baseline is None:
            raise NotEvaluated(NO_BASELINE)
        if baseline.first is None or baseline.last is None:
            raise NotEvaluated(NO_DATES)
        if baseline.record.dated == "month":  # all applications of a month count on its first day
            return Span(baseline.first, end_of_month(baseline.last))
        return Span(baseline.first, baseline.last)

    def spans(self, period: Period) -> Spans:
        """The periods of a rule. Raises NotEvaluated where there are none, with the reason."""
        days, baseline = self.reference_days(), self.observed.baseline
        if self.observed.counts is None:
            raise NotEvaluated(NO_COUNTS)
        if period != "month" and baseline is not None and baseline.record.dated == "month":
            raise NotEvaluated(f"the run knows the month of a decision only, and the rule looks at each {period}")
        later = whole(days.last + ONE, self.today - ONE, period)
        if not later:
            raise NotEvaluated(f"no whole {period} has ended since the reference, which ends {days.last}")
        return Spans(whole(days.first, days.last, period), later)


def _of_model(counts: CountTable, model: str) -> CountTable:
    """Counts of one model, and those that are of none."""
    return CountTable(counts.frame[counts.frame["model"].isin([model, ""])]) if model else counts


def _arrived(counts: CountTable, baseline: Baseline | None) -> CountTable:
    """How many applications there were: to the last day of the reference by the baseline, then those counted.

    So that nobody counts twice where the counts hold the days of the reference as well.
    """
    counted = _volume(counts)
    if baseline is None or baseline.last is None:
        return CountTable.merged([CountTable(counted)])
    monthly = baseline.record.dated == "month"  # all applications of a month count on its first day
    last = pd.Timestamp(end_of_month(baseline.last) if monthly else baseline.last)
    before = _volume(baseline.everyone)
    return CountTable.merged([CountTable(before[before["day"] <= last]), CountTable(counted[counted["day"] > last])])


def _volume(counts: CountTable) -> pd.DataFrame:
    """Those decided by day, or scored where nothing was, and those of a stopped model."""
    frame = counts.frame
    subject = ACTION if (frame["subject"] == ACTION).any() else SCORE
    return frame[frame["subject"].isin([subject, STOPPED])].assign(subject=ARRIVED, cell="")


ARRIVED = "arrived"  # a subject of `arrived` alone: every application
