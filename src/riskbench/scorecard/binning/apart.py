"""Missing and special values stand apart: the rule by which their bins get a weight of evidence, and what is noted.

- "own": that of their own cases; where a bin is thin (fewer cases than the minimum, or no goods, or no bads), held
  between the WoE of the worst regular bin and 0. Too little evidence never earns points and never costs more than the
  worst value a customer could have named, so leaving a field empty cannot pay;
- "nearest": the WoE of the regular bin whose bad rate is nearest; "worst": that of the regular bin of least WoE;
  "average": 0. The bin keeps its line and its counts in the table, and its note names the rule and the bin.

A bin never seen has WoE 0, the average risk, unless its rule is "worst".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ApartRule = Literal["own", "nearest", "worst", "average"]
APART_RULES: tuple[ApartRule, ...] = ("own", "nearest", "worst", "average")


@dataclass(frozen=True, eq=False)
class RegularBins:
    """The regular bins that have cases, by which the rules go: label, bad rate and WoE of each.

    `thin`: cases below which a missing or special bin has too little evidence of its own.
    """

    labels: Sequence[str]
    rates: NDArray[np.float64]
    woe: NDArray[np.float64]
    thin: float

    def lend(self, rule: ApartRule, goods: float, bads: float, own: float) -> tuple[float, str] | None:
        """WoE and note that the rule gives a bin with these cases; None where it keeps the WoE that is its `own`.

        >>> bins = RegularBins(["< 8", ">= 8"], np.array([0.1, 0.4]), np.array([1.0, -0.8]), thin=30)
        >>> bins.lend("nearest", goods=20, bads=10, own=-0.5)  # a bad rate of .33
        (-0.8, 'WoE of the bin of the nearest bad rate by rule: >= 8')
        >>> bins.lend("own", goods=2, bads=9, own=-2.3)
        (-0.8, "thin (11 cases): WoE held between the worst bin's and 0")
        """
        cases = goods + bads
        if rule == "average":
            return 0.0, "average risk by rule: WoE 0"
        if rule == "own":
            if not cases or (goods and bads and cases >= self.thin):
                return None
            worst = min(0.0, float(self.woe.min(initial=0.0)))
            return float(np.clip(own, worst, 0.0)), f"thin ({cases:.12g} cases): WoE held between the worst bin's and 0"
        if not len(self.labels) or (rule == "nearest" and not cases):
            return None
        if rule == "worst":
            return self._woe_of(int(np.argmin(self.woe)), "worst bin")
        return self._woe_of(int(np.argmin(np.abs(self.rates - bads / cases))), "bin of the nearest bad rate")

    def _woe_of(self, place: int, told: str) -> tuple[float, str]:
        return float(self.woe[place]), f"WoE of the {told} by rule: {self.labels[place]}"
