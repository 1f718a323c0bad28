"""How often a value lies outside of the range or the levels that a bundle asks for, and so goes to a person."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.monitoring.counts.table import OUTSIDE, PD
from riskbench.monitoring.warning.kinds.share import Share
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Judged, Portfolio, Subject, unknown_names
from riskbench.monitoring.warning.sums import Floats, Sums


class OutOfRange(Share):
    """A column lies outside of the range or the levels that a bundle asks for, more often than chance explains.

    A column without a count had no value outside. Of everyone: counts of values outside are not told by segment where
    `segments` asks for them.
    """

    kind: Literal["out_of_range"]
    columns: list[str] = Field(default_factory=list)

    SEES: ClassVar[str] = "what arrives"
    MEASURED: ClassVar[str] = "The share outside the stated range"

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Columns are those that may enter a card."""
        yield from super().against(portfolio)
        study = portfolio.study
        yield from unknown_names("columns", self.columns, [*study.raw_candidates, *study.features], "column")

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Each column. Raises NotEvaluated where neither the rule nor the baseline names one."""
        columns = self.columns or _checked(look)
        if not columns:
            raise NotEvaluated("the baseline names no column whose values are checked")
        yield from (Subject(item=column, named="column") for column in columns)

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """As every share. Raises NotEvaluated for a column that no decision checks."""
        baseline = look.observed.baseline
        if baseline and baseline.record.yardstick.checked and subject.item not in _checked(look):
            raise NotEvaluated(f"{subject.item} has neither range nor levels that a decision checks")
        return super().judged(look, spans, subject, once_in)

    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """Outside, of all that were scored."""
        return sums.all(OUTSIDE + subject.item, spans)[:, 0], sums.all(PD, spans)[:, 0]


def _checked(look: Look) -> list[str]:
    """The columns that a decision checks: by the baseline, which may be older than such names, or seen outside."""
    baseline = look.observed.baseline
    return sorted({*(baseline.record.yardstick.checked if baseline else ()), *look.known.named(OUTSIDE)})
