"""Cuts that a modeller imposes on a number: forced ones, which must part bins, and forbidden ones, which must not.

Fine codes are parted at an edge; any number above `below` and up to `edge` parts the data there alike. A forced cut
takes the edge it falls to and keeps its own value. A pair (18, 21) forbids every cut strictly between 18 and 21, so an
edge is lost only when no allowed number parts the data there; a single number forbids the edge it falls to.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskbench.data.coding import Coding
from riskbench.scorecard.binning.bins import interval_labels, round_cut
from riskbench.scorecard.binning.histogram import Histogram, Integers
from riskbench.scorecard.binning.optimal import Limits

Bools = NDArray[np.bool_]


class Imposed(NamedTuple):
    """Forced cuts, rising, and forbidden ones: spans (low, high), open at both ends, and single numbers."""

    forced: tuple[float, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()
    singles: tuple[float, ...] = ()

    @classmethod
    def of(cls, feature: str, forced: Sequence[float], forbidden: Sequence[float | Sequence[float]]) -> "Imposed":
        """Checked cuts of one feature; ValueError for what is not a number or a rising pair, and for a clash."""
        spans, singles = [], []
        for entry in forbidden:
            pair = np.asarray(entry, float)
            if not (np.isfinite(pair).all() and (pair.shape == () or (pair.shape == (2,) and pair[0] < pair[1]))):
                raise ValueError(f"forbidden_cuts of {feature!r} must be numbers or pairs that rise, got {entry!r}")
            spans += [(float(pair[0]), float(pair[1]))] if pair.shape else []
            singles += [] if pair.shape else [float(pair)]
        cuts = np.asarray(forced, float)
        if cuts.ndim != 1 or not np.isfinite(cuts).all() or len(np.unique(cuts)) < len(cuts):
            raise ValueError(f"forced_cuts of {feature!r} must be distinct finite numbers, got {forced!r}")
        imposed = cls(tuple(sorted(cuts.tolist())), tuple(spans), tuple(singles))
        for cut in imposed.forced:
            if imposed._inside(cut) or cut in singles:
                raise ValueError(f"cut {cut:.15g} of {feature!r} is both forced and forbidden")
        return imposed

    def permitted(self, coding: Coding) -> Integers:
        """Positions of the edges where a cut is allowed."""
        below, edges = coding.below, coding.edges
        allowed = ~self._inside(edges)
        for low, _ in self.spans:  # what is allowed of (below, edge] ends at the edge or where a span begins
            allowed |= (below < low) & (low <= edges) & ~self._inside(low)
        for single in self.singles:
            allowed &= ~(((below < single) & (single <= edges)) | (single == edges))
        return np.flatnonzero(allowed)

    def places(self, feature: str, coding: Coding, permitted: Integers) -> Integers:
        """Where the forced cuts stand among the permitted edges: 1 where it is the first of them."""
        at = np.searchsorted(coding.edges, self.forced, side="left")
        for cut, place in zip(self.forced, at, strict=True):
            if place == len(coding.edges) or not (coding.below[place] < cut or coding.edges[place] == cut):
                raise ValueError(
                    f"forced cut {cut:.15g} of {feature!r} has no cases on one side, "
                    "or lies inside an interval that was counted as one"
                )
            if place not in permitted:
                raise ValueError(
                    f"forced cut {cut:.15g} of {feature!r} parts the data where a forbidden cut does, "
                    f"between {coding.below[place]:.15g} and {coding.edges[place]:.15g}"
                )
        return np.searchsorted(permitted, at) + 1

    def named(self, below: float, edge: float) -> float:
        """The number that stands for a permitted edge: a forced one, else a round one that is allowed."""
        forced = [cut for cut in self.forced if below < cut <= edge or cut == edge]
        ends = [end for span in self.spans for end in span if below < end <= edge]
        choices = [*forced, round_cut(below, edge), *ends, edge]
        return next(cut for cut in choices if not self._inside(cut))

    def explain(self, feature: str, histogram: Histogram, limits: Limits, asked: str) -> str:
        """Why no bins of a feature keep the forced cuts; `asked` tells what else was asked for."""
        cuts = ", ".join(f"{cut:.15g}" for cut in self.forced)
        edges = np.array([0, *histogram.forced, histogram.size])
        goods, bads = histogram.between(edges[:-1], edges[1:])
        if len(goods) > limits.max_bins:
            return f"forced_cuts of {feature!r}, {cuts}, make {len(goods)} bins, and max_bins is {limits.max_bins}"
        for label, good, bad in zip(interval_labels(self.forced), goods, bads, strict=True):
            told = f"the forced bin '{label}' of {feature!r} has {good + bad:.12g} cases, {bad:.12g} of them bad"
            if good + bad < limits.min_cases:
                return f"{told}; a bin must have at least {limits.min_cases:.12g} cases"
            if min(good, bad) < limits.min_class:
                return f"{told}; a bin must have at least {limits.min_class:.12g} goods and bads (min_class_count)"
        return f"no bins of {feature!r} keep its forced cuts, {cuts}, with {asked}"

    def _inside(self, cut: float | NDArray[np.float64]) -> Bools:
        inside = np.zeros(np.shape(cut), bool)
        for low, high in self.spans:
            inside |= (low < np.asarray(cut)) & (np.asarray(cut) < high)
        return inside


NOTHING = Imposed()
