"""How far the population has moved, from counts alone: PSI of the score, CSI of each feature, by period and segment.

A look costs as much as there are counts. Many cells are compared at once, by the formulas of `metrics/divergence.py`.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, chdtri

from riskbench.core.results import LEVEL
from riskbench.metrics.divergence import EMPTY_CELL
from riskbench.monitoring.counts.table import FEATURE, SCORE, CountTable

Period = Literal["day", "week", "month", "all"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
KEY = ["first", "model", "segment", "subject"]
COLUMNS = [*KEY[:1], "last", *KEY[1:], "n", "reference_n", "psi", "critical", "p_value", "reason"]
EMPTY, ONE_CELL = "one of the two samples is empty", "it needs two cells with cases"


def drift_of(
    counts: CountTable,
    reference: CountTable,
    period: Period = "month",
    *,
    subjects: tuple[str, ...] = (SCORE, FEATURE),
    level: float = LEVEL,
) -> pd.DataFrame:
    """The population stability index of every subject, in every period, model and segment, against a reference.

    `subjects` are those asked for, with all features behind `feature:`. A segment is held against the same segment of
    the reference, and any model against the reference's one. Returns `first, last` (days of the period that have
    counts), `model, segment, subject, n, reference_n, psi, critical, p_value, reason`, in the order of period and keys:
    `critical` is what chance alone exceeds with probability 1 − level, `p_value` is for that cell of the table alone,
    and `reason` says why there is no figure. Formula, test and empty cells are as in `metrics.divergence.psi`.

    Raises ValueError for a reference of several models, or of none.

    >>> keys = {"day": pd.Timestamp("2026-03-01"), "model": "m", "segment": "", "subject": "score"}
    >>> rows = pd.DataFrame(keys, index=[0, 1])
    >>> before = CountTable.of(rows.assign(cell=["low", "high"], n=[50, 50], total=0.0, squares=0.0))
    >>> now = CountTable.of(rows.assign(cell=["low", "high"], n=[80, 20], total=0.0, squares=0.0))
    >>> drift_of(now, before)[["n", "psi"]].round(3).values.tolist()  # .3 ln 1.6 + .3 ln 2.5
    [[100.0, 0.416]]
    """
    expected = _of_subjects(reference.frame, subjects)
    if (models := reference.frame["model"].nunique()) != 1:
        raise ValueError(f"the reference must be of one model, got {models}")
    found = _of_subjects(counts.frame, subjects)
    if found.empty:
        return pd.DataFrame(columns=COLUMNS)
    found = found.assign(first=_first(found["day"], period))
    keys = found.groupby(KEY, observed=True)
    told = keys.agg(last=("day", "max"), n=("n", "sum"), earliest=("day", "min")).reset_index()
    place, width = _places(pd.concat([found, expected], ignore_index=True))
    actual = _wide(np.asarray(keys.ngroup(), np.int64), place[: len(found)], found["n"], (len(told), width))
    parts = expected.groupby(["subject", "segment"], observed=True)
    before = _wide(np.asarray(parts.ngroup(), np.int64), place[len(found) :], expected["n"], (parts.ngroups + 1, width))
    held = pd.MultiIndex.from_frame(told[["subject", "segment"]])
    beside = before[parts.size().index.get_indexer(held)]  # the last row, of zeros, where the reference has none
    figures = psi_of_counts(beside, actual, level)
    told = told.assign(first=told["earliest"], reference_n=beside.sum(axis=-1).astype(np.int64))
    return told.join(figures)[COLUMNS]


def psi_of_counts(expected: Floats, actual: Floats, level: float = LEVEL) -> pd.DataFrame:
    """PSI with its size-aware test, one row a pair of rows: `psi, critical, p_value, reason`.

    Cells lie along the last axis of both; a cell that is empty on both sides, as where there are fewer of them, says
    nothing. What `metrics.divergence.psi` gives for each row.

    >>> found = psi_of_counts(np.array([[50.0, 50, 0]]), np.array([[80.0, 20, 0]]))
    >>> found[["psi", "critical"]].round(3).values.tolist()
    [[0.416, 0.077]]
    """
    n, m = expected.sum(axis=-1), actual.sum(axis=-1)
    filled = (expected > 0) | (actual > 0)
    df = filled.sum(axis=-1) - 1
    reason = np.select(
        [(n == 0) | (m == 0), df < 1], ["one of the two samples is empty", "it needs two cells with cases"], ""
    )
    known = reason == ""
    shares = [
        np.where(side > 0, side, EMPTY_CELL) / np.where(total > 0, total, 1.0)[..., None]
        for side, total in ((expected, n), (actual, m))
    ]
    psi = np.where(filled, (shares[1] - shares[0]) * np.log(shares[1] / shares[0]), 0.0).sum(axis=-1)
    unit = np.divide(1.0, n, where=n > 0, out=np.zeros_like(n)) + np.divide(1.0, m, where=m > 0, out=np.zeros_like(m))
    safe_df, safe_unit = np.maximum(df, 1), np.where(unit > 0, unit, 1.0)
    figures = {"psi": psi, "critical": unit * chdtri(safe_df, 1 - level), "p_value": chdtrc(safe_df, psi / safe_unit)}
    return pd.DataFrame(
        {name: np.where(known, values, np.nan) for name, values in figures.items()} | {"reason": reason}
    )


def _places(rows: pd.DataFrame) -> tuple[Integers, int]:
    """The position of the cell of each row among those of its subject, and the most cells of a subject."""
    cells = pd.MultiIndex.from_frame(rows[["subject", "cell"]])
    code, names = pd.factorize(cells)
    within = pd.Series(names.get_level_values(0)).groupby(names.get_level_values(0)).cumcount().to_numpy(np.int64)
    return within[code].astype(np.int64), int(within.max()) + 1


def _wide(row: Integers, place: Integers, n: pd.Series, shape: tuple[int, int]) -> Floats:
    """Counts as a matrix: a row a key, a column a cell."""
    flat = np.bincount(row * shape[1] + place, weights=n.to_numpy(float), minlength=shape[0] * shape[1])
    return flat.astype(float, copy=False).reshape(shape)


def _of_subjects(frame: pd.DataFrame, subjects: tuple[str, ...]) -> pd.DataFrame:
    asked = frame["subject"].isin(subjects)
    for family in (name for name in subjects if name.endswith(":")):
        asked |= frame["subject"].str.startswith(family)
    return frame[asked]


def _first(days: pd.Series, period: Period) -> pd.Series:
    if period == "all":
        return pd.Series(days.min(), index=days.index)
    if period == "day":
        return days
    return days.dt.to_period({"week": "W", "month": "M"}[period]).dt.start_time
