"""The bins of one feature: the rule from value to bin, the counts, the WoE, and how they are told.

A feature has its regular bins, one bin for each special value and one for missing, always: a value that was never
seen when the bins were fitted still has a place, and that place says so. WoE of the bins:

- a bin with goods and bads: ln(good share / bad share);
- a regular bin that lacks goods or lacks bads: the same, with half an observation in the empty cell;
- a missing or special bin that is thin (fewer than the minimum of cases, or no goods, or no bads): the same, held
  between the WoE of the worst regular bin and 0. Too little evidence never earns points and never costs more than the
  worst value a customer could have named, so leaving a field empty cannot pay;
- a bin never seen: 0, the average risk. A level never seen belongs to "other", which is such a bin where no rare level
  was pooled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.data.counts import UNSEEN, Coding
from riskbench.metrics.intervals import wilson
from riskbench.scorecard.woe import shares, woe

OTHER = "other"
MISSING = "missing"
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
    goods: Integers
    bads: Integers
    woe: NDArray[np.float64]
    notes: tuple[str, ...]
    trend: str
    edited: str = ""  # what was changed by hand, by whom and why; empty where nothing was

    @property
    def cases(self) -> Integers:
        """Number of cases by bin."""
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
        codes = self.coding.codes(column)
        regular = self.coding.regular
        apart = np.arange(len(self.labels) - len(self.coding.specials) - 1, len(self.labels))
        lookup = np.concatenate([self.groups[:regular], apart, [self.unseen]])
        return lookup[codes]  # UNSEEN is -1: the last entry

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """One row a bin: counts, share, bad rate with Wilson's interval of confidence `level`, WoE, IV, note."""
        intervals = [wilson(int(bad), int(n), level) for bad, n in zip(self.bads, self.cases, strict=True)]
        return pd.DataFrame(
            {
                "bin": list(self.labels),
                "count": self.cases,
                "share": self.cases / self.cases.sum(),
                "goods": self.goods,
                "bads": self.bads,
                "bad_rate": np.array([e.value for e in intervals], float),
                "bad_rate_lower": np.array([e.lower for e in intervals], float),
                "bad_rate_upper": np.array([e.upper for e in intervals], float),
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
            goods=np.array(data["goods"], np.int64),
            bads=np.array(data["bads"], np.int64),
            woe=np.array(data["woe"], float),
            notes=tuple(data["notes"]),
            trend=data["trend"],
            edited=data.get("edited", ""),
        )


def describe(
    name: str,
    coding: Coding,
    groups: Sequence[int] | Integers,
    labels: Sequence[str],
    goods: Integers,
    bads: Integers,
    *,
    unseen: int = UNSEEN,
    thin: int,
    trend: str,
) -> FeatureBins:
    """The bins with their WoE and notes, by the rules at the top; `labels` name the regular bins."""
    regular = len(labels)
    weights = woe(goods, bads, int(goods.sum()), int(bads.sum()))
    seen = goods + bads > 0
    pure = np.minimum(goods, bads) == 0
    is_thin = seen & (pure | (goods + bads < thin)) & (np.arange(len(goods)) >= regular)
    weights[~seen] = 0.0
    worst = min(0.0, float(weights[:regular].min())) if regular else 0.0
    weights[is_thin] = np.clip(weights[is_thin], worst, 0.0)
    notes = []
    for position, n in enumerate(goods + bads):
        if not n:
            notes.append("never seen when fitted: WoE 0")
        elif is_thin[position]:
            notes.append(f"thin ({n} cases): WoE held between the worst bin's and 0")
        elif pure[position]:
            notes.append("one class only: half an observation assumed in the empty cell")
        else:
            notes.append("")
    names = (
        *labels,
        *(f"= {special}" if isinstance(special, str) else f"= {special:g}" for special in coding.specials),
        MISSING,
    )
    return FeatureBins(
        name, coding, np.asarray(groups, np.int64), unseen, names, goods, bads, weights, tuple(notes), trend
    )


def interval_labels(cuts: Sequence[float]) -> list[str]:
    """Names of the intervals between cuts, each of which belongs to the interval on its right.

    >>> interval_labels([8, 16])
    ['< 8', '8 to < 16', '>= 16']
    """
    if not len(cuts):
        return ["all values"]
    text = [f"{cut:.15g}" for cut in cuts]
    return [f"< {text[0]}", *(f"{a} to < {b}" for a, b in pairwise(text)), f">= {text[-1]}"]


def round_cut(below: float, edge: float) -> float:
    """The roundest number in (below, edge], near the middle: it parts the same values and is easier to read.

    >>> round_cut(7, 8), round_cut(999.3, 1042.7), round_cut(0.1234, 0.1237), round_cut(-3, 5)
    (8.0, 1000.0, 0.1236, 0.0)
    """
    if not edge > below:  # unknown, or equal
        return float(edge)
    middle = below + (edge - below) / 2
    largest = int(np.ceil(np.log10(max(abs(below), abs(edge), 1e-300))))
    for digits in range(-min(largest, 300), 300):
        step = 10.0**-digits
        for multiple in (np.ceil(middle / step), np.floor(middle / step)):
            cut = round(float(multiple) * step, digits)
            if below < cut <= edge:
                return cut + 0.0  # no negative zero
        if step < (edge - below) / 100:
            break
    return float(edge)
