"""What has arrived of a feed: immutable parts below `feeds/<feed>/`, and a ledger of deliveries that makes them count.

A part is named by its content and counts only when a line of the ledger names it: a reader sees a delivery whole or
not at all, and waits for nobody. A run pins what it reads, so that it can be performed again when more has arrived.
"""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.core.files import digest, remove_abandoned, replacing, sha256
from riskbench.core.ledger import Appending, BrokenLedger, appending, read_chain
from riskbench.data.reading.tape import ROW_GROUP

FOLDER = "feeds"
LEDGER = "ledger.jsonl"
PARTS, QUARANTINE, PINNED = "parts", "quarantine", "pinned"
GRACE = dt.timedelta(days=1)  # for those who still read what was replaced
Kind = Literal["delivery", "refused", "held", "release", "compaction"]


def utc_now() -> dt.datetime:
    """The moment in UTC, as parts keep times: without a zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Line:
    """One line of the ledger of a feed.

    `at` is the moment (UTC, ISO) and `origin` the file or table. `sha256` names the bytes of a file. `part` and
    `quarantine` are files of the store, `replaces` those that no longer count because of this line. `rows` were taken,
    `known` were there already, `refused` broke a rule; `reason` says why nothing was taken.
    """

    kind: Kind
    at: str
    origin: str
    sha256: str = ""
    watermark: str | None = None
    part: str | None = None
    quarantine: str | None = None
    replaces: Sequence[str] = ()
    rows: int = 0
    known: int = 0
    refused: int = 0
    reason: str = ""
    dropped: Sequence[str] = ()
    newest_event: str | None = None
    newest_arrival: str | None = None


@dataclass(frozen=True)
class State:
    """A feed as its ledger has it: what counts, and what the next refresh must know."""

    lines: Sequence[Line] = field(default=())

    @cached_property
    def replaced(self) -> set[str]:
        """Files that no longer count."""
        return {name for line in self.lines for name in line.replaces}

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts that count, by name."""
        return tuple(sorted({line.part for line in self.lines if line.part} - self.replaced))

    @cached_property
    def quarantine(self) -> tuple[str, ...]:
        """The files of refused rows that nobody has released."""
        return tuple(sorted({line.quarantine for line in self.lines if line.quarantine} - self.replaced))

    def settled(self, sha: str) -> Line | None:
        """The line that says what became of a file, the last of several."""
        return next((line for line in reversed(self.lines) if line.sha256 == sha), None)

    @property
    def watermark(self) -> str | None:
        """Up to where the rows of a database were read."""
        return next((line.watermark for line in reversed(self.lines) if line.watermark is not None), None)

    @cached_property
    def newest_arrival(self) -> dt.datetime | None:
        """When the newest row arrived."""
        return _newest(line.newest_arrival for line in self.lines)

    @cached_property
    def newest_event(self) -> dt.datetime | None:
        """The newest time that a row speaks of."""
        return _newest(line.newest_event for line in self.lines)

    @property
    def rows(self) -> int:
        """The rows that count, versions that were corrected among them."""
        return sum(line.rows for line in self.lines if line.kind in ("delivery", "release"))


