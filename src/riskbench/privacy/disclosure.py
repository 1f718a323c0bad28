"""Disclosure control: a figure about few people can point at one of them, and so can the difference of two figures.

A count below the minimum is hidden. Hiding it alone hides nothing where a total and the other parts are shown, so more
are hidden with it until no small count is a sum or a difference of what is shown, over all tables of a page together.
What is asked is linear algebra: figures are vectors, and a hidden count is given away where its vector is a combination
of those that are shown. Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4.

What this does not do: it leaves exact counts exact, so whoever knows all but one person of a group learns about that
one, and bounds that follow because no count is negative are cut only by the rule on what is left of a margin.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
EXACT = 1e-8  # vectors hold zeros and ones: a combination either reproduces one or is off by far more


def withheld(
    figures: ArrayLike, counts: ArrayLike, minimum: int, margins: Mapping[int, Sequence[Sequence[int]]]
) -> Bools:
    """Which figures must not be shown, so that no count from 1 to `minimum` - 1 follows from those that are.

    `figures`: one row a figure, one column a cell of the finest table that any of them sums, 1 where it is summed.
    `counts`: people behind each figure. `margins`: the figures that are known in any case (such as totals), each with
    the tables that divide it, as lists of figures. Guarded are the small counts themselves and, of every table that
    divides a margin, what is left of the margin when its shown parts are taken away. Of the figures by which one would
    follow, the one with the fewest people is hidden next; in the end those that need not be hidden are shown again.
    Raises ValueError where a margin is a small count, or the margins alone give one away.

    >>> everybody, parts = [1, 1, 1, 1], np.eye(4)
    >>> withheld([everybody, *parts], [70, 40, 16, 11, 3], minimum=10, margins={0: [[1, 2, 3, 4]]}).tolist()
    [False, False, False, True, True]
    """
    matrix, people = np.asarray(figures, dtype=float), np.asarray(counts, dtype=float)
    if minimum < 1:
        raise ValueError(f"minimum must be 1 or more, got {minimum}")
    if len(matrix) != len(people):
        raise ValueError(f"figures and counts must have the same length, got {len(matrix)} and {len(people)}")
    if not (np.isfinite(people).all() and (people >= 0).all() and (people == np.floor(people)).all()):
        raise ValueError("counts must be whole numbers >= 0")
    page = _Page(matrix, people, minimum, margins)
    known = np.isin(np.arange(len(people)), list(margins))
    if page.small(people[known]).any():
        raise ValueError(f"a margin must have no people or at least {minimum}, got {people[known].tolist()}")
    small = hidden = page.small(people)
    while len(ways := page.gives_away(hidden)):
        used = np.zeros(len(people), dtype=bool)
        used[~hidden] = np.abs(ways[0]) > EXACT
        choice = np.flatnonzero(used & ~known)
        if not choice.size:
            raise ValueError(f"the margins alone give away a count below {minimum}: merge their smallest groups first")
        hidden = hidden | (np.arange(len(people)) == choice[np.argmin(people[choice])])
    for figure in sorted(np.flatnonzero(hidden & ~small), key=lambda i: -people[i]):
        fewer = hidden & (np.arange(len(people)) != figure)
        hidden = hidden if len(page.gives_away(fewer)) else fewer
    return hidden


def withheld_parts(counts: ArrayLike, minimum: int) -> Bools:
    """`withheld` of the parts of one known total: a small part, and where its number would follow, the next smallest.

    >>> withheld_parts([40, 12, 3], minimum=5).tolist()
    [False, True, True]
    """
    people = np.asarray(counts)
    parts = len(people)
    figures = np.vstack([np.ones(parts), np.eye(parts)])
    return withheld(figures, [people.sum(), *people], minimum, {0: [range(1, parts + 1)]} if parts else {})[1:]


@dataclass(frozen=True)
class _Page:
    """All figures of a page, as `withheld` is told of them."""

    matrix: Floats
    people: Floats
    minimum: int
    margins: Mapping[int, Sequence[Sequence[int]]]

    def small(self, people: ArrayLike) -> Bools:
        """Which counts could point at a person."""
        count = np.asarray(people)
        return (count > 0) & (count < self.minimum)

    def gives_away(self, hidden: Bools) -> Floats:
        """A row for each guarded vector that follows from what is shown: the coefficients of the shown figures."""
        shown, guarded = self.matrix[~hidden], self._guarded(hidden)
        if not len(shown) or not len(guarded):
            return np.empty((0, len(shown)))
        found = np.linalg.lstsq(shown.T, guarded.T)[0].T
        return found[np.abs(found @ shown - guarded).max(axis=1) < EXACT]

    def _guarded(self, hidden: Bools) -> Floats:
        """Small figures, and what is left of a margin where the hidden parts of a table are few people together."""
        tables = [np.isin(np.arange(len(self.people)), t) & hidden for of in self.margins.values() for t in of]
        left = [self.matrix[rest].sum(axis=0) for rest in tables if self.small(self.people[rest].sum())]
        return np.vstack([*self.matrix[hidden & self.small(self.people)], *left, np.empty((0, self.matrix.shape[1]))])
