"""What is asked of the bins of one feature: their number and size, their trend, and the cuts that must or must not be.

The parameters of a binning, as they hold for one feature with its counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskbench.data.counts import Tally
from riskbench.scorecard.binning.apart import ApartRule
from riskbench.scorecard.binning.imposed_cuts import NOTHING, Imposed
from riskbench.scorecard.binning.trends import Trend


@dataclass(frozen=True)
class Limits:
    """What regular bins must respect: number of bins, cases of a bin, goods and bads of it, WoE between neighbours."""

    max_bins: int
    min_cases: float
    min_class: float
    min_woe_difference: float = 0.0

    def allow(self, goods: Tally, bads: Tally) -> NDArray[np.bool_]:
        """Whether bins with these counts are large enough."""
        return (goods + bads >= self.min_cases) & (np.minimum(goods, bads) >= self.min_class)


@dataclass(frozen=True)
class Terms:
    """`limits` and `trend` of the regular bins; `missing` and `special`: the rules of these bins.

    `thin`: cases below which a missing or special bin has too little evidence; `rare`: those below which a level is
    pooled as "other"; `imposed`: forced and forbidden cuts.
    """

    limits: Limits
    trend: Trend
    thin: float
    rare: float = 0.0
    missing: ApartRule = "own"
    special: ApartRule = "own"
    imposed: Imposed = NOTHING

    def __str__(self) -> str:
        limits = self.limits
        return (
            f"trend {self.trend!r}, at most {limits.max_bins} bins, at least {limits.min_cases:.12g} cases in a bin "
            f"and {limits.min_woe_difference:g} of WoE between neighbours"
        )
