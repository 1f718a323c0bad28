"""What rules on how loans pay share: the ages that they ask at, and of whom outcomes are known."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from riskbench.core.written.faults import Fault
from riskbench.monitoring.counts.table import OUTCOME
from riskbench.monitoring.warning.cohorts import unknown_ages
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Portfolio, Stated, Subject


class Paying(Stated):
    """A rule on the outcomes of loans; `tolerance` is a share more than expected that nobody would act on."""

    tolerance: float = Field(default=0.0, ge=0)

    SEES: ClassVar[str] = "how loans pay"
    AGES: ClassVar[str] = "age"  # the key that names the age, or the ages, youngest first

    @property
    def asked(self) -> list[str]:
        """The ages, youngest first."""
        named = getattr(self, self.AGES)
        return [named] if isinstance(named, str) else named

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Ages are those of the study's outcome."""
        yield from super().against(portfolio)
        yield from unknown_ages(self.AGES, self.asked, portfolio)

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Everyone, then the segments whose outcomes are known."""
        yield Subject()
        about = OUTCOME + self.asked[0]
        yield from (Subject(name) for column in self.segments for name in look.outcomes.segments(column, about))
