"""A mean over applications against its reference, by an EWMA: what the mean score and the mean PD are."""

from typing import ClassVar

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.charts.mean import Periods, ewma
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.rule import Judged, Stated, Subject, enough
from riskbench.monitoring.warning.sentences import figure, judged_by


class Mean(Stated):
    """A mean that moves slowly adds up in an EWMA; `tolerance` is a shift that nobody would act on, in its unit."""

    tolerance: float = Field(default=0.0, ge=0)

    MEASURED: ClassVar[str] = ""
    UNIT: ClassVar[str] = ""

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The EWMA at the newest period, over all periods since the reference."""
        now = look.known.all(self.COUNTED, spans.later, subject.segment)
        before = look.reference.all(self.COUNTED, spans.reference, subject.segment)
        enough(look, float(now[-1, 0]), spans.newest)
        if not before[:, 0].sum():
            raise NotEvaluated(f"the reference does not tell {self.MEASURED.lower()}{subject.told}")
        chart = ewma(Periods(*now.T), Periods(*before.T), once_in, self.tolerance)
        own = figure(float(now[-1, 1] / now[-1, 0]), self.UNIT)
        what = f"{self.MEASURED}{subject.told} was {own}, and weighed with the periods before"
        return judged_by(chart, spans.newest, what, self.UNIT)
