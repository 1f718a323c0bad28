"""What feeds knew of one customer at a moment, in well under a few milliseconds, as the engine would join it.

The rows of each fed table lie in memory by customer. A newest value is found by bisection; aggregates are computed by
the same definitions, in DuckDB, from the rows of that customer alone. When a ledger has grown, its table is read again.
"""

import datetime as dt
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.core.errors import DataError
from riskbench.data.feeds.ages import HOUR, arrival_times
from riskbench.data.feeds.as_of import ORDER
from riskbench.data.feeds.description import Feed, load_feeds
from riskbench.data.feeds.rows import Fed, in_force
from riskbench.data.feeds.store import FeedStore
from riskbench.data.known import counted, pairs, summaries
from riskbench.data.opening import connect, open_table
from riskbench.data.study import Study

EPOCH = dt.datetime(1970, 1, 1)
MICROSECOND = dt.timedelta(microseconds=1)
DAY = 24 * HOUR  # in microseconds
LAST = dt.datetime(9999, 12, 31)
ROWS, MOMENT = "live_rows_", "live_moment_"
Values = tuple[dict[str, Any], float | None]


@dataclass(frozen=True)
class Known:
    """What feeds knew at a moment: values by column (None where missing) and two ages in hours by feed.

    `ages` are hours since the newest arrival of the feed, `value_ages` since that of the row that the value is of (of
    aggregates, the newest row that takes part); None where nothing had arrived by then.
    """

    columns: Mapping[str, Any]
    ages: Mapping[str, float | None]
    value_ages: Mapping[str, float | None]


class LiveFeeds:
    """The fed tables of a study, in memory; one instance may be asked by several threads."""

    def __init__(self, study: Study, folder: Path):
        self.study, self.folder = study, folder
        self.feeds = load_feeds(study, folder)
        self._marks: dict[str, tuple[int, int]] = {}
        self._tables: dict[str, _Fed] = {}
        self._lock = threading.Lock()
        self.reload()

    def reload(self) -> bool:
        """Read the tables again whose ledgers have grown; whether any had."""
        marks = {name: FeedStore(self.folder, name).mark() for name in self.feeds}
        if marks == self._marks:
            return False
        with self._lock:
            stale = [name for name in self.feeds if marks[name] != self._marks.get(name)]
            fresh = {name: _Fed(self.study, self.folder, name, self.feeds[name]) for name in stale}
            self._tables = self._tables | fresh  # replaced as a whole: who is reading goes on with the old ones
            self._marks = self._marks | {name: marks[name] for name in stale}
        return True

    def values(self, keys: Mapping[str, Any], at: dt.datetime) -> Known:
        """What was known of the one whom `keys` name, at a moment (UTC; one with a zone is brought to it).

        `keys` holds what tables join on, for example `{"customer_id": "C000000001"}`; the key of the application may
        stand beside it, so that its own rows are left out where a table is joined through applications.
        Raises `DataError` where a key is missing.
        """
        self.reload()
        if at.tzinfo is not None:
            at = at.astimezone(dt.UTC).replace(tzinfo=None)
        columns: dict[str, Any] = {}
        ages: dict[str, float | None] = {}
        value_ages: dict[str, float | None] = {}
        for name, table in self._tables.items():
            found, value_ages[name] = table.known(keys, at)
            columns |= found
            ages[name] = table.age(at)
        return Known(columns, ages, value_ages)


