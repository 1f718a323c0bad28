"""One fed table in memory, by owner and time: its newest value by bisection, aggregates by `live_aggregates.py`."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.core.errors import DataError
from riskbench.data.feeds.ages import HOUR, arrival_times
from riskbench.data.feeds.as_of import ORDER
from riskbench.data.feeds.description import Feed
from riskbench.data.feeds.live_aggregates import Asked, LiveAggregates, micros
from riskbench.data.feeds.rows import Fed, in_force
from riskbench.data.feeds.store import FeedStore
from riskbench.data.opening import connect, open_table
from riskbench.data.study import Study

EPOCH = dt.datetime(1970, 1, 1)
MICROSECOND = dt.timedelta(microseconds=1)


class LiveTable:
    """One fed table of a study as it stood when its ledger was read."""

    def __init__(self, study: Study, folder: Path, name: str, feed: Feed):
        self.study, self.spec = study, study.tables[feed.table]
        paths, backend = FeedStore(folder, name).paths(), connect()
        self._rows = self._sorted(backend, folder, Fed(feed, paths))
        self._owners = _runs(self._rows[self.spec.on]) if self.spec.on else None
        self._seen, self._arrived = (micros(self._rows[column]) for column in ("seen_", "arrived_"))
        self._arrivals = arrival_times(paths)
        self._columns = [column for column in self.spec.joined if column in self._rows.column_names]
        aggregated = self.spec.join == "aggregate"
        self._aggregates = LiveAggregates(backend, self._rows, study, self.spec) if aggregated else None

    def known(self, keys: Mapping[str, Any], at: dt.datetime) -> tuple[dict[str, Any], float | None]:
        """The columns of one owner at a moment, and the hours since the newest row behind them arrived."""
        decided, on = self._moment(at), self.spec.on
        if on and on not in keys:
            raise DataError(f"keys must name {on}, which a fed table joins on, got {', '.join(keys) or 'none'}")
        moment = _microseconds(decided)
        start, end = self._owners.get(keys[str(on)], (0, 0)) if self._owners is not None else (0, len(self._seen))
        end = start + int(self._seen[start:end].searchsorted(moment))
        if self._aggregates is not None:
            asked = Asked(keys[str(on)], str(keys.get(self.study.base.key, "")), at, decided, moment)
            values, behind = self._aggregates.values(np.arange(start, end), asked)
            return values, _hours(int(self._arrived[behind].max()), at) if len(behind) else None
        if start == end:
            return dict.fromkeys(self._columns), None
        values = {column: self._rows[column][end - 1].as_py() for column in self._columns}
        return values, _hours(int(self._arrived[end - 1]), at)

    def age(self, at: dt.datetime) -> float | None:
        """Hours since the newest arrival of the feed up to a moment; None before the first."""
        place = int(self._arrivals.searchsorted(_microseconds(at), side="right"))
        return _hours(int(self._arrivals[place - 1]), at) if place else None

    def _sorted(self, backend: Any, folder: Path, fed: Fed) -> pa.Table:
        """All rows that are ever in force, by owner and the moment from which they are known."""
        study, spec = self.study, self.spec
        rows = in_force(backend, open_table(backend, study.name, fed.feed.table, spec, folder), spec, fed)
        if spec.through:
            base = study.tables[study.base_table]
            owners = open_table(backend, study.name, study.base_table, base, folder)
            owners = owners.select(study.base.key, str(spec.on)).rename(through_=study.base.key)
            rows = rows.inner_join(owners, rows[spec.through] == owners.through_)
        return backend.to_pyarrow(rows.order_by([*([spec.on] if spec.on else []), *ORDER])).combine_chunks()

    def _moment(self, at: dt.datetime) -> dt.datetime:
        """What rows must be seen before: the moment of a decision, or its day where the study has only days."""
        by_day = self.study.columns[str(self.study.as_of)].type == "date"
        return dt.datetime.combine(at.date(), dt.time()) if by_day else at


def _runs(column: pa.ChunkedArray) -> dict[Any, tuple[int, int]]:
    """Where the rows of each value begin and end; equal values stand together."""
    encoded = pc.run_end_encode(column.combine_chunks())
    ends = encoded.run_ends.to_pylist()
    return dict(zip(encoded.values.to_pylist(), pairwise([0, *ends]), strict=True))


def _microseconds(moment: dt.datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _hours(since: int, at: dt.datetime) -> float:
    """Hours from a moment in microseconds to another; 0 where it lies ahead, as the end of a day may."""
    return max(_microseconds(at) - since, 0) / HOUR
