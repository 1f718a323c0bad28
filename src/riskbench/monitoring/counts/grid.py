"""Rows as whole numbers, day, segment and cell, counted at once: what every count of a frame comes down to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.monitoring.counts.table import SUMS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """A subject of some rows: the cell of each by its position in `names`, -1 for none; values where it has any."""

    subject: str
    names: tuple[str, ...]
    codes: Integers
    values: Floats | None = None


def cells_of(subject: str, texts: pd.Series, values: Floats | None = None) -> Cells:
    """A subject whose cells are the texts themselves; a missing one belongs to none."""
    codes, names = pd.factorize(texts)
    return Cells(subject, tuple(map(str, names)), codes.astype(np.int64), values)


@dataclass(frozen=True, eq=False)
class Grid:
    """Days and segments of some rows as whole numbers."""

    model: str
    days: pd.DatetimeIndex
    day: Integers
    segments: tuple[tuple[tuple[str, ...], Integers], ...]

    @classmethod
    def of(cls, model: str, days: pd.Series, segments: Sequence[tuple[tuple[str, ...], Integers]]) -> "Grid":
        """A grid of dates, and of segments as their names and the position of each row in them."""
        day, found = pd.factorize(pd.to_datetime(days).dt.floor("D"), sort=True)
        if (day < 0).any():
            raise ValueError(f"every application must have its day, {int((day < 0).sum())} have none")
        return cls(model, pd.DatetimeIndex(found), day.astype(np.int64), tuple(segments))

    def counted(self, cells: Cells) -> pd.DataFrame:
        """The counts of one subject, for everyone and every segment, as rows of a `CountTable`."""
        parts = [self._by(names, codes, cells) for names, codes in self.segments]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return pd.DataFrame(columns | {"model": self.model, "subject": cells.subject})

    def _by(self, names: Sequence[str], codes: Integers, cells: Cells) -> dict[str, NDArray[Any]]:
        width, shape = len(cells.names), (len(self.days), len(names), len(cells.names))
        size = int(np.prod(shape))
        place, values, belongs = (self.day * len(names) + codes) * width + cells.codes, cells.values, cells.codes >= 0
        if not belongs.all():
            place, values = place[belongs], None if values is None else values[belongs]
        n = np.bincount(place, minlength=size)
        filled = np.flatnonzero(n)
        day, segment, cell = np.unravel_index(filled, shape) if size else (filled, filled, filled)
        sums: dict[str, NDArray[Any]] = {name: np.zeros(len(filled)) for name in SUMS[1:]}
        if values is not None:
            for name, weights in zip(sums, (values, values**2), strict=True):
                sums[name] = np.bincount(place, weights=weights, minlength=size)[filled]
        named: dict[str, NDArray[Any]] = {
            "day": self.days.to_numpy()[day],
            "segment": np.array(names, dtype=object)[segment],
            "cell": np.array(cells.names, dtype=object)[cell],
        }
        return named | {"n": n[filled]} | sums
