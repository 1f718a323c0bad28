"""Do young loans pay as loans of their age did at development? The first that can be known of changed odds."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.monitoring.charts.expectation import early_outcomes
from riskbench.monitoring.counts.table import OUTCOME
from riskbench.monitoring.warning.cohorts import bads, called, cohorts_of, no_outcomes
from riskbench.monitoring.warning.cohorts import unknown_ages as unknown
from riskbench.monitoring.warning.durations import Duration
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import ONE, Span
from riskbench.monitoring.warning.rule import Judged, Portfolio, Stated, Subject, enough
from riskbench.monitoring.warning.sentences import judged_by


class EarlyOutcomes(Stated):
    """Loans decided `within` a time before the look, each at the oldest of `ages` that it has reached.

    They are held against loans of the same ages at development, adjusted by their PDs. `tolerance` lets bads be that
    share more than expected.
    """

    kind: Literal["early_outcomes"]
    ages: list[str] = Field(min_length=1)
    within: Duration
    tolerance: float = Field(default=0.0, ge=0)

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Ages are those of the study's outcome, youngest first."""
        yield from super().against(portfolio)
        yield from unknown("ages", self.ages, portfolio)

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Everyone, then the segments whose outcomes are known."""
        yield Subject()
        about = OUTCOME + self.ages[0]
        yield from (Subject(name) for column in self.segments for name in look.outcomes.segments(column, about))

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """All young loans together."""
        reference = look.reference_days()
        first = max(look.today - self.within, reference.last + ONE)
        window = Span(first, look.today - ONE)
        n = max(float(bads(look, age, [window], subject.segment).n[0]) for age in self.ages)
        if not n and not any(look.outcomes.days(OUTCOME + age) for age in self.ages):
            raise NotEvaluated(no_outcomes(self.ages[0]))
        enough(look, n, window, "loans of that age")
        now, before = (cohorts_of(look, self.ages, of, subject.segment) for of in (window, reference))
        chart = early_outcomes(now, before, self.ages, once_in, self.tolerance)
        ages = ", ".join(map(called, self.ages))
        what = f"Bad so far{subject.told}, each loan by its age ({ages})"
        return judged_by(chart, window, what, cases="loans decided")

    SEES: ClassVar[str] = "how loans pay"
    COUNTED: ClassVar[str] = ""
