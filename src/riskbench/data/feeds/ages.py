"""How old a feed was at many moments: hours since the newest arrival up to each of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

HOUR = 3_600_000_000  # in microseconds


def arrival_times(paths: Sequence[Path]) -> np.ndarray:
    """The distinct times of arrival in the parts of a feed, ascending: microseconds of UTC since 1970."""
    columns = [pq.read_table(path, columns=["arrived_"])["arrived_"] for path in paths]
    return np.unique(np.concatenate([np.empty(0, np.int64), *(np.asarray(column.cast("int64")) for column in columns)]))


def feed_ages(arrivals: np.ndarray, moments: pd.Series) -> pd.Series:
    """Hours from the newest of `arrivals` to each moment (UTC, dates as their midnight); missing before the first.

    >>> arrivals = np.array([0, 7_200_000_000])
    >>> feed_ages(arrivals, pd.Series(pd.to_datetime(["1970-01-01 01:00", "1970-01-01 02:30", None]))).tolist()
    [1.0, 0.5, nan]
    """
    times = pd.to_datetime(moments).astype("datetime64[us]")
    micros = times.to_numpy().astype(np.int64)
    place = np.searchsorted(arrivals, micros, side="right")
    known = (place > 0) & times.notna().to_numpy()
    hours = np.full(len(micros), np.nan)
    hours[known] = (micros[known] - arrivals[place[known] - 1]) / HOUR
    return pd.Series(hours, index=moments.index)