class FeedStore:
    """The folder of one feed."""

    def __init__(self, study_folder: Path, name: str):
        self.name, self.folder = name, study_folder / FOLDER / name
        self.ledger = self.folder / LEDGER

    def state(self) -> State:
        """The feed as it stands; raises `BrokenLedger` where its ledger is not what was written."""
        chain = read_chain(self.ledger)
        if chain.broken:
            raise BrokenLedger(f"{FOLDER}/{self.name}/{LEDGER}, line {chain.broken.line}: {chain.broken.text}")
        return State(tuple(_line(chain.content(i + 1)) for i in range(len(chain.lines))))

    def paths(self, pinned_as: Collection[str] | None = None) -> list[Path]:
        """The parts that count; where there is no ledger, those of the one state that a run has pinned.

        With `pinned_as`, the names that `pin` gave, those that counted then, whatever has arrived since.
        """
        if pinned_as is not None:
            of_this = f"{FOLDER}/{self.name}/{PARTS}/"
            return [self.folder.parents[1] / name for name in sorted(pinned_as) if name.startswith(of_this)]
        pinned = [] if self.ledger.is_file() else sorted((self.folder / PINNED).glob("*.parquet"))
        names = _listed(pinned[0]) if len(pinned) == 1 else self.state().parts
        return [self.folder / PARTS / f"{name}.parquet" for name in names]

    def mark(self) -> tuple[int, int]:
        """What changes whenever the ledger grows."""
        try:
            stat = self.ledger.stat()
        except FileNotFoundError:
            return (0, 0)
        return (stat.st_size, stat.st_ino)

    @contextmanager
    def writing(self) -> Iterator["Writing"]:
        """The right to add to the feed, for the length of the block; others wait.

        What a killed process left without a line is removed on the way, and what was replaced a day ago.
        """
        with appending(self.ledger) as end:
            state = self.state()
            self._tidy(state)
            yield Writing(self, end, state)

    def _tidy(self, state: State) -> None:
        named = {name for line in state.lines for name in (line.part, line.quarantine)}
        before = (utc_now() - GRACE).isoformat()
        gone = {name for line in state.lines if line.at < before for name in line.replaces} - self.pinned()
        for kind in (PARTS, QUARANTINE):
            remove_abandoned(self.folder / kind, ".")
            for path in (self.folder / kind).glob("*.parquet"):
                if path.stem not in named or path.stem in gone:
                    path.unlink()

    def pin(self) -> dict[str, str]:
        """SHA-256 by name of what a run reads of this feed: its parts, and a list of them; empty without parts."""
        names = list(self.state().parts) if self.ledger.is_file() else [path.stem for path in self.paths()]
        if not names:
            return {}
        path = self.folder / PINNED / f"{digest(names)[:16]}.parquet"  # as all data that a run is performed again from
        if not path.is_file():
            with replacing(path) as temporary:
                pq.write_table(pa.table({"part": names}), temporary)
        found = [path, *(self.folder / PARTS / f"{name}.parquet" for name in names)]
        return {file.relative_to(self.folder.parents[1]).as_posix(): sha256(file) for file in found}

    def pinned(self) -> set[str]:
        """The parts that some run has read."""
        return {name for path in (self.folder / PINNED).glob("*.parquet") for name in _listed(path)}

    def refused_rows(self) -> pa.Table | None:
        """The rows in quarantine, a line for each broken rule; None where there are none."""
        paths = [self.folder / QUARANTINE / f"{name}.parquet" for name in self.state().quarantine]
        return pa.concat_tables([pq.read_table(path) for path in paths]) if paths else None


class Writing:
    """The end of a feed, held by this process alone."""

    def __init__(self, store: FeedStore, end: Appending, state: State):
        self.store, self._end, self.state = store, end, state

    def add(self, line: Line) -> None:
        """Add a line: from here on its files count."""
        self._end.add(json.dumps(asdict(line), sort_keys=True, ensure_ascii=False))
        self.state = State((*self.state.lines, line))

    def keep(self, table: pa.Table, kind: str) -> str:
        """Write a table as a file named by its content; it counts when a line names it."""
        held = pa.BufferOutputStream()
        plain = table.combine_chunks().replace_schema_metadata(None)
        pq.write_table(plain, held, compression="zstd", row_group_size=ROW_GROUP)
        content = held.getvalue()
        name = hashlib.sha256(content).hexdigest()
        with replacing(self.store.folder / kind / f"{name}.parquet") as temporary, temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return name


def _listed(path: Path) -> list[str]:
    return list(pq.read_table(path)["part"].to_pylist())


def _line(content: str) -> Line:
    return Line(**json.loads(content))


def _newest(times: Iterator[str | None]) -> dt.datetime | None:
    return max((dt.datetime.fromisoformat(time) for time in times if time), default=None)
