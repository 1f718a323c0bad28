"""A decision log: records in, each once, in one chain; and every way to read them again.

What `append` has returned is on the disk. What a reader gets is what was written: each entry is held against its hash.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from riskbench.core.ledger import START, Break, BrokenLedger, Known
from riskbench.decision.log.chain import Edited, Row, first_break, row_of, told
from riskbench.decision.log.database import PATIENCE, Opened, engine_of, named, transaction
from riskbench.decision.log.errors import KeyReused, LogError, NoSuchDecision
from riskbench.decision.log.record import DecisionRecord, Record, new_id, record_of, require_version
from riskbench.decision.log.selection import EVERYTHING, PAGE, Selection
from riskbench.decision.log.statements import ROW, Statement, Statements
from riskbench.decision.log.tables import ENTRIES, HEAD, META, SCHEMA_VERSION, create_tables

_CREATING = 0x7269736B  # of an advisory lock: of several processes that find no log, one makes it
BEFORE_ALL = -(2**63)  # also before what was put there by hand
Refusal = KeyReused | NoSuchDecision


@dataclass(frozen=True, slots=True)
class Appended:
    """A record in its place; `replayed` where it stood there before: the answer is that of the first time."""

    seq: int
    hash: str
    record: Record
    replayed: bool = False


@dataclass(frozen=True)
class Verified:
    """What a log holds, and the first entry at which it is not what was written."""

    known: Known
    broken: Break | None


class DecisionLog(Opened):
    """A log in SQLite or PostgreSQL, for any number of threads; other processes may write to the same one.

    `open_log` opens it. `name` is its URL without a password, `log_id` is the log's own and never changes.
    """

    def __init__(self, url: str, *, create: bool, writing: bool, patience: float = PATIENCE):
        self._engine = engine_of(url, writing=writing, patience=patience)
        self._statements = Statements(self._engine.dialect)
        self._called = named(url, "log")
        self.name = self._called.removeprefix("the log ")
        try:
            self.log_id = self._opened(create)
        except BaseException:
            self.close()
            raise

    def append(self, records: Sequence[Record]) -> list[Appended]:
        """Add records in one transaction, all or none; they are durable when this returns.

        A record whose idempotency key was used by the same caller for the same request is not written: the stored one
        comes back. Raises `KeyReused` for the same key with another request, `NoSuchDecision` where a record is about
        a decision that is not there, and a `LogError` where the database refuses.
        """
        (answer,) = self.append_groups([records])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def append_groups(
        self, groups: Sequence[Sequence[Record]], *, again: bool = False
    ) -> list[list[Appended] | Refusal]:
        """Add several groups in one transaction, each whole or not at all; for each what `append` returns or raises.

        `again`: an earlier attempt may have gone through, so what is there by its id is not written twice.
        """
        with transaction(self._engine, self._called, writes=True) as connection:
            adding = _Adding(connection, self._statements, self._held_head(connection))
            answers = [adding.group(records, again) for records in groups]
            if adding.rows:
                self._statements.add.run(connection, adding.rows)
                self._statements.move.run(connection, [{"seq": adding.seq, "hash": adding.hash}])
        return answers

    def head(self) -> Known:
        """How many entries there are, and the hash of the last: to be remembered elsewhere."""
        with transaction(self._engine, self._called, writes=False) as connection:
            seq, hash_ = connection.execute(sa.select(HEAD.c.seq, HEAD.c.hash)).one()
        return Known(seq, hash_)

    def decision(self, decision_id: str) -> list[Record]:
        """A decision, and after it what people did about it, in order; raises `NoSuchDecision` where there is none."""
        found = self._read(ENTRIES.c.decision_id == decision_id)
        if not found:
            raise NoSuchDecision(f"there is no decision {decision_id} in the log {self.name}")
        return [appended.record for appended in found]

    def decided(self, applications: Sequence[str]) -> list[dict[str, Any]]:
        """The decisions of some applications, by their tokens, in order and as `contents` gives them.

        An index finds them, so that the cost is theirs, however much the log holds. Raises as `contents` does.
        """
        which = ENTRIES.c.application.in_(applications) & (ENTRIES.c.kind == "decision")
        with transaction(self._engine, self._called, writes=False) as connection:
            # in order only afterwards: asked for an order, SQLite would go through the whole log in it
            rows = sorted(map(_row, connection.execute(sa.select(*ROW).where(which))), key=lambda row: row.seq)
        return [self._content(row) for row in rows]

    def by_key(self, caller: str, key: str) -> Appended | None:
        """What a caller's idempotency key was answered with, if it was used."""
        found = self._read((ENTRIES.c.caller == caller) & (ENTRIES.c.idempotency_key == key))
        return found[0] if found else None

    def read(self, selection: Selection = EVERYTHING) -> Iterator[Appended]:
        """The entries of a selection in order, up to the head of now, in pages: a log of any size, while others write.

        Raises `BrokenLedger` at an entry that was edited.
        """
        for row in self._rows(selection):
            yield self._appended(row)

    def contents(self, selection: Selection = EVERYTHING) -> Iterator[dict[str, Any]]:
        """The same entries as plain data, in less time: held against their hashes, not against the rules of records.

        Raises as `read` does.
        """
        yield from map(self._content, self._rows(selection))

    def verify(self, known: Known | None = None) -> Verified:
        """Hold the whole chain against itself, its head and a state seen before; one page in memory."""
        with transaction(self._engine, self._called, writes=False) as connection:
            last = sa.select(sa.func.max(ENTRIES.c.seq)).scalar_subquery()
            seq, hash_, end = connection.execute(sa.select(HEAD.c.seq, HEAD.c.hash, last)).one()
        head, everything = Known(seq, hash_), Selection(after_seq=BEFORE_ALL)
        return Verified(head, first_break(self._rows(everything, end or 0), head, known, self._is_followed))

    def _opened(self, create: bool) -> str:
        with transaction(self._engine, self._called, writes=create) as connection:
            if connection.dialect.name == "postgresql" and create:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATING)))
            if not sa.inspect(connection).has_table(META.name):
                if not create:
                    raise LogError(f"there is no decision log at {self.name}")
                create_tables(connection, new_id(), START)
            version, log_id = connection.execute(sa.select(META.c.schema_version, META.c.log_id)).one()
        if version != SCHEMA_VERSION:
            told = f"the log {self.name} has schema version {version}, {SCHEMA_VERSION} can be read here"
            raise LogError(f"{told}; use the riskbench that wrote it, or a newer one")
        return str(log_id)

    def _held_head(self, connection: Connection) -> Known:
        """The head, held by this transaction until it ends; raises `BrokenLedger` where the last entry is another."""
        seq, hash_, last = self._statements.held.first(connection)
        if (last or START) != hash_:
            # asked once more: a statement that had to wait for the head sees the entries of before
            (last,) = self._statements.last.first(connection, last=seq) or (None,)
        if (last or START) != hash_:
            raise BrokenLedger(
                f"the log does not end with the entry that its head names, {seq}; nothing is added to it"
            )
        return Known(seq, hash_)

    def _is_followed(self, hash_: str) -> bool:
        with transaction(self._engine, self._called, writes=False) as connection:
            return connection.execute(sa.select(ENTRIES.c.seq).where(ENTRIES.c.previous == hash_)).first() is not None

    def _read(self, which: sa.ColumnElement[bool]) -> list[Appended]:
        with transaction(self._engine, self._called, writes=False) as connection:
            rows = connection.execute(sa.select(*ROW).where(which).order_by(ENTRIES.c.seq)).all()
        return [self._appended(_row(row)) for row in rows]

    def _rows(self, selection: Selection, end: int | None = None) -> Iterator[Row]:
        end = self.head().entries if end is None else end
        after, left = selection.after_seq, selection.limit
        while left is None or left > 0:
            page = PAGE if left is None else min(PAGE, left)
            asked = sa.select(*ROW).where(ENTRIES.c.seq > after, ENTRIES.c.seq <= end, *selection.conditions)
            with transaction(self._engine, self._called, writes=False) as connection:
                rows = connection.execute(asked.order_by(ENTRIES.c.seq).limit(page)).all()
            yield from map(_row, rows)
            if len(rows) < page:
                return
            after, left = rows[-1].seq, None if left is None else left - len(rows)

    def _content(self, row: Row) -> dict[str, Any]:
        content = _told(row, self.name)
        require_version(content)
        return content

    def _appended(self, row: Row) -> Appended:
        return Appended(row.seq, row.hash, record_of(_told(row, self.name)))