class _Fed:
    """One fed table as it stood when its ledger was read."""

    def __init__(self, study: Study, folder: Path, name: str, feed: Feed):
        self.study, self.spec = study, study.tables[feed.table]
        self._backend, self._asking = connect(), threading.Lock()
        paths = FeedStore(folder, name).paths()
        self._rows = self._sorted(folder, Fed(feed, paths))
        self._owners = _runs(self._rows[self.spec.on]) if self.spec.on else None
        self._seen, self._event, self._arrived = (_micros(self._rows[name]) for name in ("seen_", "event_", "arrived_"))
        self._arrivals = arrival_times(paths)
        self._columns = [column for column in self.spec.joined if column in self._rows.column_names]
        if self.spec.join == "aggregate":
            self._until = _micros(pc.fill_null(self._rows["until_"], pa.scalar(LAST, pa.timestamp("us"))))
            self._query = self._prepared()

    def known(self, keys: Mapping[str, Any], at: dt.datetime) -> Values:
        """The columns of one owner at a moment, and the hours since the newest row behind them arrived."""
        spec, moment = self.spec, _microseconds(self._moment(at))
        if spec.on and spec.on not in keys:
            raise DataError(f"keys must name {spec.on}, which a fed table joins on, got {', '.join(keys) or 'none'}")
        start, end = self._owners.get(keys[str(spec.on)], (0, 0)) if self._owners is not None else (0, len(self._seen))
        end = start + int(self._seen[start:end].searchsorted(moment))
        if spec.join == "aggregate":
            return self._aggregated(slice(start, end), keys, at)
        if start == end:
            return dict.fromkeys(self._columns), None
        values = {column: self._rows[column][end - 1].as_py() for column in self._columns}
        return values, _hours(int(self._arrived[end - 1]), at)

    def age(self, at: dt.datetime) -> float | None:
        """Hours since the newest arrival of the feed up to a moment."""
        place = int(self._arrivals.searchsorted(_microseconds(at), side="right"))
        return _hours(int(self._arrivals[place - 1]), at) if place else None

    def _sorted(self, folder: Path, fed: Fed) -> pa.Table:
        """All rows that are ever in force, by owner and the moment from which they are known."""
        study, spec = self.study, self.spec
        rows = in_force(self._backend, open_table(self._backend, study.name, fed.feed.table, spec, folder), spec, fed)
        if spec.through:
            base = study.tables[study.base_table]
            owners = open_table(self._backend, study.name, study.base_table, base, folder)
            owners = owners.select(study.base.key, str(spec.on)).rename(through_=study.base.key)
            rows = rows.inner_join(owners, rows[spec.through] == owners.through_)
        owner = [spec.on] if spec.on else []
        return self._backend.to_pyarrow(rows.order_by([*owner, *ORDER])).combine_chunks()

    def _moment(self, at: dt.datetime) -> dt.datetime:
        """What rows must be seen before: the moment of a decision, or its day where the study has only days."""
        return dt.datetime.combine(at.date(), dt.time()) if self._by_day else at

    @property
    def _by_day(self) -> bool:
        return self.study.columns[str(self.study.as_of)].type == "date"

    def _prepared(self) -> str:
        """The query of the aggregates, of an application, its owner, and the moment as decision and by the clock."""
        spec, by_clock = self.spec, self.study.by_clock(self.spec.columns[str(self.spec.known_at)])
        owner, kind = str(spec.on), self._rows.schema.field(str(spec.on)).type
        moment = pa.schema([
            ("application_", pa.string()), ("owner_", kind),
            ("as_of", pa.date32() if self._by_day else pa.timestamp("us")), ("at_", pa.timestamp("us")),
        ])  # fmt: skip
        rows = self._backend.create_table(ROWS, self._rows)  # by owner, so that DuckDB reads where they stand
        now = self._backend.create_table(MOMENT, moment.empty_table())
        kinds = dict(self._backend.raw_sql(f'select column_name, column_type from (describe "{MOMENT}")').fetchall())
        asked = [f'cast(${i + 1} as {kinds[name]}) as "{name}"' for i, name in enumerate(now.columns)]
        rows = rows.mutate(known_at_=rows.event_ if by_clock else rows.event_.cast("date"))
        decided = now.as_of if by_clock else now.as_of.cast("date")
        query = str(ibis.to_sql(summaries(pairs(now.mutate(moment_=decided), rows, spec), "live", spec)))
        owned = f'(select * from "{ROWS}" where "{owner}" = $2)'
        for name, instead in ((ROWS, owned), (MOMENT, f"(select {', '.join(asked)})")):
            query = re.sub(rf'(?:"\w+"\.)*"{name}"', instead.replace("\\", r"\\"), query)
        return query

    def _aggregated(self, there: slice, keys: Mapping[str, Any], at: dt.datetime) -> Values:
        spec, moment = self.spec, self._moment(at)
        values: dict[str, Any] = dict.fromkeys(spec.aggregates) | dict.fromkeys(counted(spec), 0)
        known = self._until[there] >= _microseconds(moment)
        if spec.reach is not None:
            known &= self._event[there] >= _microseconds(moment) - spec.reach * DAY
        if not known.any():
            return values, None
        application, owner = str(keys.get(self.study.base.key, "")), keys[str(spec.on)]
        with self._asking:
            found = self._backend.con.execute(
                self._query, [application, owner, at.date() if self._by_day else at, moment]
            )
            names, row = [column[0] for column in found.description], found.fetchone()
        if row is not None:
            values |= {name: value for name, value in zip(names, row, strict=True) if name != "application_"}
        return values, _hours(int(self._arrived[there][known].max()), at)


def _runs(column: pa.ChunkedArray) -> dict[Any, tuple[int, int]]:
    """Where the rows of each value begin and end; equal values stand together."""
    encoded = pc.run_end_encode(column.combine_chunks())
    ends = encoded.run_ends.to_pylist()
    return dict(zip(encoded.values.to_pylist(), pairwise([0, *ends]), strict=True))


def _micros(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.cast(column, pa.int64()))


def _microseconds(moment: dt.datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _hours(since: int, at: dt.datetime) -> float:
    """Hours from a moment in microseconds to another; 0 where it lies ahead, as the end of a day may."""
    return max(_microseconds(at) - since, 0) / HOUR
