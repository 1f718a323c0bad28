"""What an edit makes of a division: bins merged or split, cuts or groups set. Data decide nothing but their order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from riskbench.core.errors import broken_rules
from riskbench.data.counts import Counts
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.edits.arguments import Action, Arguments


def changed(action: Action, before: Division, given: Arguments) -> Division:
    """The division that an edit makes of the one before; ValueError where it does not go with the kind of feature.

    >>> changed("set_cuts", Division(cuts=(1, 3)), Arguments(cuts=(2,)))
    Division(cuts=(2.0,), groups=None, rest=None)
    """
    if action == "merge":
        return merged(before, given.bins or ())
    if action == "split":
        return parted(before, given.at or ())
    if (action == "set_cuts") != (before.kind == "numeric"):
        raise ValueError(f"{action} does not go with a feature that is {before.kind}")
    if given.groups is None:
        return _valid(cuts=given.cuts)
    if given.rest is None:  # a bin of its own
        return _valid(groups=(*given.groups, ()), rest=len(given.groups))
    return _valid(groups=given.groups, rest=given.rest)


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
        return _valid(cuts=tuple(sorted({*division.cuts, *(float(place) for place in at)})))
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


def ordered(division: Division, counts: Counts) -> Division:
    """Groups in the order of their bad rates, a bin without cases last; cuts have their order already."""
    if division.groups is None or division.rest is None:
        return division
    into, regular = division.bin_of_codes(counts.coding), counts.coding.regular
    goods, bads = (np.bincount(into, part[:regular], division.size) for part in (counts.goods, counts.bads))
    cases = goods + bads
    order = np.argsort(np.where(cases > 0, bads / np.where(cases > 0, cases, 1), np.inf), kind="stable").tolist()
    groups = tuple(tuple(sorted(division.groups[i])) for i in order)
    return Division(groups=groups, rest=order.index(division.rest))


def _valid(**parts: Any) -> Division:
    """A division from what somebody typed; ValueError with the rule that it breaks."""
    try:
        return Division(**parts)
    except ValidationError as error:
        raise ValueError("; ".join(broken_rules(error, "the bins"))) from None
