"""Many applications that share something within a time: sliding windows over links, by token."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Cluster:
    """The fullest window of one token: what it counts, and when it began and ended (UTC)."""

    token: str
    size: int
    first: dt.datetime
    last: dt.datetime


def clusters(links: pd.DataFrame, key: str, distinct: str, within: dt.timedelta, at_least: int) -> list[Cluster]:
    """The tokens of column `key` with so many `distinct` values in some window of a length, by token.

    `links` has `at`, the key and the distinct column.

    >>> at = pd.to_datetime(["2026-03-01 10:00", "2026-03-01 10:20", "2026-03-02 10:00"], utc=True)
    >>> links = pd.DataFrame({"at": at, "token": "d", "application": ["a", "b", "c"]})
    >>> [(c.token, c.size) for c in clusters(links, "token", "application", dt.timedelta(hours=1), 2)]
    [('d', 2)]
    """
    often = links[key].value_counts()
    rows = links[links[key].isin(often.index[often >= at_least])].sort_values("at", kind="stable")
    found = []
    for token, of in rows.groupby(key, sort=True):
        cluster = _fullest(str(token), of["at"], of[distinct].to_numpy(), within)
        if cluster.size >= at_least:
            found.append(cluster)
    return found


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


def _fullest(token: str, at: pd.Series, values: np.ndarray, within: dt.timedelta) -> Cluster:
    moments = at.to_numpy("datetime64[us]")
    begins = np.searchsorted(moments, moments - np.timedelta64(within), side="right")
    sizes = [len(set(values[begin : end + 1])) for end, begin in enumerate(begins)]
    end = int(np.argmax(sizes))
    first, last = at.iloc[int(begins[end])], at.iloc[end]
    return Cluster(token, sizes[end], first.to_pydatetime(), last.to_pydatetime())
