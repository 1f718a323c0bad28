"""The counts of a study in the database of monitoring, and up to where the decision log has been counted for it.

Several studies may share the database, and the log: each counts all of it, on its own edges. Counts and position move
in one transaction: whatever is killed when, each entry is counted exactly once. Of two jobs at once one waits for the
other and goes on where that one ended.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from riskbench.core.errors import RiskbenchError
from riskbench.core.ledger import START, Known
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.log.database import Opened, engine_of, named, transaction
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.selection import Selection
from riskbench.monitoring.counts import tables
from riskbench.monitoring.counts.from_log import Content, Counting, LogCounts, count_entries
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.monitoring.places import WHAT

BATCH = 10_000  # entries counted in one transaction
KEPT = 90  # days for which segments are kept by day
PATIENCE = 60.0  # seconds that a job waits for another
_ANEW = "restore the log that was counted, or begin anew with another monitoring database"


class AnotherLog(RiskbenchError):
    """The log is not the one that was counted up to here: nothing was counted, and nothing is lost."""


@dataclass(frozen=True)
class Taken:
    """What one call has counted: `entries` up to `seq`; the rest as in `LogCounts`."""

    entries: int
    seq: int
    without_features: Mapping[str, int] = field(default_factory=dict)
    skewed: int = 0
    skew: str = ""


class CountStore(Opened):
    """The counts of one study, in SQLite or PostgreSQL; tables are made where there are none. A `with` closes it.

    Counts of segments that are older than `kept` days are kept by month, those of everyone by day for ever.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = tempfile.TemporaryDirectory()
    >>> with folder as place, CountStore(f"sqlite:///{place}/monitoring.sqlite", "shop") as store:
    ...     store.position(), len(store.counts().frame)
    (None, 0)
    """

    def __init__(self, url: str, study: str, *, kept: int = KEPT, patience: float = PATIENCE):
        self._engine, self._study, self._kept = engine_of(url, WHAT, patience=patience), study, kept
        self._name = named(url, WHAT)
        with self._writing() as connection:
            tables.METADATA.create_all(connection)

    def position(self) -> Known | None:
        """Up to which entry the log has been counted, and its hash; None where nothing has."""
        with transaction(self._engine, self._name, writes=False) as connection:
            mine = tables.POSITION.c.study == self._study
            found = connection.execute(sa.select(tables.POSITION.c.seq, tables.POSITION.c.hash).where(mine)).first()
        return Known(*found) if found else None

    @property
    def rolled_before(self) -> dt.date | None:
        """Before this day counts of segments are those of whole months, on its first day; None where all are by day."""
        with transaction(self._engine, self._name, writes=False) as connection:
            days = tables.rolled_before(connection, self._study)
        return dt.date(1970, 1, 1) + dt.timedelta(days) if days else None

    def counts(
        self, first: dt.date | None = None, last: dt.date | None = None, *, everyone: bool = False
    ) -> CountTable:
        """The counts from the day `first` to the day `last`, both with it; of `everyone` alone, or of all."""
        begin, end = (None if day is None else tables.day_number(day) for day in (first, last))
        with transaction(self._engine, self._name, writes=False) as connection:
            return tables.read(connection, self._study, (begin, end), everyone=everyone)

    def add(self, table: CountTable) -> None:
        """Add counts that come from elsewhere; who adds the same ones twice has them twice."""
        with self._writing() as connection:
            tables.add(connection, self._study, table)

    def take(
        self,
        log: DecisionLog,
        yardstick: Yardstick,
        bundles: Mapping[str, Bundle],
        now: dt.datetime,
        own: Mapping[str, Yardstick] | None = None,
    ) -> Taken:
        """Count what the log holds since the last time, in batches; what is counted stays, wherever it ends.

        `bundles`: those at hand, by address; decisions of others are counted without their features, and told. `own`:
        yardsticks by address of the bundles that have one; all others are counted on `yardstick`.
        Raises `AnotherLog` where the log was cut off or is another one, `BrokenLedger` at an entry that was edited,
        `LogBusy` where another job held the counts for too long.
        """
        counting = Counting(yardstick, bundles, lambda name: _decision(log, name), own or {})
        entries, lacking, skewed, skew = 0, Counter[str](), 0, ""
        while (counted := self._batch(log, counting, now)) is not None:
            entries += counted.entries
            lacking.update(counted.without_features)
            skewed, skew = skewed + counted.skewed, max(skew, counted.skew)
        self.roll_up(now.astimezone(dt.UTC).date())
        position = self.position()
        return Taken(entries, position.entries if position else 0, dict(lacking), skewed, skew)

    def roll_up(self, today: dt.date) -> None:
        """Make months of the days of segments that are older than those kept; `take` does it by itself."""
        before = (today - dt.timedelta(self._kept)).replace(day=1)
        if self.rolled_before is None or self.rolled_before < before:
            with self._writing() as connection:
                tables.roll_up(connection, self._study, before)

    def _batch(self, log: DecisionLog, counting: Counting, now: dt.datetime) -> LogCounts | None:
        with self._writing() as connection:
            before = self._held(connection, log)
            contents = list(log.contents(Selection(after_seq=before, limit=BATCH)))
            if not contents:
                return None
            after = before + len(contents)
            hash_ = hash_at(log, after)
            if hash_ is None:
                raise AnotherLog(f"the log {log.name} lacks entries after entry {before}. What to do: {_ANEW}")
            counted = count_entries(contents, counting, now)
            tables.add(connection, self._study, counted.table)
            connection.execute(tables.POSITION.delete().where(tables.POSITION.c.study == self._study))
            now_at = {"study": self._study, "log_id": log.log_id, "seq": after, "hash": hash_}
            connection.execute(tables.POSITION.insert().values(**now_at))
        return counted

    def _held(self, connection: Connection, log: DecisionLog) -> int:
        """The position in the log, where it is the one that was counted."""
        found = connection.execute(sa.select(tables.POSITION).where(tables.POSITION.c.study == self._study)).first()
        if found is None:
            return 0
        if found.log_id != log.log_id:
            told = f"counted so far for {self._study} is the log {found.log_id}, and {log.name} is {log.log_id}"
            raise AnotherLog(f"{told}. What to do: {_ANEW}")
        hash_ = hash_at(log, found.seq)
        if hash_ is None:
            told = f"the log {log.name} was cut off: it was counted up to entry {found.seq}, which it no longer holds"
            raise AnotherLog(f"{told}. What to do: {_ANEW}")
        if hash_ != found.hash:
            told = f"the log {log.name} was replaced: its entry {found.seq} is not the one that was counted"
            raise AnotherLog(f"{told}. What to do: {_ANEW}")
        return int(found.seq)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that writes, alone."""
        with transaction(self._engine, self._name, writes=True) as connection:
            tables.take_turns(connection)
            yield connection


def hash_at(log: DecisionLog, seq: int) -> str | None:
    """The hash of an entry; of the start where `seq` is 0, None where there is no such entry."""
    if seq == 0:
        return START
    found = next(log.read(Selection(after_seq=seq - 1, limit=1)), None)
    return found.hash if found and found.seq == seq else None


def _decision(log: DecisionLog, name: str) -> Content:
    return log.decision(name)[0].document
