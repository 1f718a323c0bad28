"""How often a value lies outside of the range or the levels that a bundle asks for, and so goes to a person."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.monitoring.counts.table import OUTSIDE, PD
from riskbench.monitoring.warning.kinds.share import Share
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Portfolio, Subject, unknown_names
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
        """Each column that is checked. Raises NotEvaluated where the baseline does not say which these are."""
        baseline = look.observed.baseline
        checked = sorted({*(baseline.record.yardstick.checked if baseline else ()), *look.known.named(OUTSIDE)})
        if not checked:
            raise NotEvaluated("the baseline names no column whose values are checked")
        for column in self.columns or checked:
            if column not in checked:
                raise NotEvaluated(f"{column} has neither range nor levels that a decision checks")
            yield Subject(item=column, named="column")

    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """Outside, of all that were scored."""
        return sums.all(OUTSIDE + subject.item, spans)[:, 0], sums.all(PD, spans)[:, 0]
