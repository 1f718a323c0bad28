"""Counts laid out for many questions: the sums of any span of days, without looking at the table again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskbench.monitoring.counts.table import EVERYONE, SUMS, CountTable
from riskbench.monitoring.warning.periods import Span

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of a subject and segment: its days in order, and sums over all of them up to each."""

    days: NDArray[np.int64]
    sums: Floats  # (days + 1) x (n, total, squares): the first row is zero


class Sums:
    """A count table as running sums by subject, segment and cell; a span of days costs two searches."""

    def __init__(self, table: CountTable):
        frame = table.frame
        self._parts: dict[tuple[str, str], dict[str, Cell]] = {}
        if frame.empty:
            return
        subject, segment, cell = (frame[key].astype("category") for key in ("subject", "segment", "cell"))
        days = frame["day"].to_numpy("datetime64[D]").astype(np.int64)
        order = np.lexsort((days, cell.cat.codes, segment.cat.codes, subject.cat.codes))
        codes = np.stack([part.cat.codes.to_numpy()[order] for part in (subject, segment, cell)])
        starts = np.flatnonzero(np.r_[True, (codes[:, 1:] != codes[:, :-1]).any(axis=0)])
        days, values = days[order], frame[SUMS].to_numpy(float)[order]
        names = [part.cat.categories for part in (subject, segment, cell)]
        for first, last in zip(starts, [*starts[1:], len(days)], strict=True):
            s, g, c = (str(of[code]) for of, code in zip(names, codes[:, first], strict=True))
            running = np.vstack([np.zeros(len(SUMS)), np.cumsum(values[first:last], axis=0)])
            self._parts.setdefault((s, g), {})[c] = Cell(days[first:last], running)

    def cells(self, subject: str, segment: str = EVERYONE) -> list[str]:
        """The cells of a subject that ever had cases, by name."""
        return list(self._parts.get((subject, segment), {}))

    def named(self, prefix: str) -> list[str]:
        """What stands behind a prefix of subjects: the features counted, the columns watched."""
        return sorted({s.removeprefix(prefix) for s, _ in self._parts if s.startswith(prefix)})

    def segments(self, column: str, subject: str) -> list[str]:
        """The segments of a column that a subject is counted in: ["channel=app", "channel=web"]."""
        return sorted(g for s, g in self._parts if s == subject and g.startswith(f"{column}="))

    def of(self, subject: str, cell: str, spans: Sequence[Span], segment: str = EVERYONE) -> Floats:
        """n, total and squares of a cell in each span: (spans, 3); zeros where there are no cases."""
        found = self._parts.get((subject, segment), {}).get(cell)
        if found is None:
            return np.zeros((len(spans), len(SUMS)))
        low, high = (np.searchsorted(found.days, ends) for ends in _ends(spans))
        return found.sums[high] - found.sums[low]

    def all(self, subject: str, spans: Sequence[Span], segment: str = EVERYONE) -> Floats:
        """The same over all cells of a subject."""
        return sum(
            (self.of(subject, cell, spans, segment) for cell in self.cells(subject, segment)),
            start=np.zeros((len(spans), len(SUMS))),
        )

    def days(self, subject: str, segment: str = EVERYONE) -> list[dt.date]:
        """The days that have cases."""
        found = {int(day) for cell in self._parts.get((subject, segment), {}).values() for day in cell.days}
        return [dt.date.fromordinal(EPOCH + day) for day in sorted(found)]


EPOCH = dt.date(1970, 1, 1).toordinal()


def _ends(spans: Sequence[Span]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = np.array([span.first.toordinal() - EPOCH for span in spans], dtype=np.int64)
    after = np.array([span.last.toordinal() - EPOCH + 1 for span in spans], dtype=np.int64)
    return first, after
