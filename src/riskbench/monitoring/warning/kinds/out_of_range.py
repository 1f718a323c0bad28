"""How often a value lies outside of all that the card was built on."""

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
    """A column lies below, above or at a level that development never held, more often than chance explains.

    Of everyone: counts of values outside are not told by segment where `segments` asks for them.
    """

    kind: Literal["out_of_range"]
    columns: list[str] = Field(default_factory=list)

    SEES: ClassVar[str] = "what arrives"
    MEASURED: ClassVar[str] = "The share outside of development's range"

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Columns are those that may enter a card."""
        yield from super().against(portfolio)
        study = portfolio.study
        yield from unknown_names("columns", self.columns, [*study.raw_candidates, *study.features], "column")

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Each column. Raises NotEvaluated where nothing says which values were outside."""
        told = look.known.named(OUTSIDE)
        if not told:
            raise NotEvaluated("no value outside was counted: a log of decisions tells them, a run does not")
        yield from (Subject(item=column, named="column") for column in self.columns or told)

    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """Outside, of all that were scored."""
        return sums.all(OUTSIDE + subject.item, spans)[:, 0], sums.all(PD, spans)[:, 0]
