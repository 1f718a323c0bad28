"""The bins of one feature: the rule from value to bin, the counts, the WoE, and how they are told.

A feature has its regular bins, one bin for each special value and one for missing, always: a value that was never
seen when the bins were fitted still has a place, and that place says so. WoE of the bins:

- a bin with goods and bads: ln(good share / bad share);
- a regular bin that lacks goods or lacks bads: the same, with half an observation in the empty cell;
- a missing or special bin: by its rule (see `scorecard/binning/apart.py`);
- a bin never seen: 0, the average risk. A level never seen belongs to "other", which is such a bin where no rare level
  was pooled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.results import LEVEL
from riskbench.data.coding import Coding
from riskbench.data.counts import Tally
from riskbench.metrics.intervals import wilson_bounds
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.binning.woe import shares

NEVER_SEEN = "never seen when fitted: WoE 0"
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FeatureBins:
    """Bins of one feature; arrays hold one entry a bin: regular bins, special values, missing.

    `groups` is the bin of each regular code of `coding`, `unseen` the bin of a level that the coding does not know.
    """

    name: str
    coding: Coding
    groups: Integers
    unseen: int
    labels: tuple[str, ...]
    goods: Tally
    bads: Tally
    woe: NDArray[np.float64]
    notes: tuple[str, ...]
    trend: str
    design_effect: float = 1.0
    edited: str = ""  # what was changed by hand, by whom and why; empty where nothing was

    @property
    def regular(self) -> int:
        """Number of regular bins; special bins and the missing one follow them."""
        return len(self.labels) - len(self.coding.specials) - 1

    @property
    def division(self) -> Division:
        """What the regular bins are, apart from any counts: cuts, or groups of levels."""
        if self.coding.kind == "numeric":
            return Division(cuts=tuple(self.coding.edges.tolist()))
        groups: list[list[str]] = [[] for _ in range(self.regular)]
        for level, position in zip(self.coding.levels, self.groups.tolist(), strict=True):
            groups[position].append(level)
        return Division(groups=tuple(map(tuple, groups)), rest=self.unseen)

    @property
    def cases(self) -> Tally:
        """Number of cases by bin, or the sum of their weights."""
        return self.goods + self.bads

    @property
    def information(self) -> NDArray[np.float64]:
        """Part of the information value by bin: (good share − bad share) · WoE as it is scored."""
        good, bad = shares(self.goods, self.bads, self.goods.sum(), self.bads.sum())
        return np.where(self.cases > 0, (good - bad) * self.woe, 0.0)

    @property
    def iv(self) -> float:
        """Information value of the feature; larger separates more."""
        return float(self.information.sum())

    def bin_of(self, column: pd.Series) -> Integers:
        """The bin of every row, as a position."""
        return self.take(column, np.arange(len(self.labels)))

    def take(self, column: pd.Series, values: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[Any]:
        """For every row the entry of `values`, one a bin, that belongs to its bin; into `out` where it is given."""
        apart = np.arange(self.regular, len(self.labels))
        bin_of_place = np.concatenate([self.groups, apart, [self.unseen]])
        return np.take(values[bin_of_place], self.coding.places(column), out=out, mode="clip")

    def table(self, level: float = LEVEL) -> pd.DataFrame:
        """One row a bin: counts, share, bad rate with Wilson's interval of confidence `level`, WoE, IV, note.

        Where cases have weights, counts are sums of weights, and the n of the interval is `cases / design_effect`:
        Kish's effective size, by the design effect of the whole sample. Weights all alike leave it that of the rows.
        """
        rate = np.divide(self.bads, self.cases, out=np.full(len(self.labels), np.nan), where=self.cases > 0)
        lower, upper = wilson_bounds(rate, self.cases / self.design_effect, level)
        return pd.DataFrame(
            {
                "bin": list(self.labels),
                "count": self.cases,
                "share": self.cases / self.cases.sum(),
                "goods": self.goods,
                "bads": self.bads,
                "bad_rate": rate,
                "bad_rate_lower": lower,
                "bad_rate_upper": upper,
                "woe": self.woe,
                "iv": self.information,
                "note": list(self.notes),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back to equal bins."""
        return {
            "kind": self.coding.kind,
            "cuts": self.coding.edges.tolist(),
            "levels": list(self.coding.levels),
            "specials": list(self.coding.specials),
            "groups": self.groups.tolist(),
            "unseen": self.unseen,
            "labels": list(self.labels),
            "goods": self.goods.tolist(),
            "bads": self.bads.tolist(),
            "woe": self.woe.tolist(),
            "notes": list(self.notes),
            "trend": self.trend,
            "design_effect": self.design_effect,
            "edited": self.edited,
        }

    @classmethod
    def from_dict(cls, name: str, data: Mapping[str, Any]) -> "FeatureBins":
        """The bins that `to_dict` wrote down."""
        specials = data["specials"]
        numeric = data["kind"] == "numeric"
        return cls(
            name=name,
            coding=Coding.numeric(data["cuts"], None, specials)
            if numeric
            else Coding.categorical(data["levels"], specials),
            groups=np.array(data["groups"], np.int64),
            unseen=int(data["unseen"]),
            labels=tuple(data["labels"]),
            goods=np.array(data["goods"]),
            bads=np.array(data["bads"]),
            woe=np.array(data["woe"], float),
            notes=tuple(data["notes"]),
            trend=data["trend"],
            design_effect=data.get("design_effect", 1.0),
            edited=data.get("edited", ""),
        )