class _Adding:
    """The rows that one transaction will add: each group takes its place after the one before it."""

    def __init__(self, connection: Connection, statements: Statements, head: Known):
        self._connection, self._statements = connection, statements
        self.seq, self.hash = head.entries, head.head
        self.rows: list[dict[str, Any]] = []
        self._new: dict[str | tuple[str, str], Appended] = {}  # by id, and by caller and key

    def group(self, records: Sequence[Record], again: bool) -> list[Appended] | Refusal:
        before = len(self.rows), self.seq, self.hash, dict(self._new)
        try:
            return [self._one(record, again) for record in records]
        except (KeyReused, NoSuchDecision) as refusal:
            count, self.seq, self.hash, self._new = before
            del self.rows[count:]
            return refusal

    def _one(self, record: Record, again: bool) -> Appended:
        if again and (written := self._found(self._statements.by_id, id=record.id)):
            return written
        if record.idempotency_key is not None and (answered := self._answered(record)):
            return answered
        if (about := getattr(record, "decision_id", None)) and not self._holds(about):
            raise NoSuchDecision(
                f"an entry of kind {record.kind} is about decision {about}, which the log does not hold"
            )
        row = row_of(record, self.seq + 1, self.hash)
        self.rows.append(row)
        self.seq, self.hash = row["seq"], row["hash"]
        appended = Appended(self.seq, self.hash, record)
        self._new[record.id] = appended
        if record.idempotency_key is not None:
            self._new[record.caller, record.idempotency_key] = appended
        return appended

    def _answered(self, record: Record) -> Appended | None:
        key = record.caller, str(record.idempotency_key)
        stored = self._new.get(key) or self._found(self._statements.by_key, caller=key[0], key=key[1])
        if stored is None:
            return None
        if stored.record.request_sha256 != record.request_sha256:
            raise KeyReused(f"the idempotency key {key[1]!r} was used for another request; use a new key for a new one")
        return Appended(stored.seq, stored.hash, stored.record, replayed=True)

    def _holds(self, decision_id: str) -> bool:
        if decision_id in self._new:
            return isinstance(self._new[decision_id].record, DecisionRecord)
        asked = sa.select(ENTRIES.c.seq).where(ENTRIES.c.id == decision_id, ENTRIES.c.kind == "decision")
        return self._connection.execute(asked).first() is not None

    def _found(self, asked: Statement, **named: str) -> Appended | None:
        row = asked.first(self._connection, **named)
        if row is None:
            return None
        return Appended(row.seq, row.hash, record_of(_told(_row(row), "itself")), replayed=True)


def _told(row: Row, log: str) -> dict[str, Any]:
    try:
        return told(row)
    except Edited as fault:
        raise BrokenLedger(f"the log {log}, entry {row.seq}: {fault}; nothing is read from it") from None


def _row(row: Any) -> Row:
    seq, content, previous, hash_, *columns = row
    return Row(seq, content, previous, hash_, tuple(columns))
