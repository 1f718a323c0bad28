"""How often a column is missing."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.monitoring.counts.table import MISSING
from riskbench.monitoring.warning.kinds.share import Share
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Portfolio, Subject, unknown_names
from riskbench.monitoring.warning.sums import Floats, Sums


class NullRate(Share):
    """A column is missing more or less often than at development. Without `columns` all that are watched are asked."""

    kind: Literal["null_rate"]
    columns: list[str] = Field(default_factory=list)

    SEES: ClassVar[str] = "what arrives"
    MEASURED: ClassVar[str] = "The share missing"

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Columns are those that may enter a card."""
        yield from super().against(portfolio)
        study = portfolio.study
        yield from unknown_names("columns", self.columns, [*study.raw_candidates, *study.features], "column")

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Each column, for everyone and for each segment."""
        watched = look.reference.named(MISSING)
        if not watched:
            raise NotEvaluated("the baseline watches no column for missing values")
        for column in self.columns or watched:
            if column not in watched:
                raise NotEvaluated(f"the baseline does not watch {column}: neither card nor policy reads it")
            yield Subject(item=column, named="column")
            for of in self.segments:
                names = look.reference.segments(of, MISSING + column)
                yield from (Subject(name, column, "column") for name in names)

    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """Missing, of all applications."""
        about = MISSING + subject.item
        missing = sums.of(about, "missing", spans, subject.segment)[:, 0]
        return missing, sums.all(about, spans, subject.segment)[:, 0]
