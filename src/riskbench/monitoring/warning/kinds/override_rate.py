"""How often people decide otherwise than the policy did."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.counts.table import ACTION, OVERRIDE
from riskbench.monitoring.warning.kinds.share import Share
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Judged, Subject
from riskbench.monitoring.warning.sums import Floats, Sums

NONE_COUNTED = (
    "no override has been counted: the log of decisions tells them, "
    "and what was decided before this policy was in use is no override of it"
)
CERTAIN = 1e6  # cases that an expected share counts for: none of its own error


class OverrideRate(Share):
    """Overrides are more or fewer than usual. A run knows of none, so `expected` is the share that is agreed on."""

    kind: Literal["override_rate"]
    expected: float | None = Field(default=None, ge=0, lt=1)

    SEES: ClassVar[str] = "what is decided"
    COUNTED: ClassVar[str] = ACTION
    MEASURED: ClassVar[str] = "The share overridden"

    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """Overridden, of all decided."""
        decided = sums.all(ACTION, spans, subject.segment)[:, 0]
        return np.minimum(sums.all(OVERRIDE, spans, subject.segment)[:, 0], decided), decided

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """As every share; but where none was ever counted, nothing says that none happened."""
        if not look.known.cells(OVERRIDE):
            raise NotEvaluated(NONE_COUNTED)
        return super().judged(look, spans, subject, once_in)

    def before(self, look: Look, spans: Spans, subject: Subject) -> tuple[Floats, Floats]:
        """The share that was agreed on, or the reference's."""
        if self.expected is not None:
            return np.array([round(self.expected * CERTAIN)]), np.array([CERTAIN])
        if not look.reference.cells(OVERRIDE):
            raise NotEvaluated("the reference knows of no overrides. What to do: give the rule the share expected")
        return super().before(look, spans, subject)
