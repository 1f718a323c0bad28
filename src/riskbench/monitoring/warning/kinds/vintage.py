"""The bads of one cohort that has reached an age, against those that its PDs let expect."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from riskbench.core.written.faults import Fault
from riskbench.monitoring.charts.expectation import Cohorts, vintages
from riskbench.monitoring.counts.table import OUTCOME
from riskbench.monitoring.warning.cohorts import FINAL, bads, called, cohorts_of, ripe
from riskbench.monitoring.warning.cohorts import unknown_ages as unknown
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.rule import Judged, Portfolio, Stated, Subject, enough
from riskbench.monitoring.warning.sentences import judged_by


class Vintage(Stated):
    """The newest cohort whose loans have reached the `age`, alone. `tolerance` is a share more than expected."""

    kind: Literal["vintage"]
    age: str = FINAL
    tolerance: float = Field(default=0.0, ge=0)

    SEES: ClassVar[str] = "how loans pay"

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
        """The newest cohort."""
        cohort = ripe(look, self.age, self.period)[-1]
        now = bads(look, self.age, [cohort], subject.segment)
        enough(look, float(now.n[0]), cohort, "loans of that age")
        name, age = np.array([cohort.first.isoformat()]), np.array([self.age])
        current = Cohorts(name, age, now.n, now.bad, now.total, now.squares)
        before = cohorts_of(look, [self.age], look.reference_days(), subject.segment)
        chart = vintages(current, before, self.age, once_in, self.tolerance)
        return judged_by(chart, cohort, f"The share {called(self.age)}{subject.told}", cases="loans decided")
