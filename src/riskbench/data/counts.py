"""Counts of goods and bads by code: all that binning needs to know of a column.

A `Coding` is the rule that turns a value into an integer code: first the regular codes (fine intervals of a number, or
levels of a category), then one code for each special value, last the missing code. `Counts` are goods and bads by
code. This file holds the numpy producer, for frames in memory; whoever fills `Counts` by other means (a query on a
table that does not fit) is a second producer, and nothing that reads `Counts` can tell.

Weights are frequencies: a row of weight k counts as k rows. They are rounded to a grid so fine (2^-50 of their sum)
that no interval can tell, and so coarse that every sum of them is exact in floating point. Hence weighted counts do not
depend on the order of rows any more than counted ones do, and a difference of two sums that should be 0 is 0.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray
from pandas.api import types

Kind = Literal["numeric", "categorical"]
Special = float | int | str
Tally = NDArray[np.int64] | NDArray[np.float64]  # whole numbers of cases, or sums of their weights

FINE_CODES = 10_000  # a column with more distinct values is cut at so many quantiles
UNSEEN = -1
GRID_BITS = 50
MANY = 10_000  # rows of a column whose types are told
OBJECT_KINDS: dict[str, Kind] = {  # by the names that pandas has for what a column of objects holds
    "integer": "numeric",
    "floating": "numeric",
    "mixed-integer-float": "numeric",
    "decimal": "numeric",
    "boolean": "numeric",
    "string": "categorical",
    "empty": "categorical",
}
FEW_EDGES = 64  # up to here comparing all rows with one edge after the other beats a binary search for each row


@dataclass(frozen=True, eq=False)
class Coding:
    """The rule from a value to its code; `specials` differ from each other.

    Numeric: a value has code c when exactly c `edges` are at or below it, so code 0 is `x < edges[0]`. `below[i]` is
    the largest value seen under `edges[i]`: any cut in `(below[i], edges[i]]` parts the data alike. Categorical: the
    position in `levels` (see `level_of`); a level that is not among them has code -1.

    >>> Coding.numeric([8.0, 16.0], specials=[-1]).codes(pd.Series([3.0, 8.0, 20.0, -1.0, None])).tolist()
    [0, 1, 2, 3, 4]
    """

    kind: Kind
    edges: NDArray[np.float64]
    below: NDArray[np.float64]
    levels: tuple[str, ...]
    specials: tuple[Special, ...]

    @classmethod
    def numeric(
        cls,
        edges: Sequence[float] | NDArray[np.float64],
        below: Sequence[float] | NDArray[np.float64] | None = None,
        specials: Sequence[Special] = (),
    ) -> "Coding":
        """A coding of numbers by strictly rising `edges`."""
        upper = np.asarray(edges, float)
        if np.any(np.diff(upper) <= 0):
            raise ValueError(f"edges must rise strictly, got {upper.tolist()}")
        return cls("numeric", upper, upper if below is None else np.asarray(below, float), (), tuple(specials))

    @classmethod
    def categorical(cls, levels: Sequence[str], specials: Sequence[Special] = ()) -> "Coding":
        """A coding of levels, in the order given."""
        return cls("categorical", np.empty(0), np.empty(0), tuple(levels), tuple(specials))

    @property
    def regular(self) -> int:
        """Number of regular codes; the special codes and the missing code follow them."""
        return len(self.edges) + 1 if self.kind == "numeric" else len(self.levels)

    @property
    def missing(self) -> int:
        """The code of a missing value, the last one."""
        return self.regular + len(self.specials)

    def codes(self, column: pd.Series) -> NDArray[np.int64]:
        """The code of every row; -1 for a level that the coding does not know."""
        codes = self.places(column).astype(np.int64)
        codes[codes > self.missing] = UNSEEN
        return codes

    def places(self, column: pd.Series) -> NDArray[Any]:
        """The code of every row in the smallest type that holds it; `missing + 1` for a level that is not known."""
        small = np.dtype(np.uint8 if self.missing < 255 else np.int64)
        if self.kind == "categorical":
            return self._level_places(column, small)
        x = numbers(column)
        if len(self.edges) <= FEW_EDGES:
            places = np.zeros(len(x), small)
            for edge in self.edges:
                np.add(places, x >= edge, out=places)
        else:
            places = np.searchsorted(self.edges, x, side="right").astype(small, copy=False)
        for position, special in enumerate(self.specials):
            places[x == special] = self.regular + position
        places[np.isnan(x)] = self.missing
        return places

    def _level_places(self, column: pd.Series, kind: np.dtype[Any]) -> NDArray[Any]:
        arrow = getattr(column.array, "__arrow_array__", None)
        if arrow and isinstance(column.dtype, pd.StringDtype):
            texts = arrow()
            known = pa.array([*self.levels, *map(level_of, self.specials)], texts.type)
            places = pc.index_in(texts, value_set=known).fill_null(self.missing + 1).to_numpy().astype(kind)
            places[column.isna().to_numpy()] = self.missing
            return places
        if column.dtype == object:
            _kind_of_objects(column)
        rows, values = pd.factorize(column)
        return self._lookup(values).astype(kind)[rows]

    def _lookup(self, values: Iterable[Any]) -> NDArray[np.int64]:
        """The places of distinct values and, last, that of a missing one, which pandas' factorize marks by -1."""
        code_of = {level: code for code, level in enumerate((*self.levels, *map(level_of, self.specials)))}
        unseen = self.missing + 1
        places = [code_of.get(level_of(value), code_of.get(str(value), unseen)) for value in values]
        return np.array([*places, self.missing], np.int64)


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
    apart = distinct(specials, kind)
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


