"""The rows of one query: in the user's database, or in an embedded DuckDB over the files beside the query."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from riskbench.core.errors import CannotRun, DataError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

ROWS = 50_000  # fetched from a database at once
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}  # where sqlglot says it otherwise
_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Into, exp.Lock, exp.Command)


def run_query(path: Path, connection: str | None) -> tuple[list[str], list[pa.ChunkedArray], str]:
    """The names and columns that the query in `path` gives, and where it ran.

    `connection` is a SQLAlchemy URL; without one the query reads files, whose relative names start at its own folder.
    Raises `DataError` for anything but one SELECT and for a query that fails, `CannotRun` without a way to connect.
    """
    if connection is not None:
        return _in_database(path, connection)
    query = _single_select(path, "duckdb")
    return _in_files(path, query)


@dataclass(frozen=True)
class Since:
    """The rows of a `table` or a `query` whose `column` is at least `least`, or missing; all where that is None."""

    column: str
    least: Any = None
    table: str | None = None
    query: str | None = None


def rows_since(connection: str, asked: Since, name: str) -> pa.Table:
    """Those rows with all their columns, read in one transaction that may not write; `name` is whose rows they are.

    Raises `CannotRun` without a way to connect, `DataError` where the database refuses or is lost on the way.
    """
    try:
        import sqlalchemy as sa
    except ModuleNotFoundError as error:
        raise CannotRun("a database needs SQLAlchemy: install riskbench[postgres]") from error
    engine = _engine(connection, "url")
    backend = engine.url.get_backend_name()
    if asked.table is not None:
        schema, _, table = asked.table.rpartition(".")
        rows: Any = sa.table(table, schema=schema or None)
    else:
        literal = str(asked.query).strip().rstrip(";").replace(":", "\\:")  # a colon means itself
        rows = sa.text(literal).columns().subquery("asked_")
    statement: Any = sa.select(sa.literal_column("*")).select_from(rows)
    if asked.least is not None:
        mark: Any = sa.column(asked.column)
        statement = statement.where(sa.or_(mark >= asked.least, mark.is_(None)))
    try:
        with engine.connect() as session:
            result = _read_only(session, backend).execute(statement)
            names, pieces = _pieces(result)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        rule = f"{name} must be readable from {backend}: {_first_line(getattr(error, 'orig', None) or error)}"
        raise DataError(
            rule, remedy="check the connection and the source; nothing was taken, and nothing is lost"
        ) from error
    finally:
        engine.dispose()
    return pa.table(_joined(names, pieces, Path(name)), names=names)


def _single_select(path: Path, dialect: str | None) -> str:
    try:
        query = path.read_text("utf-8-sig")
        statements = [statement for statement in sqlglot.parse(query, dialect=dialect) if statement]
    except UnicodeDecodeError as error:
        raise DataError("a query must be text in UTF-8", file=path.name, remedy="save it as UTF-8") from error
    except sqlglot.errors.SqlglotError as error:
        raise DataError(f"the query must be SQL: {_first_line(error)}", file=path.name, remedy="correct it") from error
    only = statements[0] if len(statements) == 1 else None
    if not isinstance(only, exp.Query) or any(only.find_all(*_CHANGES)):
        arrived = only.key.upper() if only else f"{len(statements)} statements"
        arrived = "one that also writes" if isinstance(only, exp.Query) else arrived
        rule = f"the file must hold one SELECT and nothing else, got {arrived}"
        raise DataError(rule, file=path.name, remedy="keep the one query that gives the table")
    return query.strip().rstrip(";")


def _in_files(path: Path, query: str) -> tuple[list[str], list[pa.ChunkedArray], str]:
    # One thread, because the order in which threads deliver rows and add floats would change from run to run.
    settings = {
        "threads": 1,
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    # The working folder is where DuckDB looks first, whatever search path it is given.
    with contextlib.closing(duckdb.connect(config=settings)) as database, contextlib.chdir(path.resolve().parent):
        try:
            table = database.execute(query).fetch_arrow_table()
        except duckdb.Error as error:
            rule = f"the query must run: {_first_line(error)}"
            remedy = "correct it; file names start at the folder of the query"
            raise DataError(rule, file=path.name, remedy=remedy) from error
    where = f"the query {path.name}, run by DuckDB {duckdb.__version__} over the files it names"
    return table.column_names, table.columns, where


def _in_database(path: Path, connection: str) -> tuple[list[str], list[pa.ChunkedArray], str]:
    try:
        import sqlalchemy
    except ModuleNotFoundError as error:
        raise CannotRun("a connection needs SQLAlchemy: install riskbench[postgres]") from error
    engine = _engine(connection)
    backend = engine.url.get_backend_name()
    dialect = _DIALECTS.get(backend, backend)
    query = _single_select(path, dialect if sqlglot.Dialect.get(dialect) else None)
    try:
        with engine.connect() as session:
            names, tables = _fetch(_read_only(session, backend), query)
    except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        rule = f"the query must run in {backend}: {_first_line(getattr(error, 'orig', None) or error)}"
        raise DataError(rule, file=path.name, remedy="check the connection and the query") from error
    finally:
        engine.dispose()
    where = f"the query {path.name}, run in the {backend} database {Path(engine.url.database or '').name}"
    return names, _joined(names, tables, path), where


def _engine(connection: str, named: str = "--connection") -> "Engine":
    import sqlalchemy

    try:
        engine = sqlalchemy.create_engine(connection)
    except sqlalchemy.exc.ArgumentError as error:  # whose message may repeat the password
        raise CannotRun(f"{named} must be an SQLAlchemy URL such as sqlite:///loans.db") from error
    except ModuleNotFoundError as error:
        raise CannotRun(f"the connection needs {error.name}: install riskbench[postgres], or your driver") from error
    database = engine.url.database
    # SQLite would make an empty database of a name that is not there.
    if engine.url.get_backend_name() == "sqlite" and (not database or not Path(database).is_file()):
        raise CannotRun(f"there is no SQLite database {database or 'in memory'}")
    return engine


def _read_only(session: "Connection", backend: str) -> "Connection":
    if backend == "postgresql":
        return session.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    if backend == "sqlite":
        session.exec_driver_sql("PRAGMA query_only = ON")
    return session


def _fetch(session: "Connection", query: str) -> tuple[list[str], list[list[Any]]]:
    """Names, and for each column its values in pieces."""
    # No parameters: a colon or a per cent sign in the query means itself.
    return _pieces(session.execution_options(stream_results=True, no_parameters=True).exec_driver_sql(query))


def _pieces(result: Any) -> tuple[list[str], list[list[Any]]]:
    names = list(result.keys())
    pieces: list[list[Any]] = [[] for _ in names]
    for rows in result.partitions(ROWS):
        for place, values in enumerate(zip(*rows, strict=True)):
            pieces[place].append(values)
    return names, pieces


def _joined(names: list[str], columns: list[list[Any]], path: Path) -> list[pa.ChunkedArray]:
    return [_column(name, pieces, path) for name, pieces in zip(names, columns, strict=True)]


def _column(name: str, pieces: list[Any], path: Path) -> pa.ChunkedArray:
    """Pieces of Python values as one column; a piece without values takes the type of the others."""
    try:
        tables = [pa.table({"": pa.array(piece)}) for piece in pieces]
        return (
            pa.concat_tables(tables, promote_options="permissive").column(0)
            if tables
            else pa.chunked_array([pa.nulls(0)])
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        rule = f"a column must hold values of one type: {_first_line(error)}"
        raise DataError(rule, file=path.name, column=name, remedy="cast it in the query") from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
