"""How many applications came."""

from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.charts.volume import volume_chart
from riskbench.monitoring.warning.look import ARRIVED, Look, Spans
from riskbench.monitoring.warning.periods import ONE, Period, Span, whole
from riskbench.monitoring.warning.rule import Judged, Stated, Subject

WINDOWS: dict[Period, int] = {"day": 28, "week": 8, "month": 3}  # periods before it that set the level


class Volume(Stated):
    """More or fewer applications came than the calendar and the periods before let expect; none at all is told too."""

    kind: Literal["volume"]
    tolerance: float = Field(default=0.0, ge=0)  # a share of what is expected

    SEES: ClassVar[str] = "who applies"
    COUNTED: ClassVar[str] = ARRIVED

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The count of the newest period."""
        last, window = spans.newest, WINDOWS[self.period]
        # what came between would change nothing but the length of the chart
        all_spans = [*spans.reference, *whole(spans.reference[-1].last + ONE, last.last, self.period)[-window - 1 :]]
        came = look.arrived.of(ARRIVED, "", all_spans, subject.segment)[:, 0]
        before = [span <= spans.reference[-1] for span in all_spans]
        if sum(before) <= window:
            raise NotEvaluated(f"the reference has {sum(before)} periods, and more than {window} are needed")
        chart = volume_chart(came, [self._season(span) for span in all_spans], before, once_in, window, self.tolerance)
        point = chart.last
        if point.value is None:
            raise NotEvaluated(point.reason)
        n = f"{point.n:,} applications" if point.n else "No application"
        limits = f"limits {_count(point.lower)} to {_count(point.upper)}"
        text = f"{n} came {last.when()}{subject.told}; expected {_count(point.centre)}, {limits}."
        beyond = point.upper if point.value > (point.centre or 0) else point.lower
        return Judged(point.signal, point.value, beyond, point.n, last, text, point.chance)

    def _season(self, span: Span) -> str:
        return f"{span.first:%A}" if self.period == "day" else "any"


def _count(value: float | None) -> str:
    return "none" if value is None else f"{max(value, 0):,.0f}"
