"""Many applications that share something within a time: sliding windows over links, by token."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

WINDOWED = ("velocity", "duplicates")  # kinds that count within a window of decisions


@dataclass(frozen=True)
class Cluster:
    """The fullest window of one token: what it counts, and when it began and ended (UTC)."""

    token: str
    size: int
    first: dt.datetime
    last: dt.datetime


@dataclass(frozen=True)
class Asked:
    """So many distinct values within a time; windows that ended by `judged` (UTC) were judged by a look before."""

    at_least: int
    within: dt.timedelta
    judged: dt.datetime | None = None


def clusters(links: pd.DataFrame, key: str, distinct: str, asked: Asked) -> list[Cluster]:
    """The tokens of column `key` with so many `distinct` values in some window that is asked for, by token.

    `links` has `at`, the key and the distinct column.

    >>> at = pd.to_datetime(["2026-03-01 10:00", "2026-03-01 10:20", "2026-03-02 10:00"], utc=True)
    >>> links = pd.DataFrame({"at": at, "token": "d", "application": ["a", "b", "c"]})
    >>> [(c.token, c.size) for c in clusters(links, "token", "application", Asked(2, dt.timedelta(hours=1)))]
    [('d', 2)]
    """
    often = links[key].value_counts()
    rows = links[links[key].isin(often.index[often >= asked.at_least])].sort_values("at", kind="stable")
    found = [
        _fullest(str(token), of["at"], of[distinct].to_numpy(), asked) for token, of in rows.groupby(key, sort=True)
    ]
    return [cluster for cluster in found if cluster and cluster.size >= asked.at_least]


def told_by(cluster: Cluster, by: str) -> dict[str, Any]:
    """What a signal says of a cluster by a link of that name: of the token no more than finds its decisions."""
    return {
        "state": "signal",
        "subject": {by: cluster.token[:12]},
        "first": cluster.first.date(),
        "last": cluster.last.date(),
        "value": cluster.size,
        "n": cluster.size,
    }


def _fullest(token: str, at: pd.Series, values: np.ndarray, asked: Asked) -> Cluster | None:
    moments = at.to_numpy("datetime64[us]")
    begins = np.searchsorted(moments, moments - np.timedelta64(asked.within), side="right")
    judged = pd.Timestamp.min.tz_localize("UTC") if asked.judged is None else pd.Timestamp(asked.judged)
    ends = np.flatnonzero(at > judged)
    if not len(ends):
        return None
    sizes = [len(set(values[begins[end] : end + 1])) for end in ends]
    fullest = int(np.argmax(sizes))
    end = int(ends[fullest])
    first, last = at.iloc[int(begins[end])], at.iloc[end]
    return Cluster(token, sizes[fullest], first.to_pydatetime(), last.to_pydatetime())
