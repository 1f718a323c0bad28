"""Has the population moved? PSI of the score, or CSI of the features, above what chance reaches and what matters."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault, broken
from riskbench.monitoring.charts.stability import drifted, psi_chart, psi_p_values
from riskbench.monitoring.counts.table import FEATURE, SCORE
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import DAYS
from riskbench.monitoring.warning.rule import (
    Chance,
    Charted,
    FalseAlarm,
    Judged,
    Portfolio,
    Subject,
    enough,
    once_in,
    unknown_names,
)
from riskbench.monitoring.warning.sentences import figure
from riskbench.monitoring.warning.sums import Floats

PSI = "monitoring.psi"  # the threshold whose green end is the floor


class Found(NamedTuple):
    """Of one feature at a look: p-value, PSI, how many cases, and at most how likely it is to signal by itself."""

    p: float
    psi: float
    n: int
    chance: float | None


class Drift(Charted):
    """PSI of the score by a chart of its own, or of many features at once by the false discovery rate `q`.

    In a look at which nothing moved, the chance of any discovery is `q`: once in 1/q looks. `floor` is the least PSI
    that matters; without it, it is that of the thresholds. `without` names features that a rule of their own watches,
    or that nobody would act on.
    """

    kind: Literal["drift"]
    of: Literal["score", "features"]
    features: list[str] = Field(default_factory=list)
    without: list[str] = Field(default_factory=list)
    false_alarm: FalseAlarm | None = None
    q: float | None = Field(default=None, gt=0, lt=0.5)
    floor: float | None = Field(default=None, ge=0)

    SEES: ClassVar[str] = "who applies"
    COUNTED: ClassVar[str] = SCORE

    @model_validator(mode="after")
    def _states_how_often(self) -> Self:
        needs, other = ("false_alarm", "q") if self.of == "score" else ("q", "false_alarm")
        if getattr(self, needs) is None:
            raise broken(f"drift of the {self.of} states how often it rings by {needs}: it is missing", "of")
        if getattr(self, other) is not None:
            raise broken(f"drift of the {self.of} states how often it rings by {needs}. What to do: remove it", other)
        if (self.features or self.without) and self.of == "score":
            raise broken("drift of the score names no features. What to do: remove them, or write of: features", "of")
        if self.features and self.without:
            raise broken("features and without are two ways to say the same. What to do: keep one of them", "without")
        return self

    @property
    def looks(self) -> float:
        """As stated, or 1/q."""
        return once_in(self.false_alarm) if self.false_alarm else 1 / (self.q or 1)

    @property
    def chance(self) -> Chance:
        """As stated, and a bound: PSI must reach the floor as well, which chance rarely does."""
        return Chance(self.looks, DAYS[self.period], at_most=self.floor != 0)

    def at_a_look(self, chances: Iterable[float]) -> float:
        """Of features at most their sum, and at most the q that holds for all of them together."""
        together = super().at_a_look(chances)
        return together if self.q is None else min(self.q, together)

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Features are those of the study."""
        yield from super().against(portfolio)
        study = portfolio.study
        for key in ("features", "without"):
            yield from unknown_names(key, getattr(self, key), [*study.raw_candidates, *study.features], "feature")

    def subjects(self, look: Look) -> Iterator[Subject]:
        """The score or each feature, for everyone and for each segment."""
        if self.of == "score":
            yield from super().subjects(look)
            return
        counted = look.reference.named(FEATURE)
        if not counted:
            raise NotEvaluated("the baseline counts no feature")
        asked = self.features or [name for name in counted if name not in self.without]
        if not asked:
            raise NotEvaluated("no feature is left to look at")
        for everyone in super().subjects(look):
            for name in asked:
                known = everyone.known and name in counted
                yield Subject(everyone.segment, name, "feature", known)

    def readings(self, look: Look, spans: Spans, subjects: Sequence[Subject]) -> list[Reading]:
        """Features are judged together, the score alone."""
        if self.of == "score":
            return super().readings(look, spans, subjects)
        floor = self._floor(look)
        found: dict[Subject, Found | str] = {}
        for subject in subjects:
            try:
                now, before = self._cells(look, spans, subject)
                p = float(psi_p_values(now, before)[0])
                point = psi_chart(now, before, self.looks, floor).last  # of a signal it asks for no more than q
                found[subject] = Found(p, point.value or 0.0, point.n, point.chance)
            except NotEvaluated as lack:
                found[subject] = str(lack)
        told = {subject: of for subject, of in found.items() if not isinstance(of, str)}
        which, adjusted = np.zeros(0, bool), np.zeros(0)
        if told:
            p_values, values = zip(*((of.p, of.psi) for of in told.values()), strict=True)
            which, adjusted = drifted(p_values, values, 1 / self.looks, floor)
        verdicts = dict(zip(told, zip(which, adjusted, strict=True), strict=True))
        return [self._reading(look, spans, subject, found[subject], verdicts.get(subject)) for subject in subjects]

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The PSI of the score in the newest period."""
        now, before = self._cells(look, spans, subject)
        chart = psi_chart(now, before, once_in, self._floor(look))
        point = chart.last
        if point.value is None or point.upper is None:
            raise NotEvaluated(point.reason)
        text = (
            f"The PSI of the score{subject.told} was {figure(point.value)} over {point.n:,} applications "
            f"{spans.newest.when()}; the limit is {figure(point.upper)}."
        )
        return Judged(point.signal, point.value, point.upper, point.n, spans.newest, text, point.chance)

    def _reading(
        self,
        look: Look,
        spans: Spans,
        subject: Subject,
        found: Found | str,
        verdict: tuple[bool, float] | None,
    ) -> Reading:
        span = spans.newest
        if isinstance(found, str) or verdict is None:
            reason = found if isinstance(found, str) else "it needs two cells"
            return self.lacking(look, reason, subject.about, first=span.first, last=span.last)
        moved, adjusted = verdict
        if np.isnan(adjusted):
            return self.lacking(look, "it needs two cells with cases", subject.about, first=span.first, last=span.last)
        chance = "below .0001" if adjusted < 1e-4 else f"{adjusted:.4f}"
        text = (
            f"The CSI{subject.told} was {figure(found.psi)} over {found.n:,} applications {span.when()}, p {chance}; a "
            f"signal needs {figure(self._floor(look))}, and p at most {self.q:g} once adjusted for all features asked."
        )
        judged = Judged(bool(moved), found.psi, self._floor(look), found.n, span, text, found.chance)
        return self.told(look, subject, judged)

    def _cells(self, look: Look, spans: Spans, subject: Subject) -> tuple[Floats, Floats]:
        """Counts by cell: of the newest period (1, cells), and of the periods of the reference."""
        about = FEATURE + subject.item if subject.item else SCORE
        if not subject.known:
            raise NotEvaluated(f"the reference does not tell the cells{subject.told}")
        names = sorted({*look.reference.cells(about, subject.segment), *look.known.cells(about, subject.segment)})
        now, before = (
            np.column_stack([sums.of(about, name, of, subject.segment)[:, 0] for name in names]).reshape(len(of), -1)
            if names
            else np.zeros((len(of), 0))
            for sums, of in ((look.known, [spans.newest]), (look.reference, spans.reference))
        )
        enough(look, float(now.sum()), spans.newest)
        if not before.sum():
            raise NotEvaluated(f"the reference has no applications{subject.told}")
        return now, before

    def _floor(self, look: Look) -> float:
        return look.thresholds[PSI].bound if self.floor is None else self.floor
