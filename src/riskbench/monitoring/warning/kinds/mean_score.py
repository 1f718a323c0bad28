"""The mean score of all applications."""

from typing import ClassVar, Literal

from riskbench.monitoring.counts.table import SCORE
from riskbench.monitoring.warning.kinds.mean import Mean


class MeanScore(Mean):
    """The mean score moves away from development's; `tolerance` in points."""

    kind: Literal["mean_score"]

    SEES: ClassVar[str] = "who applies"
    COUNTED: ClassVar[str] = SCORE
    MEASURED: ClassVar[str] = "The mean score"
    UNIT: ClassVar[str] = "points"
