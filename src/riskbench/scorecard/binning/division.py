"""How the regular values of a feature are divided into bins: by cuts of a number, or by groups of levels.

A `Division` is absolute: whoever counts goods and bads by it, on whatever data, gets the same bins with other counts.
Special and missing values have bins of their own and are not divided.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from riskbench.data.coding import Coding, Kind, Special

OTHER = "other"
MISSING = "missing"


class Division(BaseModel):
    """Cuts, each of which belongs to the bin on its right; or groups of levels in the order of the bins.

    `rest` is the bin of all levels that no group names, rare ones and those never seen; its group may be empty.

    >>> Division(cuts=(1000, 2000))
    Division(cuts=(1000.0, 2000.0), groups=None, rest=None)
    >>> print(Division(groups=(("car", "trip"), ()), rest=1))
    car, trip | other
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    cuts: tuple[float, ...] | None = None
    groups: tuple[tuple[str, ...], ...] | None = None
    rest: int | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.cuts is None) == (self.groups is None):
            raise ValueError("a feature has either cuts or groups of levels")
        if self.cuts is not None and any(a >= b for a, b in pairwise(self.cuts)):
            raise ValueError(f"cuts must rise strictly, got {list(self.cuts)}")
        if (self.rest is None) != (self.groups is None):
            raise ValueError("groups go with rest, the bin of the levels that they do not name")
        if self.groups is not None and self.rest is not None:
            _check_groups(self.groups, self.rest)
        return self

    def __str__(self) -> str:
        if self.cuts is not None:
            return ", ".join(f"{cut:.15g}" for cut in self.cuts) or "no cuts"
        return " | ".join(self.labels)

    @property
    def kind(self) -> Kind:
        """Whether a number or a category is divided."""
        return "numeric" if self.groups is None else "categorical"

    @property
    def size(self) -> int:
        """Number of regular bins."""
        return len(self.cuts or ()) + 1 if self.groups is None else len(self.groups)

    @property
    def labels(self) -> list[str]:
        """Names of the regular bins."""
        if self.groups is None:
            return interval_labels(self.cuts or ())
        return [_group_label(group, rest=i == self.rest) for i, group in enumerate(self.groups)]

    def coding(self, specials: Sequence[Special]) -> Coding:
        """The coding of values: one regular code a bin of a number, or a level that is named."""
        if self.groups is None:
            return Coding.numeric(self.cuts or (), None, specials)
        return Coding.categorical(sorted(level for group in self.groups for level in group), specials)

    def bin_of_levels(self, levels: Iterable[str]) -> list[int]:
        """The bin of each of these levels, named or not."""
        place = {level: i for i, group in enumerate(self.groups or ()) for level in group}
        return [place.get(level, self.rest or 0) for level in levels]

    def bin_of_codes(self, coding: Coding) -> NDArray[np.int64]:
        """The bin of each regular code of a coding that is at least as fine.

        Raises ValueError for a cut inside an interval of the coding: what lies on either side was not counted apart.
        """
        if self.groups is not None:
            return np.array(self.bin_of_levels(coding.levels), np.int64)
        cuts, edges = np.array(self.cuts, float), coding.edges
        place = np.searchsorted(edges, cuts, side="left")  # the first edge at or above each cut
        known = np.append(coding.below, np.inf)[place] < cuts
        known |= np.append(edges, np.nan)[place] == cuts
        if not known.all():
            raise ValueError(_not_counted(float(cuts[~known][0]), coding))
        return np.searchsorted(place + 1, np.arange(coding.regular), side="right").astype(np.int64)


def interval_labels(cuts: Sequence[float]) -> list[str]:
    """Names of the intervals between cuts, each of which belongs to the interval on its right.

    >>> interval_labels([8, 16])
    ['< 8', '8 to < 16', '>= 16']
    """
    if not len(cuts):
        return ["all values"]
    text = [f"{cut:.15g}" for cut in cuts]
    return [f"< {text[0]}", *(f"{a} to < {b}" for a, b in pairwise(text)), f">= {text[-1]}"]


def _group_label(levels: Sequence[str], *, rest: bool) -> str:
    """The levels; one that is called like the bin of missing values or of the rest is told apart from it."""
    label = ", ".join([*levels, *[OTHER] * rest])
    return f"level {label!r}" if label == MISSING or (label == OTHER and not rest) else label


def _check_groups(groups: tuple[tuple[str, ...], ...], rest: int) -> None:
    named = Counter(level for group in groups for level in group)
    if twice := sorted(level for level, times in named.items() if times > 1):
        raise ValueError(f"a level belongs to one group, {', '.join(map(repr, twice))} to several")
    if not 0 <= rest < len(groups):
        raise ValueError(f"rest must be the position of a group, 0 to {len(groups) - 1}, got {rest}")
    if any(not group for i, group in enumerate(groups) if i != rest):
        raise ValueError("a group must name at least one level")


def _not_counted(cut: float, coding: Coding) -> str:
    edges = coding.edges
    at = int(np.searchsorted(edges, cut))
    nearest = [f"{edge:.15g}" for edge in edges[max(at - 1, 0) : at + 1]]
    if not nearest:
        return f"the feature has one value only, so {cut:.15g} cuts nothing"
    if cut > edges[-1] or cut <= coding.below[0]:
        told = f"at or above {nearest[-1]}" if cut > edges[-1] else f"below {nearest[0]}"
        return f"no cases are counted apart on either side of {cut:.15g}; the outermost cut that can be made is {told}"
    return (
        f"{cut:.15g} lies inside a fine interval, so the cases on its two sides were not counted apart; "
        f"the nearest cuts that were are {' and '.join(nearest)}"
    )
