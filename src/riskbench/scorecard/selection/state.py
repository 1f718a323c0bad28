"""What the steps of the funnel share: the data, the limits, the facts found so far, and who has left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.selection.facts import Facts, first_facts
from riskbench.scorecard.woe_binning import WoeBinning

Reasons = dict[str, str]

COMBINATION = "its WoE is a combination of those of other candidates"


@dataclass(frozen=True)
class FunnelLimits:
    """The lines of thresholds.toml that the funnel reads, each at the end of its green."""

    missing: float
    dominant: float
    floor: float
    ceiling: float
    auc_alone: float
    csi: float
    correlation: float
    vif: float
    bads_each: float
    false_share: float
    p_value: float

    @classmethod
    def of(cls, thresholds: Thresholds) -> "FunnelLimits":
        """The limits in force."""
        first = ("missing_share", "dominant_share", "iv_floor", "iv_ceiling", "auc_alone", "csi", "correlation", "vif")
        lines = (*first, "bads_per_candidate", "false_share", "p_value")
        return cls(*(thresholds[f"features.{line}"].bound for line in lines))


@dataclass(eq=False)
class State:
    """A funnel on its way: `facts` are by name and candidate, `left_at` and `reasons` of those that are out.

    `target` is 0/1 by row of X, 1 = bad. What was asked for: `method` of the last step, `keep` by name whatever is
    found, `left_out` with a reason, `periods` of the rows, or None, and `max_features`, or None for any number.
    """

    X: pd.DataFrame
    target: NDArray[np.int64]
    binning: WoeBinning
    limits: FunnelLimits
    method: str = "backward"
    keep: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)
    periods: pd.Series | None = None
    max_features: int | None = None
    facts: Facts = field(init=False)
    reasons: Reasons = field(default_factory=dict)
    left_at: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.facts = first_facts(self.X, self.binning)

    @property
    def names(self) -> list[str]:
        """Every candidate, in the order of the binning."""
        return list(self.binning.features_)

    @property
    def left(self) -> list[str]:
        """The candidates still in."""
        return [name for name in self.names if name not in self.reasons]

    def codes(self, name: str) -> NDArray[np.int64]:
        """The bin of every row, of one candidate."""
        if name not in self._codes:
            self._codes[name] = self.binning.features_[name].bin_of(self.X[name])
        return self._codes[name]

    @cached_property
    def woe(self) -> pd.DataFrame:
        """The WoE of every row, of the candidates still in when it is first asked for."""
        columns = {name: self.binning.features_[name].woe[self.codes(name)] for name in self.left}
        return pd.DataFrame(columns, index=self.X.index)

    @cached_property
    def _correlation(self) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.nan_to_num(np.atleast_2d(np.corrcoef(self.woe.to_numpy(float), rowvar=False)))

    def correlation(self, names: list[str]) -> NDArray[np.float64]:
        """Correlation of the WoE of every two of some candidates; 0 for one without variation, even with itself."""
        if not names:
            return np.empty((0, 0))
        place = {name: at for at, name in enumerate(self.woe)}
        wanted = [place[name] for name in names]
        return self._correlation[np.ix_(wanted, wanted)]

    def varying(self, names: list[str]) -> list[str]:
        """Those of some candidates whose WoE varies."""
        return [name for name, own in zip(names, np.diag(self.correlation(names)), strict=True) if own > 0]

    def strongest_first(self, names: list[str]) -> list[str]:
        """Names kept by name first, then by information value."""
        return sorted(names, key=lambda name: (name not in self.keep, -self.facts["iv"][name]))

    def drop(self, step: str, found: Mapping[str, str]) -> None:
        """Candidates leave at a step, each with its reason; those kept by name only where no fit can hold them."""
        for name, reason in found.items():
            if name not in self.reasons and (name not in self.keep or reason == COMBINATION):
                self.reasons[name], self.left_at[name] = reason, step
