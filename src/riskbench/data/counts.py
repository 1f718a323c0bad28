"""Counts of goods and bads by code: all that binning needs to know of a column.

A `Coding` is the rule that turns a value into an integer code: first the regular codes (fine intervals of a number, or
levels of a category), then one code for each special value, last the missing code. `Counts` are goods and bads by
code. This file holds the numpy producer, for frames in memory; whoever fills `Counts` by other means (a query on a
table that does not fit) is a second producer, and nothing that reads `Counts` can tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

Kind = Literal["numeric", "categorical"]
Special = float | int | str

FINE_CODES = 10_000  # a column with more distinct values is cut at so many quantiles
UNSEEN = -1


@dataclass(frozen=True, eq=False)
class Coding:
    """The rule from a value to its code.

    Numeric: a value has code c when exactly c `edges` are at or below it, so code 0 is `x < edges[0]`. `below[i]` is
    the largest value seen under `edges[i]`: any cut in `(below[i], edges[i]]` parts the data alike. Categorical: the
    position in `levels`; a level that is not among them has code -1.

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
        if self.kind == "categorical":
            return self._level_codes(column)
        x = numbers(column)
        codes = np.searchsorted(self.edges, x, side="right")
        for position, special in enumerate(self.specials):
            codes[x == special] = self.regular + position
        codes[np.isnan(x)] = self.missing
        return codes.astype(np.int64, copy=False)

    def _level_codes(self, column: pd.Series) -> NDArray[np.int64]:
        rows, values = pd.factorize(column)
        return self._lookup(values)[rows]

    def _lookup(self, values: Iterable[Any]) -> NDArray[np.int64]:
        """The codes of distinct values and, last, that of a missing one, which pandas' factorize marks by -1."""
        code_of = {level: code for code, level in enumerate((*self.levels, *map(str, self.specials)))}
        return np.array([*(code_of.get(str(value), UNSEEN) for value in values), self.missing], np.int64)


@dataclass(frozen=True, eq=False)
class Counts:
    """Goods and bads by code: two integer arrays of `coding.missing + 1` entries."""

    coding: Coding
    goods: NDArray[np.int64]
    bads: NDArray[np.int64]

    def __post_init__(self) -> None:
        size = self.coding.missing + 1
        if len(self.goods) != size or len(self.bads) != size:
            raise ValueError(f"counts must have one entry a code, {size}, got {len(self.goods)} and {len(self.bads)}")

    @property
    def n(self) -> int:
        """Number of cases."""
        return int(self.goods.sum() + self.bads.sum())

    @property
    def total_goods(self) -> int:
        """Number of goods over all codes."""
        return int(self.goods.sum())

    @property
    def total_bads(self) -> int:
        """Number of bads over all codes."""
        return int(self.bads.sum())


def count(column: pd.Series, y: NDArray[Any], specials: Sequence[Special] = (), fine: int = FINE_CODES) -> Counts:
    """Counts of one column of a frame on its own fine coding; y: 0/1 by row, 1 = bad.

    Numbers and booleans are numeric (each distinct value a code, or `fine` quantiles where there are more of them);
    strings and categories are categorical, levels in alphabetical order. The result does not depend on row order.
    Raises ValueError for infinite values and for columns that are neither (dates).

    >>> c = count(pd.Series([1.0, 1.0, 2.0, None]), np.array([0, 1, 0, 1]))
    >>> c.coding.edges.tolist(), c.goods.tolist(), c.bads.tolist()
    ([2.0], [1, 1, 0], [1, 0, 1])
    """
    if kind_of(column) == "numeric":
        return _count_numbers(column, np.asarray(y), tuple(specials), fine)
    return _count_levels(column, np.asarray(y), tuple(specials))


def count_by(coding: Coding, column: pd.Series, y: NDArray[Any]) -> Counts:
    """Counts of a column on a coding that is given; rows of unseen levels are left out."""
    goods, bads = _by_label(coding.codes(column), np.asarray(y), coding.missing + 1)[1:].T
    return Counts(coding, goods, bads)


def kind_of(column: pd.Series) -> Kind:
    """Whether a column is read as numbers or as levels; ValueError when it is neither."""
    if types.is_bool_dtype(column) or (types.is_numeric_dtype(column) and not types.is_complex_dtype(column)):
        return "numeric"
    if isinstance(column.dtype, pd.CategoricalDtype) or types.is_string_dtype(column) or column.dtype == object:
        return "categorical"
    raise ValueError(f"column {column.name!r} must hold numbers, strings or categories, got {column.dtype}")


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """A column as floats, missing as NaN; ValueError when it holds anything but numbers."""
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column {column.name!r} must hold numbers, got {column.dtype}: {error}") from None


def _by_label(codes: NDArray[np.int64], y: NDArray[Any], size: int) -> NDArray[np.int64]:
    """Goods and bads of codes -1, 0, ..., size - 1, a row each."""
    return np.bincount(2 * codes + y.astype(np.int64, copy=False) + 2, minlength=2 * size + 2).reshape(-1, 2)


def _count_levels(column: pd.Series, y: NDArray[Any], specials: tuple[Special, ...]) -> Counts:
    """Count by value as pandas numbers them, then put the few values in order: rows are passed once."""
    rows, values = pd.factorize(column)
    levels = sorted({str(value) for value in values} - {str(special) for special in specials})
    coding = Coding.categorical(levels, specials)
    by_code = np.zeros((coding.missing + 1, 2), np.int64)
    np.add.at(by_code, coding._lookup(values), np.roll(_by_label(rows, y, len(values)), -1, axis=0))
    return Counts(coding, *by_code.T)


def _count_numbers(column: pd.Series, y: NDArray[Any], specials: tuple[Special, ...], fine: int) -> Counts:
    """Sort all values and the bad ones: the count below an edge is then a position, without a code for each row."""
    x = numbers(column)
    apart = [np.isnan(x) if special is None else x == special for special in (*specials, None)]
    regular, bad = ~np.logical_or.reduce(apart), y == 1
    values, bad_values = x[regular], x[regular & bad]
    values.sort()
    bad_values.sort()
    if np.isinf(values[[0, -1]] if len(values) else values).any():
        raise ValueError(f"column {column.name!r} must hold finite numbers or missing values, got infinite ones")
    edges, below = _fine_edges(values, fine)
    cases, bads = (
        np.diff(np.searchsorted(v, edges, side="left"), prepend=0, append=len(v)) for v in (values, bad_values)
    )
    apart_cases, apart_bads = (np.array([np.count_nonzero(a & who) for a in apart]) for who in (True, bad))
    all_cases, all_bads = np.concatenate([cases, apart_cases]), np.concatenate([bads, apart_bads])
    return Counts(Coding.numeric(edges, below, specials), all_cases - all_bads, all_bads)


def _fine_edges(values: NDArray[np.float64], fine: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges from sorted values, each with the value just below it: all steps, or those nearest the fine quantiles."""
    steps = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(steps) >= fine:
        ranks = np.arange(1, fine) * len(values) // fine
        steps = np.unique(np.searchsorted(values, values[ranks], side="left"))
        steps = steps[steps > 0]
    return values[steps], values[steps - 1]
