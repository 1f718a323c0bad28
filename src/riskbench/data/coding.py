"""From the values of a column to integer codes: the rule, and how a value is read.

First come the regular codes (fine intervals of a number, or levels of a category), then one code for each special
value, last the missing code.
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
from numpy.typing import NDArray
from pandas.api import types

Kind = Literal["numeric", "categorical"]
Special = float | int | str

UNSEEN = -1
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
        return self.places_of(values).astype(kind)[rows]

    def places_of(self, values: Iterable[Any]) -> NDArray[np.int64]:
        """The places of distinct values and, last, that of a missing one, which pandas' factorize marks by -1."""
        code_of = {level: code for code, level in enumerate((*self.levels, *map(level_of, self.specials)))}
        unseen = self.missing + 1
        places = [code_of.get(level_of(value), code_of.get(str(value), unseen)) for value in values]
        return np.array([*places, self.missing], np.int64)


def distinct_specials(specials: Sequence[Special], kind: Kind) -> tuple[Special, ...]:
    """Special values without those that mean the same to a column of this kind as one before them.

    >>> distinct_specials([1, -9, 1.0, True], "numeric")
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
