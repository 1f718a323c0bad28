"""Do young loans pay as loans of their age did at development? The first that can be known of changed odds."""

from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.charts.expectation import early_outcomes
from riskbench.monitoring.counts.table import OUTCOME
from riskbench.monitoring.warning.cohorts import bads, called, cohorts_of, no_outcomes
from riskbench.monitoring.warning.durations import Duration
from riskbench.monitoring.warning.kinds.paying import Paying
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import ONE, Span
from riskbench.monitoring.warning.rule import Judged, Subject, enough
from riskbench.monitoring.warning.sentences import judged_by


class EarlyOutcomes(Paying):
    """Loans decided `within` a time before the look, each at the oldest of `ages` that it has reached.

    They are held against loans of the same ages at development, adjusted by their PDs. `tolerance` lets bads be that
    share more than expected.
    """

    kind: Literal["early_outcomes"]
    ages: list[str] = Field(min_length=1)
    within: Duration

    AGES: ClassVar[str] = "ages"

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
