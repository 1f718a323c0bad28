"""The bad rate that PDs alone let expect, before any outcome is known. It cannot see that the odds have changed."""

from typing import ClassVar, Literal

from riskbench.monitoring.counts.table import PD
from riskbench.monitoring.warning.kinds.mean import Mean


class LabelFree(Mean):
    """The mean PD moves away from development's; `tolerance` is a difference of PDs.

    It says who applies, by the card. That the same applicant has become riskier shows in outcomes alone.
    """

    kind: Literal["label_free"]

    SEES: ClassVar[str] = "who applies"
    COUNTED: ClassVar[str] = PD
    MEASURED: ClassVar[str] = "The bad rate expected from PDs alone"
    UNIT: ClassVar[str] = "%"
