"""Goods and bads by code of a column: all that binning needs to know of it.

This file holds the numpy producer, for frames in memory; whoever fills `Counts` by other means (a query on a table that
does not fit) is a second producer, and nothing that reads `Counts` can tell. What a code is stands in `coding.py`, what
a weight is in `weights.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.data.coding import Coding, Special, distinct_specials, kind_of, level_of, numbers
from riskbench.data.weights import design_effect, frequencies

Tally = NDArray[np.int64] | NDArray[np.float64]  # whole numbers of cases, or sums of their weights

FINE_CODES = 10_000  # a column with more distinct values is cut at so many quantiles


@dataclass(frozen=True, eq=False)
class Counts:
    """Goods and bads by code: two arrays of `coding.missing + 1` entries, int64, or float64 where cases have weights.

    `design_effect` is the sum of squared weights over the sum of weights (Kish 1965): `n / design_effect` is the number
    of equally weighted cases that would tell as much. `by_period`, where it was asked for, holds goods and bads once
    more, a row a period.
    """

    coding: Coding
    goods: Tally
    bads: Tally
    design_effect: float = 1.0
    by_period: tuple[Tally, Tally] | None = None

    def __post_init__(self) -> None:
        size = self.coding.missing + 1
        if len(self.goods) != size or len(self.bads) != size:
            raise ValueError(f"counts must have one entry a code, {size}, got {len(self.goods)} and {len(self.bads)}")

    @property
    def n(self) -> float:
        """Number of cases: an int, or the sum of their weights."""
        return self.total_goods + self.total_bads

    @property
    def total_goods(self) -> float:
        """Number of goods over all codes."""
        return self.goods.sum().item()

    @property
    def total_bads(self) -> float:
        """Number of bads over all codes."""
        return self.bads.sum().item()


def count(
    column: pd.Series,
    y: NDArray[Any],
    specials: Sequence[Special] = (),
    fine: int = FINE_CODES,
    weights: ArrayLike | None = None,
    cuts: Sequence[float] = (),
    periods: NDArray[np.int64] | None = None,
) -> Counts:
    """Counts of one column of a frame on its own fine coding; y: 0/1 by row, 1 = bad; `weights` by row, above 0.

    `cuts` of a number are edges of its fine coding, whatever the quantiles; `periods`: 0, 1, ... by row, to count by
    period as well.

    Numbers and booleans, also as Python's objects, are numeric (each distinct value a code, or `fine` quantiles where
    there are more of them); strings and categories are categorical, levels in alphabetical order. The result does not
    depend on row order. A special value given twice is one.
    Raises ValueError for infinite values and for columns that are neither (dates, or values of several kinds).

    >>> c = count(pd.Series([1.0, 1.0, 2.0, None]), np.array([0, 1, 0, 1]))
    >>> c.coding.edges.tolist(), c.goods.tolist(), c.bads.tolist()
    ([2.0], [1, 1, 0], [1, 0, 1])
    """
    held = None if weights is None else frequencies(weights, len(column))
    labels = np.asarray(y).astype(np.int64, copy=False)
    kind = kind_of(column)
    apart = distinct_specials(specials, kind)
    if kind == "numeric":
        coding, goods, bads = _count_numbers(column, labels, apart, fine, cuts, held)
    else:
        coding, goods, bads = _count_levels(column, labels, apart, held)
    by_period = None if periods is None else _by_period(coding, column, labels, periods, held)
    return Counts(coding, goods, bads, design_effect(held), by_period)


def count_by(coding: Coding, column: pd.Series, y: NDArray[Any], weights: ArrayLike | None = None) -> Counts:
    """Counts of a column on a coding that is given; rows of unseen levels are left out."""
    held = None if weights is None else frequencies(weights, len(column))
    labels = np.asarray(y).astype(np.int64, copy=False)
    goods, bads = _by_label(coding.codes(column), labels, coding.missing + 1, held)[1:].T
    return Counts(coding, goods, bads, design_effect(held))


def _by_label(codes: NDArray[np.int64], y: NDArray[np.int64], size: int, weights: NDArray[np.float64] | None) -> Tally:
    """Goods and bads of codes -1, 0, ..., size - 1, a row each."""
    return np.bincount(2 * codes + y + 2, weights, minlength=2 * size + 2).reshape(-1, 2)


def _by_period(
    coding: Coding,
    column: pd.Series,
    y: NDArray[np.int64],
    periods: NDArray[np.int64],
    weights: NDArray[np.float64] | None,
) -> tuple[Tally, Tally]:
    """Goods and bads by period and code."""
    shape = int(periods.max()) + 1, 2, coding.missing + 1
    cells = np.ravel_multi_index((periods, y, coding.codes(column)), shape)
    goods, bads = np.bincount(cells, weights, minlength=math.prod(shape)).reshape(shape).swapaxes(0, 1)
    return goods, bads


def _count_levels(
    column: pd.Series, y: NDArray[np.int64], specials: tuple[Special, ...], weights: NDArray[np.float64] | None
) -> tuple[Coding, Tally, Tally]:
    """Count by value as pandas numbers them, then put the few values in order: rows are passed once."""
    rows, values = pd.factorize(column)
    levels = sorted(set(map(level_of, values)) - set(map(level_of, specials)))
    coding = Coding.categorical(levels, specials)
    by_value = np.roll(_by_label(rows, y, len(values), weights), -1, axis=0)
    by_code = np.zeros((coding.missing + 1, 2), by_value.dtype)
    np.add.at(by_code, coding.places_of(values), by_value)
    return coding, *by_code.T


def _count_numbers(
    column: pd.Series,
    y: NDArray[np.int64],
    specials: tuple[Special, ...],
    fine: int,
    cuts: Sequence[float],
    weights: NDArray[np.float64] | None,
) -> tuple[Coding, Tally, Tally]:
    """Sort all values and the bad ones: the count below an edge is then a position, without a code for each row."""
    x = numbers(column)
    apart = [np.isnan(x) if special is None else x == special for special in (*specials, None)]
    regular, bad = ~np.logical_or.reduce(apart), y == 1
    values, up_to = _sorted(x, regular, weights)
    if np.isinf(values[[0, -1]] if len(values) else values).any():
        raise ValueError(f"column {column.name!r} must hold finite numbers or missing values, got infinite ones")
    edges, below = _fine_edges(values, up_to, fine, cuts)
    cases, bads = (_between(*found, edges) for found in ((values, up_to), _sorted(x, regular & bad, weights)))
    apart_cases, apart_bads = (np.array([_size(a & who, weights) for a in apart]) for who in (True, bad))
    all_cases, all_bads = np.concatenate([cases, apart_cases]), np.concatenate([bads, apart_bads])
    return Coding.numeric(edges, below, specials), all_cases - all_bads, all_bads


def _sorted(
    x: NDArray[np.float64], chosen: NDArray[np.bool_], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """The chosen values in order and, where there are weights, the weight up to each position."""
    values = x[chosen]
    if weights is None:
        values.sort()
        return values, None
    order, up_to = np.argsort(values), np.zeros(len(values) + 1)
    np.cumsum(weights[chosen][order], out=up_to[1:])
    return values[order], up_to


def _between(values: NDArray[np.float64], up_to: NDArray[np.float64] | None, edges: NDArray[np.float64]) -> Tally:
    """Cases, or their weight, before the first edge, between the edges, and from the last one on."""
    places = np.append(np.searchsorted(values, edges, side="left"), len(values))
    return np.diff(places if up_to is None else up_to[places], prepend=0)


def _size(chosen: NDArray[np.bool_], weights: NDArray[np.float64] | None) -> float:
    return int(np.count_nonzero(chosen)) if weights is None else float(weights[chosen].sum())


def _fine_edges(
    values: NDArray[np.float64], up_to: NDArray[np.float64] | None, fine: int, cuts: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges from sorted values, each with the value just below it: all steps, or those nearest the fine quantiles."""
    steps = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(steps) >= fine:
        if up_to is None:
            ranks = np.arange(1, fine) * len(values) // fine
        else:
            ranks = np.searchsorted(up_to, np.arange(1, fine) * up_to[-1] / fine, side="right") - 1
        places = np.append(values[ranks], np.asarray(cuts, float))
        steps = np.unique(np.searchsorted(values, places, side="left"))
        steps = steps[(steps > 0) & (steps < len(values))]
    return values[steps], values[steps - 1]
