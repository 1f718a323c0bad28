"""One table from wherever it is: a delimited text file, a Parquet file or a query."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.reading.delimited import read_delimited
from riskbench.data.reading.infer import Typed, infer_columns
from riskbench.data.reading.names import usable_names
from riskbench.data.reading.query import run_query
from riskbench.data.reading.tape import ReadColumn, Tape, in_rows
from riskbench.data.reading.typed import settle_column

TEXT = (".csv", ".tsv", ".txt")


def read_tape(source: Path, connection: str | None = None) -> Tape:
    """Read `source`: .csv, .tsv or .txt (also .gz), .parquet, or .sql, which holds one SELECT.

    A query runs in the database of `connection` (a SQLAlchemy URL), or without one over the files beside it.
    Raises `CannotRun` when there is nothing to read, `DataError` with rule, file, column, rows and remedy otherwise.
    """
    form = source.with_suffix("").suffix.lower() if source.suffix.lower() == ".gz" else source.suffix.lower()
    if not source.is_file():
        raise CannotRun(f"there is no file {source}")
    if connection is not None and form != ".sql":
        raise CannotRun(f"a connection goes with a query (.sql), got {source.name}")
    try:
        if form in TEXT:
            return _from_text(source)
        if form == ".parquet":
            return _from_columns(source, *_parquet(source))
        if form == ".sql":
            return _from_columns(source, *run_query(source, connection))
    except OSError as error:
        raise CannotRun(f"{source.name} cannot be read: {error.strerror or error}") from error
    known = ", ".join((*TEXT, ".parquet", ".sql"))
    raise CannotRun(f"a table is read from {known}, text also gzipped; got {source.name}")


def _from_text(source: Path) -> Tape:
    text = read_delimited(source)
    names, renamed = usable_names(text.header)
    typed = infer_columns(dict(zip(names, text.columns, strict=True)), source.name)
    return _tape(text.header, names, typed, (*text.how, *renamed))


def _from_columns(source: Path, headers: list[str], columns: list[pa.ChunkedArray], where: str) -> Tape:
    if not columns or not len(columns[0]):
        raise DataError("the table must have rows, it has none", file=source.name, remedy="provide the data")
    names, renamed = usable_names(headers)
    typed = [settle_column(column, name, source.name) for name, column in zip(names, columns, strict=True)]
    return _tape(headers, names, typed, (where, f"{in_rows(len(columns[0]))} and {len(names):,} columns", *renamed))


def _parquet(source: Path) -> tuple[list[str], list[pa.ChunkedArray], str]:
    try:
        table = pq.ParquetFile(source).read()
    except (pa.ArrowException, OSError) as error:
        rule = f"the file must be readable Parquet: {str(error).splitlines()[0].rstrip('.')}"
        raise DataError(rule, file=source.name, remedy="bring the file again, whole") from error
    return table.column_names, table.columns, "Parquet, whose types are kept"


def _tape(headers: Sequence[str], names: Sequence[str], typed: Sequence[Typed], how: Sequence[str]) -> Tape:
    columns = tuple(
        ReadColumn(name, header, column.kind, column.how)
        for header, name, column in zip(headers, names, typed, strict=True)
    )
    return Tape(pa.table([column.values for column in typed], names=list(names)), columns, tuple(how))
