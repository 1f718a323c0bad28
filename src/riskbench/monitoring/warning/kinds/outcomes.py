"""Bads beyond those that PDs let expect, added up from cohort to cohort."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.monitoring.charts.cusum import cusum
from riskbench.monitoring.charts.mean import Periods
from riskbench.monitoring.counts.table import OUTCOME
from riskbench.monitoring.warning.cohorts import FINAL, bads, called, ripe
from riskbench.monitoring.warning.cohorts import unknown_ages as unknown
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.rule import Judged, Portfolio, Stated, Subject, enough


class Outcomes(Stated):
    """A CUSUM of observed less expected bads, for odds of going bad `odds` times those expected at an `age`."""

    kind: Literal["outcomes"]
    age: str = FINAL
    odds: float = Field(default=1.5, gt=1, le=10)

    SEES: ClassVar[str] = "how loans pay"
    COUNTED: ClassVar[str] = OUTCOME + FINAL

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Ages are those of the study's outcome."""
        yield from super().against(portfolio)
        yield from unknown("age", [self.age], portfolio)

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Everyone, then the segments whose outcomes are known."""
        yield Subject()
        about = OUTCOME + self.age
        yield from (Subject(name) for column in self.segments for name in look.outcomes.segments(column, about))

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The CUSUM at the newest cohort that is old enough."""
        cohorts = ripe(look, self.age, self.period)
        now, before = (bads(look, self.age, of, subject.segment) for of in (cohorts, [look.reference_days()]))
        enough(look, float(now.n[-1]), cohorts[-1], "loans of that age")
        reference = (float(before.bad[0]), float(before.total[0])) if before.n[0] else None
        chart = cusum(now.bad, Periods(now.n, now.total, now.squares), once_in, reference, self.odds)
        point = chart.last
        if point.value is None or point.upper is None:
            raise NotEvaluated(point.reason)
        level = reference[0] / reference[1] if reference else 1.0
        text = (
            f"Of {int(now.n[-1]):,} loans decided in {cohorts[-1].told()}{subject.told}, {int(now.bad[-1])} were "
            f"{called(self.age)} and {level * now.total[-1]:.1f} were expected. Added up since the reference the "
            f"evidence for odds {self.odds:g} times as high is {point.value:.1f}; by chance it stays below "
            f"{point.upper:.1f}."
        )
        return Judged(point.signal, point.value, point.upper, int(now.n[-1]), cohorts[-1], text)
