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
from riskbench.scorecard.binning.round_cut import round_cut

Integers = NDArray[np.int64]
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
            if imposed.forbids(cut):
                raise ValueError(f"cut {cut:.15g} of {feature!r} is both forced and forbidden")
        return imposed

    def forbids(self, cut: float) -> bool:
        """Whether a cut at this very number is forbidden."""
        return cut in self.singles or bool(self._inside(cut))

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
        """Where the forced cuts stand among the permitted edges: 1 where it is the first of them.

        Raises ValueError where one parts no cases, or is where a forbidden one would be, or where another one is.
        """
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
        found = np.searchsorted(permitted, at) + 1
        if len(np.unique(found)) < len(found):
            raise ValueError(f"forced_cuts of {feature!r} must have cases between them, got {list(self.forced)}")
        return found

    def named(self, below: float, edge: float) -> float:
        """The number that stands for a permitted edge: a forced one, else a round one that is allowed."""
        forced = [cut for cut in self.forced if below < cut <= edge or cut == edge]
        ends = [end for span in self.spans for end in span if below < end <= edge]
        choices = [*forced, round_cut(below, edge), *ends, edge]
        return next(cut for cut in choices if not self._inside(cut))

    def broken_by(self, cuts: Sequence[float]) -> list[str]:
        """What cuts that were made otherwise break of those imposed, each a sentence.

        >>> Imposed(forced=(4.0,), spans=((1.0, 3.0),)).broken_by([2.0, 3.0])
        ['the forced cut 4 is not made', 'the cut 2 is forbidden']
        """
        lost = [f"the forced cut {cut:.15g} is not made" for cut in self.forced if cut not in cuts]
        return [*lost, *(f"the cut {cut:.15g} is forbidden" for cut in cuts if self.forbids(cut))]

    def _inside(self, cut: float | NDArray[np.float64]) -> Bools:
        inside = np.zeros(np.shape(cut), bool)
        for low, high in self.spans:
            inside |= (low < np.asarray(cut)) & (np.asarray(cut) < high)
        return inside


NOTHING = Imposed()
