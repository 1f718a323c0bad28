"""The bins of one feature: the rule from value to bin, the counts, the WoE, and how they are told.

A feature has its regular bins, one bin for each special value and one for missing, always: a value that was never
seen when the bins were fitted still has a place, and that place says so. WoE of the bins:

- a bin with goods and bads: ln(good share / bad share);
- a regular bin that lacks goods or lacks bads: the same, with half an observation in the empty cell;
- a missing or special bin, by its rule:
  - "own": as above; where it is thin (fewer than the minimum of cases, or no goods, or no bads), held between the WoE
    of the worst regular bin and 0. Too little evidence never earns points and never costs more than the worst value a
    customer could have named, so leaving a field empty cannot pay;
  - "nearest": the WoE of the regular bin whose bad rate is nearest; "worst": that of the regular bin of least WoE;
    "average": 0. The bin keeps its line and its counts in the table, and its note names the rule and the bin;
- a bin never seen: 0, the average risk, unless its rule is "worst". A level never seen belongs to "other", which is
  such a bin where no rare level was pooled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.data.coding import UNSEEN, Coding
from riskbench.data.counts import Tally
from riskbench.metrics.intervals import wilson_bounds
from riskbench.scorecard.binning.woe import shares, woe

OTHER = "other"
MISSING = "missing"
BY_BAD_RATE = "by bad rate"  # the trend of a category, whose bins are in that order
NEVER_SEEN = "never seen when fitted: WoE 0"
ApartRule = Literal["own", "nearest", "worst", "average"]
APART_RULES: tuple[ApartRule, ...] = ("own", "nearest", "worst", "average")
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

    def table(self, level: float = 0.95) -> pd.DataFrame:
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


def describe(
    name: str,
    coding: Coding,
    groups: Sequence[int] | Integers,
    labels: Sequence[str],
    goods: Tally,
    bads: Tally,
    *,
    unseen: int = UNSEEN,
    thin: float,
    trend: str,
    design_effect: float = 1.0,
    missing: ApartRule = "own",
    special: ApartRule = "own",
) -> FeatureBins:
    """The bins with their WoE and notes, by the rules at the top; `labels` name the regular bins.

    `missing` and `special` are the rules of these bins; `thin`: cases below which they have too little evidence.
    """
    names = (
        *(_level_label(label, own=position != unseen) for position, label in enumerate(labels)),
        *(f"= {special}" if isinstance(special, str) else f"= {special:g}" for special in coding.specials),
        MISSING,
    )
    weights = woe(goods, bads, goods.sum(), bads.sum())
    weights[goods + bads == 0] = 0.0
    notes = [_note(good, bad) for good, bad in zip(goods, bads, strict=True)]
    rules: list[ApartRule] = [*[special] * len(coding.specials), missing]
    own = weights.copy()
    for position, rule in enumerate(rules, start=len(labels)):
        held = _apart(rule, own, goods, bads, names, position, len(labels), thin)
        weights[position], notes[position] = held or (own[position], notes[position])
    return FeatureBins(
        name,
        coding,
        np.asarray(groups, np.int64),
        unseen,
        names,
        goods,
        bads,
        weights,
        tuple(notes),
        trend,
        design_effect,
    )


def _level_label(label: str, *, own: bool) -> str:
    """A label that cannot be taken for that of the missing bin or, where a level has a bin of its `own`, of "other"."""
    return f"level {label!r}" if label == MISSING or (label == OTHER and own) else label


def _note(goods: float, bads: float) -> str:
    if not goods + bads:
        return NEVER_SEEN
    return "" if goods and bads else "one class only: half an observation assumed in the empty cell"


def _apart(
    rule: ApartRule,
    own: NDArray[np.float64],
    goods: Tally,
    bads: Tally,
    names: Sequence[str],
    position: int,
    regular: int,
    thin: float,
) -> tuple[float, str] | None:
    """WoE and note of a missing or special bin by its rule; None where it keeps its own."""
    cases = goods + bads
    seen = np.flatnonzero(cases[:regular] > 0)
    if rule == "average":
        return 0.0, "average risk by rule: WoE 0"
    if rule == "own":
        if not cases[position] or (goods[position] and bads[position] and cases[position] >= thin):
            return None
        worst = min(0.0, float(own[seen].min(initial=0.0)))
        told = f"thin ({cases[position]:.12g} cases): WoE held between the worst bin's and 0"
        return float(np.clip(own[position], worst, 0.0)), told
    if not len(seen) or (rule == "nearest" and not cases[position]):
        return None
    if rule == "worst":
        taken = int(seen[np.argmin(own[seen])])
    else:
        rate = bads[position] / cases[position]
        taken = int(seen[np.argmin(np.abs(bads[seen] / cases[seen] - rate))])
    told = "worst bin" if rule == "worst" else "bin of the nearest bad rate"
    return float(own[taken]), f"WoE of the {told} by rule: {names[taken]}"


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
