"""What has arrived at the source of a feed since the last refresh: new files, or rows from the watermark on."""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from riskbench.core.errors import CannotRun, DataError
from riskbench.core.files import PARTIAL, printable, sha256
from riskbench.data.feeds.description import DatabaseSource, DuckDBSource, Feed, FolderSource
from riskbench.data.feeds.store import State
from riskbench.data.reading.delimited import read_delimited
from riskbench.data.reading.query import Since, rows_since
from riskbench.data.reading.reader import TEXT

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Arrival:
    """One delivery as it arrived: its rows with all columns of the source, or the fault that makes it unreadable.

    `written` tells that its cells are text, whose types are to be found.
    """

    origin: str
    table: pa.Table | None
    sha256: str = ""
    watermark: str | None = None
    written: bool = False
    fault: str = ""


def arrivals(name: str, feed: Feed, folder: Path, state: State, retry: bool = False) -> Iterator[Arrival]:
    """What there is to take, in order; files that were refused or held back come again with `retry`.

    Raises `CannotRun` or `DataError` where the source itself cannot be read.
    """
    source = feed.source
    if isinstance(source, FolderSource):
        yield from _files(source, folder, state, retry)
        return
    least = _least(state.watermark, source.overlap)
    table = (
        _from_database(name, source, least)
        if isinstance(source, DatabaseSource)
        else _from_duckdb(name, source, folder, least)
    )
    if source.watermark not in table.column_names:
        raise DataError(
            f"feed {name} must have the watermark", column=source.watermark, remedy="name a column of the source"
        )
    if table.num_rows:
        origin = f"table {source.table}" if source.table else "the query"
        highest = pc.max(table[source.watermark]).as_py()
        yield Arrival(origin, table, watermark=state.watermark if highest is None else _written(highest))


def _files(source: FolderSource, folder: Path, state: State, retry: bool) -> Iterator[Arrival]:
    place = folder / source.folder
    for path in sorted(place.glob(source.pattern)):
        if not path.is_file() or path.name.startswith(".") or path.name.endswith(PARTIAL):
            continue
        sha = sha256(path)
        last = state.settled(sha)
        if last is None or (retry and last.kind in ("refused", "held")):
            yield _file(path, sha)


def _file(path: Path, sha: str) -> Arrival:
    origin = printable(path.name)
    form = path.with_suffix("").suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    try:
        if form == ".parquet":
            return Arrival(origin, pq.ParquetFile(path).read(), sha)
        if form in TEXT:
            text = read_delimited(path)
            names = [header.strip() for header in text.header]
            return Arrival(origin, pa.table(text.columns, names=names), sha, written=True)
    except DataError as error:
        return Arrival(origin, None, sha, fault=str(error))
    except (pa.ArrowException, OSError, ValueError) as error:
        said = str(error).splitlines()[0].rstrip(".")
        return Arrival(
            origin, None, sha, fault=f"the file must be readable: {said}. What to do: bring the file again, whole."
        )
    known = ", ".join((*TEXT, ".parquet"))
    return Arrival(
        origin,
        None,
        sha,
        fault=f"a delivery is one of {known}, text also gzipped, got {origin}. What to do: narrow the pattern.",
    )


def _from_database(name: str, source: DatabaseSource, least: Any) -> pa.Table:
    asked = Since(source.watermark, least, source.table, source.query)
    return rows_since(_with_variables(source.url, name), asked, f"feed {name}")


def _from_duckdb(name: str, source: DuckDBSource, folder: Path, least: Any) -> pa.Table:
    path = folder / source.duckdb
    if not path.is_file():
        raise CannotRun(f"feed {name}: there is no DuckDB file {source.duckdb}")
    table, mark = (".".join(_quoted(part) for part in text.split(".")) for text in (source.table, source.watermark))
    where = "" if least is None else f" where {mark} >= ? or {mark} is null"
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(
                f"select * from {table}{where}", [] if least is None else [least]
            ).fetch_arrow_table()
    except duckdb.Error as error:
        rule = f"feed {name} must be readable from DuckDB: {str(error).splitlines()[0].rstrip('.')}"
        raise DataError(
            rule, file=path.name, remedy="check the source; nothing was taken, and nothing is lost"
        ) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _with_variables(url: str, name: str) -> str:
    if missing := [variable for variable in _VARIABLE.findall(url) if variable not in os.environ]:
        raise CannotRun(f"feed {name}: its url names the variable {missing[0]} of the environment, which is not set")
    return _VARIABLE.sub(lambda match: os.environ[match[1]], url)


def _written(highest: Any) -> str:
    """A watermark as the ledger keeps it, with the type that it is asked for again.

    >>> _written(dt.date(2026, 1, 5)), _written(7)
    ('date:2026-01-05', 'number:7')
    """
    if isinstance(highest, dt.datetime):
        return f"time:{highest.isoformat()}"
    if isinstance(highest, dt.date):
        return f"date:{highest.isoformat()}"
    return f"number:{highest}" if isinstance(highest, int | float | Decimal) else f"text:{highest}"


def _least(watermark: str | None, overlap: float) -> Any:
    """From where rows are read again: the watermark less the overlap.

    >>> _least("number:7", 2), _least("date:2026-01-05", 36), _least("text:2026-01-05 10:00:00", 1)
    (5, datetime.date(2026, 1, 3), '2026-01-05 09:00:00')
    """
    if watermark is None:
        return None
    kind, _, text = watermark.partition(":")
    back = dt.timedelta(hours=overlap)
    if kind == "time":
        return dt.datetime.fromisoformat(text) - back
    if kind == "date":
        return (dt.datetime.fromisoformat(text) - back).date()
    if kind == "number":
        return int(Decimal(text) - Decimal(overlap)) if text.lstrip("-").isdigit() else float(text) - overlap
    if not overlap:
        return text
    try:
        return (dt.datetime.fromisoformat(text) - back).isoformat(sep=text[10:11] or " ")[: max(len(text), 10)]
    except ValueError:
        raise CannotRun(f"an overlap needs a watermark that is a time or a number, got {text!r}") from None


def rows_digest(table: pa.Table) -> str:
    """SHA-256 of rows, whatever their source."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(out.getvalue()).hexdigest()


def plain_types(table: pa.Table) -> pa.Table:
    """Columns as text, int64, float64 (missing for NaN), boolean, date and timestamp in UTC, where they can be."""
    return pa.table([_plain(column) for column in table.columns], names=table.column_names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(pc.cast(column, kind.value_type))
    if isinstance(kind, pa.UuidType):
        return pa.chunked_array([[value and str(value) for value in column.to_pylist()]], pa.string())
    if pa.types.is_timestamp(kind):
        utc = pc.cast(column, pa.timestamp("us", "UTC"), safe=False) if kind.tz else column
        return pc.cast(utc, pa.timestamp("us"), safe=False)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = pc.cast(column, pa.float64(), safe=False)
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    to = {
        pa.types.is_integer: pa.int64(), pa.types.is_date: pa.date32(), pa.types.is_null: pa.string(),
        pa.types.is_large_string: pa.string(), pa.types.is_string_view: pa.string(), pa.types.is_time: pa.string(),
    }  # fmt: skip
    return next((pc.cast(column, target) for test, target in to.items() if test(kind)), column)
