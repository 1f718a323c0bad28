"""What is counted, and on which edges: frozen once, so that no shift moves its own yardstick.

Whoever counts, a frame, a table of any size or the decision log, takes cells from here; so their counts add up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from riskbench.data.coding import Special, level_of
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.input_checks import input_checks
from riskbench.decision.bundle.parts import Part
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.division import interval_labels
from riskbench.scorecard.woe_binning import WoeBinning

MOST_LEVELS = 30  # of a segment; what is rarer is counted together
OTHER_LEVEL, UNKNOWN_LEVEL = "other", "unknown"


class FeatureCells(Part):
    """The bins of one feature, without what was found in them; `labels` name its cells, each differently."""

    name: str
    kind: Literal["numeric", "categorical"]
    cuts: tuple[float, ...]
    levels: tuple[str, ...]
    specials: tuple[Special, ...]
    groups: tuple[int, ...]
    unseen: int
    labels: tuple[str, ...]

    @classmethod
    def of(cls, bins: FeatureBins) -> Self:
        """The cells of a card's feature."""
        told = bins.to_dict()
        lists = {name: tuple(told[name]) for name in ("cuts", "levels", "specials", "groups")}
        single = {"name": bins.name, "kind": told["kind"], "unseen": told["unseen"]}
        return cls.model_validate({**single, **lists, "labels": _told_apart(bins.labels)})

    @cached_property
    def bins(self) -> FeatureBins:
        """The same as bins, of which every one is empty: they place values, and know of no outcome."""
        zeros = [0] * len(self.labels)
        found = {"goods": zeros, "bads": zeros, "woe": zeros, "notes": [""] * len(zeros), "trend": "none"}
        return FeatureBins.from_dict(self.name, self.model_dump(exclude={"name"}) | found)


class Segment(Part):
    """A column by which applications are counted in parts: `levels` by name, all others together as "other".

    A missing value is "unknown".
    """

    column: str
    levels: tuple[str, ...]

    @classmethod
    def of(cls, column: pd.Series, most: int = MOST_LEVELS) -> Self:
        """The levels that a column holds, the most frequent ones where there are too many."""
        times = Counter[str]()
        for value, n in column.value_counts().items():  # few values, of many rows
            times[level_of(value)] += int(n)
        frequent = sorted(times, key=lambda level: (-times[level], level))[:most]
        return cls(column=str(column.name), levels=tuple(sorted({*frequent} - {OTHER_LEVEL, UNKNOWN_LEVEL})))

    @property
    def names(self) -> tuple[str, ...]:
        """The segments in the order of their codes: levels, other, unknown.

        >>> Segment(column="channel", levels=("app", "web")).names
        ('channel=app', 'channel=web', 'channel=other', 'channel=unknown')
        """
        return tuple(f"{self.column}={level}" for level in (*self.levels, OTHER_LEVEL, UNKNOWN_LEVEL))


class Yardstick(Part):
    """Score edges, cells of features, columns watched for missing values, segments, and the `model` they are of.

    `checked` are columns whose values the bundle holds against a range or levels: of one without a count none was
    outside. `model` is the address of a bundle, or a name where there is none. `edges` are inner edges of score bands:
    k of them make k + 1 bands.
    """

    model: str
    edges: tuple[float, ...] = ()
    features: tuple[FeatureCells, ...] = ()
    watched: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()
    checked: tuple[str, ...] = ()

    @property
    def bands(self) -> tuple[str, ...]:
        """The cells of the score, lowest first.

        >>> Yardstick(model="m", edges=(500.0, 540.0)).bands
        ('< 500', '500 to < 540', '>= 540')
        """
        return tuple(interval_labels(self.edges))

    def for_bundle(self, bundle: Bundle) -> "Yardstick":
        """The same edges and segments for another model: its own features, and the columns that it reads."""
        changed = {
            "model": bundle.address,
            "features": features_of(bundle.scorecard.binning_, list(bundle.scorecard.points_)),
            "watched": tuple(column.name for column in bundle.inputs.columns),
            "checked": checked_by(bundle),
        }
        return self.model_copy(update=changed)


def checked_by(bundle: Bundle) -> tuple[str, ...]:
    """The columns whose values a bundle holds against a range or levels."""
    return tuple(column.name for column in bundle.inputs.columns if input_checks([column]))


def features_of(binning: WoeBinning, names: Sequence[str]) -> tuple[FeatureCells, ...]:
    """The cells of some features of a fitted binning."""
    return tuple(FeatureCells.of(binning.features_[name]) for name in names)


def segment_codes(segment: Segment, column: pd.Series) -> np.ndarray:
    """The position in `segment.names` of every row's segment.

    >>> segment_codes(Segment(column="c", levels=("app",)), pd.Series(["app", "fax", None])).tolist()
    [0, 1, 2]
    """
    rows, values = pd.factorize(column)
    place: Mapping[Any, int] = {level: at for at, level in enumerate(segment.levels)}
    known = len(segment.levels)
    return np.array([*(place.get(level_of(value), known) for value in values), known + 1], np.int64)[rows]


def segment_levels(segment: Segment, column: pd.Series) -> pd.Series:
    """The same as texts: the level itself, "other" or "unknown".

    >>> segment_levels(Segment(column="c", levels=("app",)), pd.Series(["app", "fax", None])).tolist()
    ['app', 'other', 'unknown']
    """
    levels = np.array([*segment.levels, OTHER_LEVEL, UNKNOWN_LEVEL], dtype=object)
    return pd.Series(levels[segment_codes(segment, column)], index=column.index, dtype="str")


def _told_apart(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels of which no two are one: a level that is called like another bin gets its position."""
    times = Counter(labels)
    return tuple(label if times[label] == 1 else f"{label} ({at})" for at, label in enumerate(labels))
