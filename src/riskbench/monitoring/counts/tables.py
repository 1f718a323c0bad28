"""The tables of counts in the database of monitoring, and how a `CountTable` is written to them and read again.

A key (study, model, segment, subject, cell) is written once and known by a number afterwards, so that a count takes
some thirty bytes however long the names are. A day is the number of days since 1970. Each study has its own counts,
since it counts the log on edges of its own, and its own position in the log.
"""

import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from riskbench.monitoring.counts.table import EVERYONE, KEYS, SUMS, CountTable

METADATA = sa.MetaData()
WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAMES = KEYS[1:]
AT_ONCE = 5_000  # rows of a statement
_ALONE = 0x636F756E  # of an advisory lock: of several jobs on one server, one writes counts

COUNT_KEYS = sa.Table(
    "count_keys",
    METADATA,
    sa.Column("key", WHOLE, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("study", *NAMES)),
    sa.UniqueConstraint("study", *NAMES),
)
_OF_A_KEY = [COUNT_KEYS.c[name] for name in ("key", *NAMES)]
COUNTS = sa.Table(
    "counts",
    METADATA,
    sa.Column("day", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("key", WHOLE, sa.ForeignKey(COUNT_KEYS.c.key), primary_key=True, autoincrement=False),
    sa.Column("n", WHOLE, nullable=False),
    sa.Column("total", sa.Double, nullable=False),
    sa.Column("squares", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)
POSITION = sa.Table(  # up to where the log has been counted for a study
    "count_position",
    METADATA,
    sa.Column("study", sa.Text, primary_key=True),
    sa.Column("log_id", sa.String(32), nullable=False),
    sa.Column("seq", WHOLE, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
ROLLED = sa.Table(  # counts of segments before this day are those of whole months
    "count_rolled",
    METADATA,
    sa.Column("study", sa.Text, primary_key=True),
    sa.Column("before", WHOLE, nullable=False),
)


def take_turns(connection: Connection) -> None:
    """Wait until no other transaction that took turns writes; those of SQLite wait anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))


def day_number(day: dt.date) -> int:
    """Days since 1970.

    >>> day_number(dt.date(1970, 2, 1))
    31
    """
    return (day - dt.date(1970, 1, 1)).days


def rolled_before(connection: Connection, study: str) -> int:
    """The day before which counts of segments are those of whole months, as a number; 0 where all are by day."""
    return connection.execute(sa.select(ROLLED.c.before).where(ROLLED.c.study == study)).scalar() or 0


def add(connection: Connection, study: str, table: CountTable) -> None:
    """Add counts to those that are there; those of segments to their month where days are no longer kept."""
    if table.frame.empty:
        return
    frame, before = table.frame, rolled_before(connection, study)
    months = frame["day"].dt.to_period("M").dt.start_time
    old = (frame["segment"] != EVERYONE) & (_numbers(frame["day"]) < before)
    frame = CountTable.of(frame.assign(day=frame["day"].mask(old, months))).frame if old.any() else frame
    _upsert(connection, frame.assign(key=_keys(connection, study, frame), day=_numbers(frame["day"])))


def read(connection: Connection, study: str, between: tuple[int | None, int | None], *, everyone: bool) -> CountTable:
    """The counts of a study from a day to a day, of all segments or of `everyone` alone."""
    first, last = between
    keys = sa.select(*_OF_A_KEY).where(COUNT_KEYS.c.study == study)
    if everyone:
        keys = keys.where(COUNT_KEYS.c.segment == EVERYONE)
    asked = sa.select(COUNTS).where(COUNTS.c.key.in_(keys.with_only_columns(COUNT_KEYS.c.key)))
    if first is not None:
        asked = asked.where(COUNTS.c.day >= first)
    if last is not None:
        asked = asked.where(COUNTS.c.day <= last)
    found = pd.DataFrame(connection.execute(asked).all(), columns=["day", "key", *SUMS])
    names = pd.DataFrame(connection.execute(keys).all(), columns=["key", *NAMES]).sort_values(NAMES, ignore_index=True)
    place = pd.Series(names.index, index=names["key"])  # in the order of names: no text is compared again
    at = place.reindex(found["key"]).to_numpy(np.int64)
    order = np.lexsort((at, found["day"].to_numpy(np.int64)))
    days = found["day"].to_numpy(np.int64)[order].astype("datetime64[D]").astype("datetime64[s]")
    texts = {name: names[name].astype("str").array.take(at[order]) for name in NAMES}
    sums = {name: found[name].to_numpy(np.int64 if name == "n" else float)[order] for name in SUMS}
    return CountTable(pd.DataFrame({"day": days} | texts | sums))


def roll_up(connection: Connection, study: str, before: dt.date) -> None:
    """Make months of the days of all segments before a day, which is the first of a month; everyone's days stay."""
    cut = day_number(before)
    if cut <= rolled_before(connection, study):
        return
    parts = sa.select(COUNT_KEYS.c.key).where(COUNT_KEYS.c.study == study, COUNT_KEYS.c.segment != EVERYONE)
    old = (COUNTS.c.day < cut) & COUNTS.c.key.in_(parts)
    rows = pd.DataFrame(connection.execute(sa.select(COUNTS).where(old)).all(), columns=["day", "key", *SUMS])
    connection.execute(COUNTS.delete().where(old))
    connection.execute(ROLLED.delete().where(ROLLED.c.study == study))
    connection.execute(ROLLED.insert().values(study=study, before=cut))
    if len(rows):
        days = rows["day"].to_numpy(np.int64).astype("datetime64[D]")
        rows["day"] = days.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        _upsert(connection, rows.groupby(["day", "key"], as_index=False)[SUMS].sum())


def _keys(connection: Connection, study: str, frame: pd.DataFrame) -> np.ndarray:
    """The number of each row's key; a key that is new gets one."""
    known = pd.MultiIndex.from_frame(frame[NAMES])
    wanted = known.unique()
    numbers = _known_keys(connection, study)
    if new := [{"study": study} | dict(zip(NAMES, names, strict=True)) for names in wanted if names not in numbers]:
        for start in range(0, len(new), AT_ONCE):
            connection.execute(COUNT_KEYS.insert(), new[start : start + AT_ONCE])
        numbers = _known_keys(connection, study)
    by_place = np.array([numbers[names] for names in wanted], np.int64)
    return by_place[wanted.get_indexer(known)]


def _known_keys(connection: Connection, study: str) -> dict[tuple[str, ...], int]:
    of_study = sa.select(*_OF_A_KEY).where(COUNT_KEYS.c.study == study)
    return {tuple(names): key for key, *names in connection.execute(of_study)}


def _upsert(connection: Connection, frame: pd.DataFrame) -> None:
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    adding = make(COUNTS)
    summed = {name: COUNTS.c[name] + adding.excluded[name] for name in SUMS}
    statement = adding.on_conflict_do_update(index_elements=["day", "key"], set_=summed)
    columns = ["day", "key", *SUMS]
    rows = [
        dict(zip(columns, row, strict=True)) for row in zip(*(frame[name].tolist() for name in columns), strict=True)
    ]
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(statement, rows[start : start + AT_ONCE])


def _numbers(days: pd.Series) -> pd.Series:
    return days.astype("datetime64[s]").astype(np.int64) // 86_400
