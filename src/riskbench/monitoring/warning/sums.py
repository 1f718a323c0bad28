"""Counts laid out for many questions: the sums of any span of days, without looking at the table again."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.monitoring.counts.table import EVERYONE, SUMS, CountTable
from riskbench.monitoring.warning.periods import Span

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
EPOCH = dt.date(1970, 1, 1).toordinal()
FOREVER = dt.date.max.toordinal() - EPOCH


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of a subject and segment: its days in order, and sums over all of them up to each."""

    days: Integers
    sums: Floats  # (days + 1) x (n, total, squares): the first row is zero
    begins: int  # the first of its days


@dataclass(frozen=True, eq=False)
class Sums:
    """A count table as running sums by subject and segment, and cell; a span of days costs two searches.

    Nothing is told of the day `end` and later (days since 1970), not even that there is a segment.
    """

    parts: dict[tuple[str, str], dict[str, Cell]]
    end: int = FOREVER

    @classmethod
    def of_table(cls, table: CountTable) -> "Sums":
        """The sums of a table.

        >>> Sums.of_table(CountTable.empty()).named("feature:")
        []
        """
        frame, parts = table.frame, dict[tuple[str, str], dict[str, Cell]]()
        if frame.empty:
            return cls(parts)
        keys = [pd.factorize(frame[key], sort=True) for key in ("subject", "segment", "cell")]
        days = frame["day"].to_numpy("datetime64[D]").astype(np.int64)
        order = np.lexsort((days, *(codes for codes, _ in reversed(keys))))
        codes = np.stack([codes[order] for codes, _ in keys])
        starts = np.flatnonzero(np.r_[True, (codes[:, 1:] != codes[:, :-1]).any(axis=0)])
        days, values = days[order], frame[SUMS].to_numpy(float)[order]
        subjects, segments, cells = (names.tolist() for _, names in keys)
        for first, last in zip(starts.tolist(), [*starts[1:].tolist(), len(days)], strict=True):
            s, g, c = codes[:, first]
            running = np.zeros((last - first + 1, len(SUMS)))
            np.cumsum(values[first:last], axis=0, out=running[1:])
            parts.setdefault((subjects[s], segments[g]), {})[cells[c]] = Cell(
                days[first:last], running, int(days[first])
            )
        return cls(parts)

    def until(self, day: dt.date) -> "Sums":
        """The same as it was known before a day."""
        return replace(self, end=day.toordinal() - EPOCH)

    def cells(self, subject: str, segment: str = EVERYONE) -> list[str]:
        """The cells of a subject that ever had cases, by name."""
        return [name for name, cell in self.parts.get((subject, segment), {}).items() if cell.begins < self.end]

    def named(self, prefix: str) -> list[str]:
        """What stands behind a prefix of subjects: the features counted, the columns watched."""
        return sorted({s.removeprefix(prefix) for s, _ in self._known() if s.startswith(prefix)})

    def segments(self, column: str, subject: str) -> list[str]:
        """The segments of a column that a subject is counted in: ["channel=app", "channel=web"]."""
        return sorted(g for s, g in self._known() if s == subject and g.startswith(f"{column}="))

    def of(self, subject: str, cell: str, spans: Sequence[Span], segment: str = EVERYONE) -> Floats:
        """n, total and squares of a cell in each span: (spans, 3); zeros where there are no cases."""
        found = self.parts.get((subject, segment), {}).get(cell)
        return np.zeros((len(spans), len(SUMS))) if found is None else self._between(found, _ends(spans))

    def all(self, subject: str, spans: Sequence[Span], segment: str = EVERYONE) -> Floats:
        """The same over all cells of a subject."""
        ends, total = _ends(spans), np.zeros((len(spans), len(SUMS)))
        for cell in self.parts.get((subject, segment), {}).values():
            total += self._between(cell, ends)
        return total

    def days(self, subject: str, segment: str = EVERYONE) -> list[dt.date]:
        """The days that have cases."""
        cells = self.parts.get((subject, segment), {}).values()
        found = np.unique(np.concatenate([cell.days for cell in cells])) if cells else np.array([], dtype=np.int64)
        return [dt.date.fromordinal(EPOCH + day) for day in found[found < self.end].tolist()]

    def _between(self, cell: Cell, ends: Integers) -> Floats:
        first, after = cell.days.searchsorted(np.minimum(ends, self.end))
        return np.asarray(cell.sums[after] - cell.sums[first], dtype=float)

    def _known(self) -> Iterator[tuple[str, str]]:
        return (key for key, cells in self.parts.items() if any(cell.begins < self.end for cell in cells.values()))


def _ends(spans: Sequence[Span]) -> Integers:
    """The first day of each span, and the day after it: (2, spans)."""
    ends = [(span.first.toordinal(), span.last.toordinal() + 1) for span in spans]
    return np.array(ends, dtype=np.int64).reshape(-1, 2).T - EPOCH
