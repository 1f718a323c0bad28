"""A database of SQLite or PostgreSQL, opened so that what is committed stays, and its errors in words.

The decision log lies in one, and so does what monitoring knows: whoever opens it says what errors are to call it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

from riskbench.core.errors import CannotRun
from riskbench.decision.log.errors import LogBusy, LogError, LogFull, LogLost

PATIENCE = 10.0  # seconds that a writer waits for others
_SQLITE_SAYS: dict[int, tuple[type[LogError], str]] = {
    sqlite3.SQLITE_FULL: (LogFull, "no space is left where it lies. What to do: free space there"),
    sqlite3.SQLITE_BUSY: (LogBusy, "others held it for too long. What to do: try again, or end what holds it"),
    sqlite3.SQLITE_LOCKED: (LogBusy, "others held it for too long. What to do: try again, or end what holds it"),
    sqlite3.SQLITE_READONLY: (LogError, "it may only be read. What to do: make file and folder writable"),
    sqlite3.SQLITE_CANTOPEN: (LogError, "it cannot be opened. What to do: see that its folder is there and writable"),
    sqlite3.SQLITE_IOERR: (LogError, "the disk failed to read or write. What to do: check disk and limits on files"),
    sqlite3.SQLITE_CORRUPT: (LogError, "the file is damaged. What to do: keep it, and restore the last copy"),
    sqlite3.SQLITE_NOTADB: (LogError, "the file is no SQLite database. What to do: name another file"),
}
_POSTGRESQL_SAYS: dict[str, tuple[type[LogError], str]] = {  # by class of SQLSTATE
    "53100": (LogFull, "no space is left where it lies. What to do: free space there"),
    "55P03": (LogBusy, "others held it for too long. What to do: try again, or end what holds it"),
    "57014": (LogBusy, "others held it for too long. What to do: try again, or end what holds it"),
    "25006": (LogError, "it may only be read. What to do: name the server that takes writes"),
    "42501": (LogError, "the right to it is lacking. What to do: grant it to the user of the URL"),
}


def named(url: str, what: str) -> str:
    """What errors call a database: what it is, and its file, or its URL without the password.

    The URL is one that `engine_of` takes.

    >>> named("postgresql+psycopg://li:secret@db/risk", "log")
    'the log postgresql+psycopg://li:***@db/risk'
    """
    parsed = sa.make_url(url)
    file = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return f"the {what} {file or parsed.render_as_string(hide_password=True)}"


class Opened:
    """What works on an engine of its own; a `with` closes it."""

    _engine: Engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections; nothing waits to be written."""
        self._engine.dispose()


def absent(url: str) -> bool:
    """Whether a URL names an SQLite file that is not there; a database on a server answers for itself.

    >>> absent("sqlite:///nowhere/log.sqlite"), absent("postgresql+psycopg://host/log")
    (True, False)
    """
    parsed = sa.make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file()


def engine_of(url: str, what: str = "log", *, writing: bool = True, patience: float = PATIENCE) -> Engine:
    """An engine for a SQLAlchemy URL, of SQLite (`sqlite:///log.sqlite`) or PostgreSQL (`postgresql+psycopg://…`).

    `what` is what errors call the database. Raises `CannotRun` for one of another kind, a URL that is none, and a
    driver that is not installed.
    """
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError:  # whose message may repeat the password
        raise CannotRun(
            f"a {what} is named by a URL: sqlite:///{what.split()[0]}.sqlite, or postgresql+psycopg://…"
        ) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, what, writing, patience)
    if parsed.get_backend_name() != "postgresql":
        raise CannotRun(f"a {what} lies in SQLite or PostgreSQL, got {parsed.get_backend_name()}")
    try:
        engine = sa.create_engine(parsed.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise CannotRun(f'a {what} in PostgreSQL needs {error.name}: pip install "riskbench[postgres]"') from error

    @sa.event.listens_for(engine, "connect")
    def _prepare(dbapi: DBAPIConnection, _: Any) -> None:
        cursor = dbapi.cursor()
        cursor.execute(f"SET lock_timeout = {int(patience * 1000)}")
        # whoever turned durability off for this database did not mean the log; stronger settings stay
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        if not writing:
            cursor.execute("SET default_transaction_read_only = on")
        cursor.close()
        dbapi.commit()

    return engine


def _sqlite(url: URL, what: str, writing: bool, patience: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise CannotRun(f"a {what} must outlive its process: name a file, sqlite:///{what.split()[0]}.sqlite")
    path = Path(url.database).absolute()
    if writing:
        path.parent.mkdir(parents=True, exist_ok=True)

    def connect() -> sqlite3.Connection:
        mode = "rwc" if writing else "ro"
        # without its -wal file, and with no right to make one, SQLite reads only what it is told stands still
        still = "&immutable=1" if not writing and not os.access(path.parent, os.W_OK) and not _wal(path) else ""
        own = sqlite3.connect(
            f"{path.as_uri()}?mode={mode}{still}", uri=True, timeout=patience, check_same_thread=False
        )
        own.isolation_level = None  # transactions begin where `transaction` says so
        if writing:
            own.execute("PRAGMA journal_mode = WAL")
        own.execute("PRAGMA synchronous = FULL")
        own.execute("PRAGMA foreign_keys = ON")
        return own

    return sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.QueuePool)


def _wal(path: Path) -> bool:
    return path.with_name(f"{path.name}-wal").exists()


@contextmanager
def transaction(engine: Engine, name: str, *, writes: bool) -> Iterator[Connection]:
    """A transaction, durable when the block has ended well and undone when not; `name` as `named` gives it."""
    try:
        with engine.connect() as connection, connection.begin():
            if engine.dialect.name == "sqlite":
                # a writer takes its place at once: one that first reads could find, on writing, that another was faster
                connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
            yield connection
    except exc.DBAPIError as error:
        raise in_words(error, name) from error
    except sqlite3.Error as error:  # while connecting
        raise _of_sqlite(error, name) from error


def in_words(error: exc.DBAPIError, name: str) -> LogError:
    """What the database refused, as the error that a caller can act on."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, name)
    state = getattr(cause, "sqlstate", None) or ""
    kind, told = _POSTGRESQL_SAYS.get(state, (LogError, ""))
    if told:
        return kind(f"{name}: {told}")
    if error.connection_invalidated or state[:2] in ("08", "57") or not state:
        lost = "the connection was lost. What to do: see that the server runs, and try again"
        return LogLost(f"{name}: {lost} ({_first_line(cause)})")
    return LogError(f"{name}: the database refused: {_first_line(cause)}")


def _of_sqlite(error: sqlite3.Error, name: str) -> LogError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code
    kind, told = _SQLITE_SAYS.get(code, (LogError, f"the database refused: {_first_line(error)}"))
    return kind(f"{name}: {told}")


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
