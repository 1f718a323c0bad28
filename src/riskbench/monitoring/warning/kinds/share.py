"""A share of applications against its reference, by a p-chart: what approval, overrides, and missing values are."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.charts.rate import p_chart
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Judged, Stated, Subject, enough
from riskbench.monitoring.warning.sentences import judged_by
from riskbench.monitoring.warning.sums import Floats, Sums


class Share(Stated):
    """A share of the applications of a period; `tolerance` is a difference of shares that nobody would act on."""

    tolerance: float = Field(default=0.0, ge=0, lt=1)

    MEASURED: ClassVar[str] = ""  # what the share is of, as a sentence begins

    @abstractmethod
    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """The part and the whole of each span."""

    def before(self, look: Look, spans: Spans, subject: Subject) -> tuple[Floats, Floats]:
        """Part and whole of the reference periods."""
        return self.counts(look.reference, spans.reference, subject)

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The share of the newest period."""
        part, whole = self.counts(look.known, [spans.newest], subject)
        enough(look, float(whole[0]), spans.newest)
        before = self.before(look, spans, subject)
        if not before[1].sum():
            raise NotEvaluated(f"the reference does not tell {self.MEASURED.lower()}{subject.told}")
        chart = p_chart(part, whole, before, once_in, self.tolerance)
        return judged_by(chart, spans.newest, self.MEASURED + subject.told)
