"""Taking what has arrived: each delivery once, judged, stored, and made to count by one line of the ledger.

Twice is once: a file is known by its bytes, a row by key, event and content. Killed anywhere, a refresh leaves the
feed as it was before a delivery or after it. Of two at once, one waits.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.feeds.arriving import Arrival, arrivals, rows_digest
from riskbench.data.feeds.description import Feed
from riskbench.data.feeds.gate import REFUSED, At, Passed, Refused, pass_gate
from riskbench.data.feeds.store import PARTS, QUARANTINE, FeedStore, Line, Writing, utc_now
from riskbench.data.opening import connect
from riskbench.data.study.schema import TableSpec

TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Order:
    """How to refresh: `dry` judges and writes nothing, `retry` takes up once more what was refused or held back."""

    dry: bool = False
    retry: bool = False
    clock: Callable[[], dt.datetime] = utc_now


PLAIN = Order()


def refresh(name: str, feed: Feed, spec: TableSpec, folder: Path, order: Order = PLAIN) -> list[Line]:
    """Take what has arrived of one feed of the study in `folder`; the lines that were added to its ledger.

    With `dry` they are the lines that would be. Raises `CannotRun` or `DataError` where the source cannot be read:
    what was taken before stays, and nothing is lost.
    """
    with FeedStore(folder, name).writing() as writing:
        taking = _Taking(name, feed, spec, writing, order)
        if order.retry:
            taking.release()
        for arrival in arrivals(name, feed, folder, writing.state, order.retry):
            taking.take(arrival)
        return taking.lines


class _Taking:
    """One refresh of one feed, delivery by delivery."""

    def __init__(self, name: str, feed: Feed, spec: TableSpec, writing: Writing, order: Order):
        self.name, self.feed, self.spec, self.writing, self.order = name, feed, spec, writing, order
        self.lines: list[Line] = []

    def take(self, arrival: Arrival) -> None:
        """Judge a delivery and add its line; of a database only if it brings anything."""
        backend, at = _connected(), self._moments()
        line = Line("delivery", at.now.isoformat(), arrival.origin, arrival.sha256)
        try:
            passed = pass_gate(backend, arrival, self.feed, self.spec, at)
        except Refused as refusal:
            if not arrival.sha256:  # of a database nothing is read away: the next refresh meets the same rows
                raise DataError(f"feed {self.name}: {str(refusal).rstrip('.')}") from None
            self._add(replace(line, kind="refused", reason=str(refusal)))
            return
        line = replace(line, dropped=passed.dropped)
        share = passed.refused_rows / max(passed.count, 1)
        if share > self.feed.hold_back_above:
            self._hold(line, arrival, passed, share)
            return
        fresh = self._unknown(backend, passed.rows)
        refused = self._unknown_refusals(passed.refused)
        line = replace(line, **self._kept(fresh, refused), watermark=arrival.watermark)
        line = replace(line, known=passed.count - passed.refused_rows - fresh.num_rows)
        if arrival.sha256 or line.rows or line.refused or arrival.watermark != self.writing.state.watermark:
            self._add(line)

    def release(self) -> None:
        """Judge the rows in quarantine by the rules of today: those that pass are taken, the others stay."""
        held = self.writing.store.refused_rows()
        if held is None:
            return
        contents = held.group_by("content", use_threads=False).aggregate([("file", "first"), ("row", "first")])
        rows = [json.loads(content) for content in contents["content"].to_pylist()]
        names = dict.fromkeys(key for row in rows for key in row)
        table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
        backend, at = _connected(), self._moments()
        arrival = Arrival("quarantine", table)
        passed = pass_gate(backend, arrival, self.feed, self.spec, at)
        if passed.refused_rows == passed.count:
            return
        fresh = self._unknown(backend, passed.rows)
        place = passed.refused["row"].to_numpy() - 1
        refused = passed.refused.assign(
            file=contents["file_first"].to_pandas().iloc[place].to_numpy(),
            row=contents["row_first"].to_pandas().iloc[place].to_numpy(),
            content=contents["content"].to_pandas().iloc[place].to_numpy(),
        )
        line = Line("release", at.now.isoformat(), "quarantine", replaces=self.writing.state.quarantine)
        line = replace(line, **self._kept(fresh, refused), known=passed.count - passed.refused_rows - fresh.num_rows)
        self._add(line)

    def _moments(self) -> At:
        now, newest = self.order.clock(), self.writing.state.newest_arrival
        return At(now, now if newest is None or self.feed.arrived_at else max(now, newest + TICK), newest)

    def _hold(self, line: Line, arrival: Arrival, passed: Passed, share: float) -> None:
        first = passed.refused.iloc[0]
        reason = (
            f"{passed.refused_rows:,} of {passed.count:,} rows ({share:.1%}) break a rule, above the "
            f"{self.feed.hold_back_above:.1%} of hold_back_above; first row {first['row']}, column {first['column']}: "
            f"{first['rule']}. What to do: bring a correct delivery, or correct the rule, then refresh with --retry."
        )
        sha = arrival.sha256 or rows_digest(arrival.table)
        held = replace(line, kind="held", sha256=sha, refused=passed.refused_rows, reason=reason)
        last = self.writing.state.settled(sha)
        if last is None or last.kind != "held" or last.reason != reason:
            self._add(held)
        else:
            self.lines.append(held)  # said once more, written down once

    def _unknown(self, backend: ibis.BaseBackend, rows: Table) -> pa.Table:
        """The rows that are not there yet, in an order of their own.

        With an arrival of its own a row is known by it as well; without, it is new where it differs from the newest
        version of its key and event.
        """
        identity = [*self.feed.key, "event_", "content_", *(["arrived_"] if self.feed.arrived_at else [])]
        order = [*self.feed.key, "event_", "arrived_", "content_"]
        fresh = rows.distinct()
        state = self.writing.state
        if state.parts:
            paths = [str(self.writing.store.folder / PARTS / f"{part}.parquet") for part in state.parts]
            there = backend.read_parquet(paths, table_name="there_")
            if not self.feed.arrived_at:
                versions = ibis.window(
                    group_by=[*self.feed.key, "event_"], order_by=[ibis.desc("arrived_"), ibis.desc("content_")]
                )
                there = there.mutate(version_=ibis.row_number().over(versions)).filter(ibis._.version_ == 0)
            fresh = fresh.anti_join(there.select(identity), identity)
        return backend.to_pyarrow(fresh.order_by(order))

    def _unknown_refusals(self, refused: pd.DataFrame) -> pd.DataFrame:
        held = self.writing.store.refused_rows()
        if held is None or refused.empty:
            return refused
        said = set(zip(*(held[name].to_pylist() for name in ("content", "column", "rule")), strict=True))
        again = [key in said for key in zip(refused["content"], refused["column"], refused["rule"], strict=True)]
        return refused[[not known for known in again]]

    def _kept(self, fresh: pa.Table, refused: pd.DataFrame) -> dict:
        """Write what counts from the next line on, and what that line says of it."""
        writes = not self.order.dry
        part = self.writing.keep(fresh, PARTS) if writes and fresh.num_rows else None
        wrong = pa.Table.from_pandas(refused, REFUSED, preserve_index=False) if len(refused) else None
        return {
            "part": part,
            "quarantine": self.writing.keep(wrong, QUARANTINE) if writes and wrong is not None else None,
            "rows": fresh.num_rows,
            "refused": int(refused[["file", "row"]].drop_duplicates().shape[0]),
            "newest_event": _newest(fresh, "event_"),
            "newest_arrival": _newest(fresh, "arrived_"),
        }

    def _add(self, line: Line) -> None:
        if not self.order.dry:
            self.writing.add(line)
        self.lines.append(line)


def _connected() -> Any:
    backend = connect()
    backend.raw_sql("SET TimeZone = 'UTC'")
    return backend


def _newest(table: pa.Table, column: str) -> str | None:
    newest = pc.max(table[column]).as_py() if table.num_rows else None
    return newest.isoformat() if newest else None
