"""How a feature's regular values are divided into bins, and how one division is made from another.

A `Division` is absolute: cuts of a number, or groups of levels. Whoever counts goods and bads by it, on whatever data,
gets the same bins with other counts. Special and missing values have their own bins and are not divided.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from riskbench.core.errors import broken_rules
from riskbench.data.coding import Coding, Kind
from riskbench.scorecard.binning.bins import OTHER, FeatureBins, interval_labels


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
        if self.cuts is not None and any(a >= b for a, b in zip(self.cuts, self.cuts[1:], strict=False)):
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

    @classmethod
    def of(cls, bins: FeatureBins) -> "Division":
        """The division that bins follow."""
        if bins.coding.kind == "numeric":
            return cls(cuts=tuple(bins.coding.edges.tolist()))
        regular = len(bins.labels) - len(bins.coding.specials) - 1
        members = zip(bins.coding.levels, bins.groups.tolist(), strict=True)
        by_bin: list[list[str]] = [[] for _ in range(regular)]
        for level, position in members:
            by_bin[position].append(level)
        return cls(groups=tuple(map(tuple, by_bin)), rest=bins.unseen)

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
        return [", ".join([*group, *[OTHER] * (i == self.rest)]) for i, group in enumerate(self.groups)]

    def coding(self, specials: Sequence[float | int | str]) -> Coding:
        """The coding of values: one regular code a bin of a number, or a level that is named."""
        if self.groups is None:
            return Coding.numeric(self.cuts or (), None, specials)
        return Coding.categorical(sorted(level for group in self.groups for level in group), specials)

    def bin_of_levels(self, levels: Iterable[str]) -> list[int]:
        """The bin of each of these levels, named or not."""
        place = {level: i for i, group in enumerate(self.groups or ()) for level in group}
        return [place.get(level, self.rest or 0) for level in levels]

    def bin_of_codes(self, coding: Coding) -> NDArray[np.int64]:
        """The bin of each regular code of a finer coding.

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


def _check_groups(groups: tuple[tuple[str, ...], ...], rest: int) -> None:
    named = [level for group in groups for level in group]
    if twice := sorted({level for level in named if named.count(level) > 1}):
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


def division_of(**parts: Any) -> Division:
    """A division from what somebody typed; ValueError with the rule that it breaks."""
    try:
        return Division(**parts)
    except ValidationError as error:
        raise ValueError("; ".join(broken_rules(error, "the bins"))) from None


def merged(division: Division, bins: Sequence[int | str]) -> Division:
    """One bin of several: positions, neighbours for a number; or levels, each standing for its bin.

    >>> merged(Division(cuts=(1, 2, 3)), [1, 2]).cuts
    (1.0, 3.0)
    """
    first, *others = _positions(division, bins)
    if division.cuts is not None:
        if others != list(range(first + 1, first + 1 + len(others))):
            raise ValueError(f"bins of a number are merged with their neighbours, got {list(bins)}")
        return Division(cuts=division.cuts[:first] + division.cuts[first + len(others) :])
    groups = [list(group) for group in division.groups or ()]
    for i in others:
        groups[first] += groups[i]
    kept = [i for i in range(len(groups)) if i not in others]
    rest = first if division.rest in others else division.rest
    return Division(groups=tuple(tuple(groups[i]) for i in kept), rest=kept.index(rest or 0))


def _positions(division: Division, bins: Sequence[int | str]) -> list[int]:
    """Positions of regular bins, each given as one or by a level in it."""
    levels = {level for group in division.groups or () for level in group}
    if unknown := [b for b in bins if isinstance(b, str) and b not in levels]:
        raise ValueError(f"bins are positions in the table or levels, {', '.join(map(repr, unknown))} is neither")
    places = {division.bin_of_levels([b])[0] if isinstance(b, str) else b for b in bins}
    if wrong := sorted(place for place in places if not 0 <= place < division.size):
        raise ValueError(
            f"only regular bins can be merged, at positions 0 to {division.size - 1}, got {', '.join(map(str, wrong))}"
        )
    if len(places) < 2:
        raise ValueError(f"a merge needs two bins at least, got {list(bins)}")
    return sorted(places)


def parted(division: Division, at: Sequence[float | str]) -> Division:
    """Further cuts of a number, or levels of one bin of a category taken out into one of their own.

    >>> parted(Division(cuts=(1, 3)), [2]).cuts
    (1.0, 2.0, 3.0)
    """
    if not at:
        raise ValueError("a split needs a value to cut at, or a level to take out, got none")
    numeric = division.cuts is not None
    if wrong := [place for place in at if isinstance(place, str) == numeric]:
        raise ValueError(f"a {'number' if numeric else 'category'} is not split at {wrong[0]!r}")
    if division.cuts is not None:
        there = [place for place in at if place in division.cuts]
        if there:
            raise ValueError(f"there is a cut at {there[0]:.15g} already")
        return division_of(cuts=tuple(sorted({*division.cuts, *(float(place) for place in at)})))
    out = sorted({str(level) for level in at})
    places = set(division.bin_of_levels(out))
    if len(places) > 1:
        raise ValueError(f"levels taken out must stand in one bin, {', '.join(out)} stand in several")
    (place,) = places
    groups = [tuple(level for level in group if level not in out) for group in division.groups or ()]
    if not groups[place] and place != division.rest:
        raise ValueError(f"{', '.join(out)} have a bin of their own already")
    rest = (division.rest or 0) + (place < (division.rest or 0))
    return Division(groups=(*groups[: place + 1], tuple(out), *groups[place + 1 :]), rest=rest)
