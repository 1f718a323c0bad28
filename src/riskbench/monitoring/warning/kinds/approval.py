"""The share of applications that the policy approves, limited ones included."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from riskbench.decision.policy.section import LENDING
from riskbench.monitoring.counts.table import ACTION
from riskbench.monitoring.warning.kinds.share import Share
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Subject
from riskbench.monitoring.warning.sums import Floats, Sums


class Approval(Share):
    """More or fewer are approved than the reference lets expect: the policy, the data or the applicants changed."""

    kind: Literal["approval"]

    SEES: ClassVar[str] = "what is decided"
    COUNTED: ClassVar[str] = ACTION
    MEASURED: ClassVar[str] = "The share approved"

    def counts(self, sums: Sums, spans: Sequence[Span], subject: Subject) -> tuple[Floats, Floats]:
        """Approved or limited, of all decided."""
        lent = np.sum([sums.of(ACTION, action, spans, subject.segment)[:, 0] for action in LENDING], axis=0)
        return lent, sums.all(ACTION, spans, subject.segment)[:, 0]
