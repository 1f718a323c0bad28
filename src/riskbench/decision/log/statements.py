"""The statements of every append, as the texts that a driver takes: put together once a log and not at each call."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from riskbench.decision.log.chain import LOOKED_UP
from riskbench.decision.log.tables import ENTRIES, HEAD

ROW = [ENTRIES.c.seq, ENTRIES.c.content, ENTRIES.c.previous, ENTRIES.c.hash, *(ENTRIES.c[name] for name in LOOKED_UP)]


class Statement:
    """A statement for one kind of database; its parameters are named, and none of them needs to be converted."""

    def __init__(self, made: sa.Executable, dialect: Dialect):
        compiled = made.compile(dialect=dialect)  # type: ignore[attr-defined]  # all that are handed over here have it
        self._text: str = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup

    def first(self, connection: Connection, **named: Any) -> Any:
        """The first row that it finds, None where it finds none."""
        return connection.exec_driver_sql(self._text, self._given(named)).first()

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of the rows, of which there is one at least."""
        connection.exec_driver_sql(self._text, [self._given(row) for row in rows])

    def _given(self, named: Mapping[str, Any]) -> Any:
        return dict(named) if self._order is None else tuple(named[name] for name in self._order)


class Statements:
    """What an append asks and writes: `held` holds the head and tells its entry, `last` one entry."""

    def __init__(self, dialect: Dialect):
        key = (ENTRIES.c.caller == sa.bindparam("caller"), ENTRIES.c.idempotency_key == sa.bindparam("key"))
        last = sa.select(ENTRIES.c.hash).where(ENTRIES.c.seq == HEAD.c.seq).scalar_subquery()
        self.held = Statement(sa.select(HEAD.c.seq, HEAD.c.hash, last).with_for_update(), dialect)
        self.last = Statement(sa.select(ENTRIES.c.hash).where(ENTRIES.c.seq == sa.bindparam("last")), dialect)
        self.by_id = Statement(sa.select(*ROW).where(ENTRIES.c.id == sa.bindparam("id")), dialect)
        self.by_key = Statement(sa.select(*ROW).where(*key), dialect)
        self.add = Statement(ENTRIES.insert(), dialect)
        self.move = Statement(HEAD.update().values(seq=sa.bindparam("seq"), hash=sa.bindparam("hash")), dialect)
