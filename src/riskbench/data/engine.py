"""A study's tables, and their join as of the decision, through Ibis on DuckDB.

Everything here is an Ibis expression, so that the same joins run where the tables do not fit in memory. DuckDB works
with one thread because the order in which threads add floats would move the last digits between runs.
"""

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
from ibis.expr.types import Table

from riskbench.data.feeds.ages import arrival_times, feed_ages
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.rows import TIMES, Fed, in_force
from riskbench.data.feeds.store import FeedStore
from riskbench.data.known import counted, newest, pairs, summaries
from riskbench.data.opening import ROW, connect, damaged, open_table
from riskbench.data.querying import text_as_str
from riskbench.data.study import Study
from riskbench.data.study.schema import LEFT_OUT, TableSpec


class Engine:
    """The tables of one study in one DuckDB connection.

    `read` are the files that a run has hashed (`sources.ensure_data`): of feeds these parts are read and no other, so
    that a refresh that comes in between changes nothing. Without it a feed is read as it stands.
    """

    def __init__(self, study: Study, folder: Path, read: Collection[str] | None = None):
        self.study, self.folder, self._read = study, folder, read
        self._backend = connect()
        self._tables = {
            name: open_table(self._backend, study.name, name, spec, folder) for name, spec in study.tables.items()
        }
        if study.samples.until is not None:
            self._tables[study.base_table] = self._decided_until(study.samples.until)
        feeds = load_feeds(study, folder)
        fed = {feed.table: Fed(feed, FeedStore(folder, name).paths(read)) for name, feed in feeds.items()}
        self._two_times = {
            name: in_force(self._backend, self._tables[name], spec, fed.get(name))
            for name, spec in study.tables.items()
            if spec.event_at or (name in fed and fed[name].paths)
        }

    def table(self, name: str) -> Table:
        """One table as an Ibis expression, with its row numbers in column `file_row_number`."""
        return self._tables[name]

    def frame(self, expression: Table) -> pd.DataFrame:
        """The rows of an expression; raises `DataError` where a file turns out to be damaged inside."""
        try:
            return self._backend.to_pyarrow(expression).to_pandas(types_mapper=text_as_str)
        except duckdb.Error as error:
            if (said := damaged(error)) is None:
                raise
            raise said from error

    def moments(self) -> Table:
        """One row per application: keys, decision, other dates, and where each stands in its file, as `row_<table>`.

        The dates are those of role date and outcome in the tables that have one row for an application.
        """
        study = self.study
        single = {name: spec for name, spec in study.tables.items() if spec.join in ("base", "one")}
        joined = {spec.on for spec in single.values()} | {study.base.key}
        base: Table | None = None
        for name, spec in sorted(single.items(), key=lambda item: item[1].join):  # base comes before one
            wanted = [n for n, c in spec.columns.items() if n in joined or c.is_moment]
            table = self._tables[name].select(*wanted, **{f"row_{name}": self._tables[name][ROW]})
            base = table if base is None else _left(base, table, spec.on)
        return base

    def collate(self) -> pd.DataFrame:
        """One row per application with all that was known at its decision, ordered by key.

        Columns of role leakage and identifier stay behind. A dated row takes part only if it was known on a day before
        that of the decision: a record of the same day may have been written after it. Where both columns are of type
        timestamp, the clock decides instead of the day. What a feed has brought takes part by its arrival.
        """
        study = self.study
        base = self._columns(study.base_table)
        for name, spec in study.tables.items():
            if spec.join == "one" and name not in self._two_times:
                base = _left(base, self._columns(name), spec.on)
        return self.frame(self.with_known(base).order_by(study.base.key))

    def with_known(self, base: Table) -> Table:
        """Applications with all that dated tables and feeds knew of each at its moment.

        `base` has the key of an application, the columns that tables join on, and the moment of its decision: those of
        the study, or any others of this connection. Tables of join `one` take part where a feed brings their rows.
        """
        for name, spec in self.study.tables.items():
            if spec.join == "latest" or (spec.join == "one" and name in self._two_times):
                base = self._join_latest(base, name, spec)
            elif spec.join == "aggregate":
                base = self._join_aggregates(base, name, spec)
        return base

    def ages(self, moments: pd.Series) -> pd.DataFrame:
        """Hours since the newest arrival of each feed at every moment, a column a feed; missing before the first."""
        stores = {name: FeedStore(self.folder, name) for name in load_feeds(self.study, self.folder)}
        return pd.DataFrame(
            {name: feed_ages(arrival_times(s.paths(self._read)), moments) for name, s in stores.items()}
        )

    def _decided_until(self, day: dt.date) -> Table:
        """The applications decided up to a day, with it; the date of the decision may stand in another table."""
        study, base = self.study, self._tables[self.study.base_table]
        dated = next(
            n for n, spec in study.tables.items() if spec.join in ("base", "one") and study.as_of in spec.columns
        )
        table = self._tables[dated]
        decided = table.filter(table[study.as_of].cast("date") <= ibis.literal(day))
        return decided if dated == study.base_table else base.semi_join(decided, study.tables[dated].on)

    def _columns(self, name: str) -> Table:
        spec = self.study.tables[name]
        wanted = [n for n, c in spec.columns.items() if c.role not in LEFT_OUT]
        return self._tables[name].select(wanted)

    def _join_latest(self, base: Table, name: str, spec: TableSpec) -> Table:
        if name in self._two_times:
            dated = [column for column in (*TIMES, spec.known_at) if column]
            rows = self._two_times[name].drop(*dated).rename(known_at_="seen_")
            return newest(base, rows, spec.on, base[self.study.as_of].cast("timestamp(6)"))
        rows = self._columns(name).filter(ibis._[spec.known_at].notnull()).rename(known_at_=spec.known_at)
        return newest(base, rows, spec.on, self._moment(base, spec))

    def _moment(self, base: Table, spec: TableSpec) -> Any:
        """What a row must be known before: the decision, or its day."""
        decided = base[self.study.as_of]
        return decided if self._by_clock(spec) else decided.cast("date")

    def _by_clock(self, spec: TableSpec) -> bool:
        return self.study.by_clock(spec.columns[str(spec.known_at)])

    def _join_aggregates(self, base: Table, name: str, spec: TableSpec) -> Table:
        key = self.study.base.key
        found = summaries(self._pairs(base, name, spec), name, spec).rename({key: "application_"})
        joined = _left(base, found, key)
        return joined.mutate(**{alias: joined[alias].fill_null(0) for alias in counted(spec)})

    def _pairs(self, base: Table, name: str, spec: TableSpec) -> Table:
        """Every application beside every row of a table that it may know."""
        key, decided = self.study.base.key, base[self.study.as_of]
        rows = self._two_times.get(name, self._columns(name))
        if spec.through:
            owners = self._tables[self.study.base_table].select(key, spec.on).rename(through_=key)
            rows = rows.inner_join(owners, rows[spec.through] == owners.through_)
        known_at = rows.event_ if name in self._two_times else rows[spec.known_at]
        rows = rows.mutate(known_at_=known_at if self._by_clock(spec) else known_at.cast("date"))
        clock = {"at_": decided.cast("timestamp(6)")} if name in self._two_times else {}
        moments = base.select(
            application_=base[key], owner_=base[spec.on], moment_=self._moment(base, spec), as_of=decided, **clock
        )
        return pairs(moments, rows, spec)


def _left(left: Table, right: Table, on: str | None) -> Table:
    joined = left.left_join(right, on, rname="{name}_joined_")
    return joined.drop(f"{on}_joined_")
