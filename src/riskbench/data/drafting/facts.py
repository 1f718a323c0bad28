"""What is counted in one column before its role is guessed: missing cells, distinct values, levels, range."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.reading import ReadColumn, Tape
from riskbench.data.study.schema import Kind

MOST_LEVELS = 50  # written into the study as the only values that may come


@dataclass(frozen=True, eq=False)
class Facts:
    """One column of a tape, counted once and looked at by every guess."""

    name: str
    kind: Kind
    how: str
    source_name: str
    cells: pa.ChunkedArray

    @property
    def rows(self) -> int:
        """How many rows the tape has."""
        return len(self.cells)

    @cached_property
    def filled(self) -> np.ndarray:
        """Where there is a value, by row; NaN is none."""
        present = self.cells.is_valid()
        if pa.types.is_floating(self.cells.type):
            present = pc.and_(present, pc.invert(pc.is_nan(self.cells).fill_null(True)))
        return np.asarray(present)

    @property
    def missing(self) -> int:
        """Rows without a value."""
        return self.rows - int(self.filled.sum())

    @cached_property
    def distinct(self) -> int:
        """Different values."""
        return len(self.values)

    @cached_property
    def values(self) -> pa.Array:
        """The different values, in the order of their first row."""
        return pc.unique(self.cells.filter(pa.array(self.filled)))

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.rows > 0 and self.distinct == self.rows

    @property
    def textual(self) -> bool:
        """Whether the cells are texts."""
        return self.kind in ("category", "text") and not pa.types.is_integer(self.cells.type)

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers that measure or count."""
        return self.kind in ("integer", "number")

    @cached_property
    def numbers(self) -> np.ndarray:
        """The cells of a number or truth value as floats, NaN where there is none."""
        return np.asarray(pc.cast(self.cells, pa.float64()).fill_null(float("nan")), dtype=float)

    @cached_property
    def days(self) -> np.ndarray:
        """The cells of a date as `datetime64[D]`, NaT where there is none."""
        return np.asarray(pc.cast(self.cells, pa.timestamp("us"), safe=False).to_numpy()).astype("datetime64[D]")

    @cached_property
    def codes(self) -> np.ndarray:
        """Each row's position among `values`, -1 where there is none."""
        found = pc.index_in(self.cells, value_set=self.values).fill_null(-1)
        return np.where(self.filled, np.asarray(found), -1)

    @property
    def levels(self) -> list[str]:
        """The different values as texts, in order; asked of columns with few."""
        ordered = self.values.take(pc.sort_indices(self.values))
        return [_text(value) for value in ordered.to_pylist()]

    @property
    def texts(self) -> list[str]:
        """The different values as texts, in the order of `values`."""
        return [_text(value) for value in self.values.to_pylist()]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Level and rows, the most frequent first."""
        n = np.bincount(self.codes[self.codes >= 0], minlength=self.distinct)
        return sorted(zip(self.texts, n.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))


def special_values(facts: Facts) -> list[float]:
    """Values of a number that codes for "absent" use, in 1 of 200 rows or more, outside the range of all others.

    Such codes are -1 and 9, 99, 999, … with either sign.
    """
    known = facts.numbers[np.isfinite(facts.numbers)]
    codes = np.array([-1.0, *(sign * (10.0**n - 1) for n in range(2, 8) for sign in (-1, 1))])
    present = [float(code) for code in codes if (known == code).sum() * 200 >= max(len(known), 1)]
    others = known[~np.isin(known, codes)]
    if not present or not len(others):
        return []
    return [code for code in present if not others.min() <= code <= others.max()]


def _text(value: object) -> str:
    """A value as SQL casts it to text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def facts_of(tape: Tape) -> dict[str, Facts]:
    """The facts of every column of a tape, by name."""
    return {column.name: _facts(column, tape.table[column.name]) for column in tape.columns}


def _facts(column: ReadColumn, cells: pa.ChunkedArray) -> Facts:
    return Facts(column.name, column.type, column.how, column.source_name, cells)
