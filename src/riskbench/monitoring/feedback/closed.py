"""The counts of logged loans that are known for good: those of days whose loans have all reached every age.

They lie in the database of monitoring. Counts, the loans that they are of and the day up to where they go move in one
transaction: whatever is killed when, each loan is counted exactly once. A job that finds that another one has moved
them meanwhile has kept nothing, and reads again.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from riskbench.core.ledger import START, Known
from riskbench.data.decided import Days
from riskbench.decision.log.database import Opened, engine_of, named, transaction
from riskbench.monitoring.counts import tables
from riskbench.monitoring.counts.store import PATIENCE
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.places import WHAT

BEGINNING = Known(0, START)  # of a log
_METADATA = sa.MetaData()
UPTO = sa.Table(  # up to where loans of a study are counted for good
    "loans_upto",
    _METADATA,
    sa.Column("study", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)
LOANS = sa.Table(  # the loans of closed days, by the token of the application
    "loans_closed",
    _METADATA,
    sa.Column("study", sa.Text, primary_key=True),
    sa.Column("application", sa.String(32), primary_key=True),
    sa.Column("day", tables.WHOLE, nullable=False, index=True),
    sqlite_with_rowid=False,
)
CONTROLS = sa.Table(  # what closed days came to in the tables of the study
    "loans_controls",
    _METADATA,
    sa.Column("study", sa.Text, primary_key=True),
    sa.Column("day", tables.WHOLE, primary_key=True, autoincrement=False),
    sa.Column("control", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Upto:
    """Up to where loans are counted for good.

    `basis` names what they are counted by, each part with its hash. Days before `first` are closed but for those in
    `opened`. `at` is the day whose end was looked at, `log` the last entry read by then, `checked` the day on which
    closed days were last held against their sums. `notes` are what is to be said of the look, all day.
    """

    basis: Mapping[str, str] = field(default_factory=dict)
    first: dt.date | None = None
    opened: tuple[dt.date, ...] = ()
    at: dt.date = dt.date.min
    log: Known = BEGINNING
    checked: dt.date = dt.date.min
    turn: int = 0
    notes: tuple[str, ...] = ()

    @property
    def days(self) -> Days:
        """The days that are open; all others are closed."""
        return Days(self.first, self.opened)

    @property
    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), default=str, sort_keys=True)

    @classmethod
    def of(cls, text: str) -> "Upto":
        """From its JSON.

        >>> upto = Upto({"log": "a"}, dt.date(2026, 3, 1), (dt.date(2026, 1, 5),), turn=3)
        >>> Upto.of(upto.text) == upto
        True
        """
        told, day = json.loads(text), dt.date.fromisoformat
        return cls(
            told["basis"],
            day(told["first"]) if told["first"] else None,
            tuple(map(day, told["opened"])),
            day(told["at"]),
            Known(**told["log"]),
            day(told["checked"]),
            told["turn"],
            tuple(told.get("notes", ())),
        )


@dataclass(frozen=True, eq=False)
class Closing:
    """What a look adds: `counts` of days that it found closed, their `loans` (application, day), sums of `control`.

    `still` are the counts of the days that are open, which the next day's look replaces.
    `anew` are days of which whatever was kept before is replaced, None for all of them.
    """

    upto: Upto
    counts: CountTable
    loans: pd.DataFrame
    control: Mapping[dt.date, str]
    anew: Sequence[dt.date] | None = ()
    still: CountTable = field(default_factory=CountTable.empty)


class ClosedLoans(Opened):
    """The closed days of one study, in SQLite or PostgreSQL; tables are made where there are none. A `with` closes it.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with folder as place, ClosedLoans(f"sqlite:///{place}/monitoring.sqlite", "shop") as closed:
    ...     closed.upto().first, len(closed.counts().frame)
    (None, 0)
    """

    def __init__(self, url: str, study: str, *, patience: float = PATIENCE):
        self._engine, self._study = engine_of(url, WHAT, patience=patience), study
        # no study is called so: their counts are none of decisions
        self._counted, self._open = f"loans of {study}", f"open loans of {study}"
        self._name = named(url, WHAT)
        with self._writing() as connection:
            for metadata in (tables.METADATA, _METADATA):
                metadata.create_all(connection)

    def upto(self) -> Upto:
        """Up to where loans are counted for good; nowhere at first."""
        with self._reading() as connection:
            return self._upto(connection)

    def counts(self) -> CountTable:
        """The counts of closed days, by day, as they were given."""
        with self._reading() as connection:
            return tables.read(connection, self._counted, (None, None), everyone=False)

    def still(self) -> CountTable:
        """The counts of open days, as the newest look found them."""
        with self._reading() as connection:
            return tables.read(connection, self._open, (None, None), everyone=False)

    def controls(self) -> dict[dt.date, str]:
        """The sum of control of each closed day."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(CONTROLS.c.day, CONTROLS.c.control).where(self._mine(CONTROLS))).all()
        return {_day(day): control for day, control in rows}

    def days_of(self, applications: Sequence[str]) -> dict[str, dt.date]:
        """The day of each of these applications whose loan was counted for good."""
        found = {}
        with self._reading() as connection:
            for start in range(0, len(applications), tables.AT_ONCE):
                some = LOANS.c.application.in_(applications[start : start + tables.AT_ONCE])
                asked = sa.select(LOANS.c.application, LOANS.c.day).where(self._mine(LOANS), some)
                found.update({name: _day(day) for name, day in connection.execute(asked)})
        return found

    def keep(self, before: Upto, closing: Closing) -> bool:
        """Keep what a look that began `before` has closed; False, and nothing kept, where another was faster."""
        with self._writing() as connection:
            if self._upto(connection) != before:
                return False
            self._forget(connection, closing.anew)
            tables.add(connection, self._counted, closing.counts)
            tables.add(connection, self._open, closing.still)
            days = closing.loans["day"].to_numpy("datetime64[D]").astype("int64").tolist()
            names = closing.loans["application"].tolist()
            for start in range(0, len(names), tables.AT_ONCE):  # whose day has moved
                some = LOANS.c.application.in_(names[start : start + tables.AT_ONCE])
                connection.execute(LOANS.delete().where(self._mine(LOANS), some))
            _insert(connection, LOANS, [
                {"study": self._study, "application": name, "day": day} for name, day in zip(names, days, strict=True)
            ])  # fmt: skip
            _insert(connection, CONTROLS, [
                {"study": self._study, "day": tables.day_number(day), "control": control}
                for day, control in closing.control.items()
            ])  # fmt: skip
            connection.execute(UPTO.delete().where(self._mine(UPTO)))
            connection.execute(UPTO.insert().values(study=self._study, document=closing.upto.text))
        return True

    def _forget(self, connection: Connection, days: Sequence[dt.date] | None) -> None:
        connection.execute(tables.COUNTS.delete().where(_counted_as(self._open)))
        for table, mine in (
            (tables.COUNTS, _counted_as(self._counted)),
            (LOANS, self._mine(LOANS)),
            (CONTROLS, self._mine(CONTROLS)),
        ):
            if days is None:
                connection.execute(table.delete().where(mine))
            else:
                for day in days:
                    connection.execute(table.delete().where(mine, table.c.day == tables.day_number(day)))

    def _upto(self, connection: Connection) -> Upto:
        found = connection.execute(sa.select(UPTO.c.document).where(self._mine(UPTO))).scalar()
        return Upto.of(found) if found else Upto()

    def _mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.study == self._study

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that writes, alone."""
        with transaction(self._engine, self._name, writes=True) as connection:
            tables.take_turns(connection)
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with transaction(self._engine, self._name, writes=False) as connection:
            yield connection


def _counted_as(study: str) -> sa.ColumnElement[bool]:
    keys = sa.select(tables.COUNT_KEYS.c.key).where(tables.COUNT_KEYS.c.study == study)
    return tables.COUNTS.c.key.in_(keys)


def _insert(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    for start in range(0, len(rows), tables.AT_ONCE):
        connection.execute(table.insert(), rows[start : start + tables.AT_ONCE])


def _day(number: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)