def frequencies(weights: ArrayLike, rows: int) -> NDArray[np.float64]:
    """Weights by row on the grid told at the top; ValueError unless there is one a row, finite and above 0.

    >>> frequencies([1, 2.5], rows=2).tolist()
    [1.0, 2.5]
    """
    values = np.asarray(weights, np.float64)
    if values.shape != (rows,):
        raise ValueError(f"weights must be one a row, {rows}, got shape {values.shape}")
    if len(wrong := values[~((values > 0) & (values < np.inf))]):
        raise ValueError(f"weights must be finite and above zero, got {wrong[0]:g}")
    step = 2.0 ** (np.frexp(values.sum())[1] - GRID_BITS)
    return np.maximum(np.rint(values / step), 1.0) * step


def design_effect(weights: NDArray[np.float64] | None) -> float:
    """Kish's design effect, sum of squared weights over sum of weights; 1 without weights."""
    if weights is None:
        return 1.0
    ordered = np.sort(weights)  # squares are not exact: one order for all
    return float(ordered @ ordered / ordered.sum())


def distinct(specials: Sequence[Special], kind: Kind) -> tuple[Special, ...]:
    """Special values without those that mean the same to a column of this kind as one before them.

    >>> distinct([1, -9, 1.0, True], "numeric")
    (1, -9)
    """
    first: dict[Special, Special] = {}
    for special in specials:
        first.setdefault(special if kind == "numeric" else level_of(special), special)
    return tuple(first.values())


def level_of(value: Any) -> str:
    """The level that a value of a category belongs to: its text; that of its integer where it is a whole number.

    One missing value makes floats of a column of integers, and the levels are to be the same.

    >>> level_of(3), level_of(3.0), level_of("3"), level_of(3.5)
    ('3', '3', '3', '3.5')
    """
    if isinstance(value, float | np.floating | Decimal) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)


def kind_of(column: pd.Series) -> Kind:
    """Whether a column is read as numbers or as levels; ValueError when it is neither."""
    if column.dtype == object:
        return _kind_of_objects(column)
    if types.is_bool_dtype(column) or (types.is_numeric_dtype(column) and not types.is_complex_dtype(column)):
        return "numeric"
    if isinstance(column.dtype, pd.CategoricalDtype) or types.is_string_dtype(column):
        return "categorical"
    raise ValueError(f"column {column.name!r} must hold numbers, strings or categories, got {column.dtype}")


def _kind_of_objects(column: pd.Series) -> Kind:
    """The kind of a column of Python's objects, which may hold anything.

    A mixture is refused: 1, 1.0 and True are one value to a table of hashes, so which of them stands for all would
    depend on the order of the rows.
    """
    found = types.infer_dtype(column, skipna=True)
    if found in OBJECT_KINDS:
        return OBJECT_KINDS[found]
    if found.startswith("mixed"):
        held = sorted({type(value).__name__ for value in column[column.notna()].head(MANY)})
        if len(held) == 1:
            raise ValueError(f"column {column.name!r} must hold numbers, strings or categories, got {held[0]}")
        raise ValueError(f"column {column.name!r} must hold one kind of values, got a mixture of {', '.join(held)}")
    raise ValueError(f"column {column.name!r} must hold numbers, strings or categories, got {found}")


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """A column as floats, missing as NaN; ValueError when it holds anything but numbers."""
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {column.name!r} must hold numbers, got {column.dtype}: {error}") from None


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
    np.add.at(by_code, coding._lookup(values), by_value)
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
