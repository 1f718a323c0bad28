"""PSI of two frames side by side, without days and segments, which needs no code of any row.

How many values lie below each edge says how many lie between two of them. Edges are asked one after the other of a
piece of the column that stays in the processor's cache, so that memory is read once.
"""

from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from riskbench.data.coding import FEW_EDGES, Coding, numbers
from riskbench.metrics.arguments import Floats
from riskbench.monitoring.counts.drift import LEVEL, psi_of_counts
from riskbench.monitoring.counts.table import FEATURE, SCORE
from riskbench.monitoring.counts.yardstick import FeatureCells, Yardstick

PIECE = 32_768  # values of a column that are looked at together: 256 KiB
COLUMNS = ["subject", "n", "reference_n", "psi", "critical", "p_value", "reason"]
Rows: TypeAlias = "pd.DataFrame | pa.Table"


def psi_between(now: Rows, before: Rows, yardstick: Yardstick, level: float = LEVEL) -> pd.DataFrame:
    """The population stability index of the score and of every feature of a yardstick, between two sets of rows.

    Both are frames of pandas or tables of Arrow, with features by their names and the points in a column `score`.
    Returns `subject, n, reference_n, psi, critical, p_value, reason`, one row a subject, in the order of the yardstick:
    what `drift_of` says of the counts of both, each as one period. A missing score belongs to no band and is not
    counted; a missing value of a feature has a cell. A column that one of them lacks has no figure, and a `reason`.

    Raises ValueError for a column of another kind than its feature.

    >>> scores = [pd.DataFrame({"score": [480] * low + [520] * (100 - low)}) for low in (80, 50)]
    >>> psi_between(*scores, Yardstick(model="m", edges=(500.0,)))[["subject", "n", "psi"]].round(3).values.tolist()
    [['score', 100, 0.416]]
    """
    told: list[tuple[str, Floats, Floats]] = []
    if any(SCORE in _names(rows) for rows in (now, before)):
        told.append((SCORE, _bands(now, yardstick.edges), _bands(before, yardstick.edges)))
    told += [(FEATURE + cells.name, _cells(now, cells), _cells(before, cells)) for cells in yardstick.features]
    if not told:
        return pd.DataFrame(columns=COLUMNS)
    width = max(len(counts) for _, counts, _ in told)
    actual, expected = (
        np.array([np.pad(counts, (0, width - len(counts))) for counts in side], np.float64)
        for side in ([counts for _, counts, _ in told], [counts for _, _, counts in told])
    )
    sizes = {"n": actual.sum(axis=1).astype(np.int64), "reference_n": expected.sum(axis=1).astype(np.int64)}
    subjects = pd.DataFrame({"subject": [subject for subject, _, _ in told], **sizes})
    return subjects.join(psi_of_counts(expected, actual, level))[COLUMNS]


def _bands(rows: Rows, edges: tuple[float, ...]) -> Floats:
    if SCORE not in _names(rows):
        return np.zeros(len(edges) + 1)
    return _by_place(_values(_column(rows, SCORE)), Coding.numeric(edges))[: len(edges) + 1]


def _cells(rows: Rows, cells: FeatureCells) -> Floats:
    """How many rows lie in each cell of a feature."""
    width, bins = len(cells.labels), cells.bins
    if cells.name not in _names(rows):
        return np.zeros(width)
    column = _column(rows, cells.name)
    cell: NDArray[np.int64]
    times: Floats
    if bins.coding.kind == "numeric" and len(bins.coding.edges) <= FEW_EDGES:
        cell = np.concatenate([bins.groups, np.arange(bins.regular, width)])
        times = _by_place(_values(column), bins.coding)
    elif bins.coding.kind == "categorical" and column.dtype != object:
        levels = column.value_counts(dropna=False)
        cell, times = bins.bin_of(pd.Series(levels.index)), np.asarray(levels, np.float64)
    else:
        cell, times = bins.bin_of(column), np.ones(len(column))
    return np.bincount(cell, weights=times, minlength=width).astype(np.float64, copy=False)


def _by_place(values: NDArray[np.generic], coding: Coding) -> Floats:
    """How many numbers have each code of a coding, regular ones, special values and missing."""
    below, same = np.zeros(len(coding.edges) + 2), np.zeros(len(coding.specials))
    for start in range(0, len(values), PIECE):
        piece = values[start : start + PIECE].astype(np.float64, copy=False)
        for at, edge in enumerate(coding.edges, start=1):
            below[at] += np.count_nonzero(piece < edge)
        below[-1] += np.count_nonzero(piece == piece)  # what is not missing
        for at, special in enumerate(coding.specials):
            same[at] += np.count_nonzero(piece == special)
    regular = np.diff(below)
    np.subtract.at(regular, np.searchsorted(coding.edges, np.array(coding.specials, float), side="right"), same)
    return np.concatenate([regular, same, [len(values) - below[-1]]])


def _values(column: pd.Series) -> NDArray[np.generic]:
    """Numbers as they lie in memory where they are such that a double holds them, else as doubles."""
    held = isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub"
    return column.to_numpy() if held else numbers(column)


def _names(rows: Rows) -> list[str]:
    return rows.column_names if isinstance(rows, pa.Table) else [str(name) for name in rows.columns]


def _column(rows: Rows, name: str) -> pd.Series:
    return rows.column(name).to_pandas().rename(name) if isinstance(rows, pa.Table) else rows[name]
