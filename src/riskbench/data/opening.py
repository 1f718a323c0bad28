"""The file of one table, opened for queries; what is wrong with it is said with its name."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.study.schema import TableSpec

ROW = "file_row_number"  # DuckDB's own name; counts from 0
WHOLE = "bring the file again, whole"
_UNREADABLE = re.compile(r'Failed to read file "([^"]+)": (.+)')  # DuckDB, of pages that it cannot unpack


def connect() -> Any:
    """A DuckDB of one's own with one thread: the order in which threads add floats would move the last digits."""
    backend = ibis.duckdb.connect(threads=1)
    with suppress(duckdb.InvalidInputException):  # a kernel without ipywidgets has none, and refuses to be told
        backend.raw_sql("SET enable_progress_bar = false")  # in a notebook it would be drawn on the page
    return backend


def open_table(backend: Any, study: str, name: str, spec: TableSpec, folder: Path) -> Table:
    """One table of a study with its row numbers in column `file_row_number`.

    Raises `DataError` where its file is absent, empty or not Parquet.
    """
    path = folder / spec.file
    if not path.is_file():
        raise DataError(
            f"table {name} must be there",
            file=str(path.name),
            remedy=f"`riskbench data describe {study}` says where the data come from",
        )
    if path.stat().st_size == 0:
        raise DataError(f"table {name} must be Parquet, its file is empty", file=path.name, remedy=WHOLE)
    try:
        table = backend.read_parquet(path, table_name=name, file_row_number=True)
    except duckdb.Error as error:
        said = str(error).splitlines()[0].partition(": ")[2].replace(str(path), path.name)
        rule = f"table {name} must be readable Parquet: {said}"
        raise DataError(rule, file=path.name, remedy=WHOLE) from error
    # To SQL, NaN is a value larger than every number; to a reader of the file it is an empty cell. NULLIF would
    # not do: DuckDB takes it for needless where the file's statistics, which leave NaN out, hold no NaN.
    floats = [column for column, kind in table.schema().items() if kind.is_floating()]
    clean = table.mutate(**{column: table[column].isnan().ifelse(None, table[column]) for column in floats})
    return backend.create_view(f"{name}_clean_", clean)  # named, lest every query spell all of that out anew


def damaged(error: duckdb.Error) -> DataError | None:
    """What is said of a file that turns out to be damaged inside; None where the error is another."""
    found = _UNREADABLE.search(str(error))
    if found is None:
        return None
    return DataError(f"the file must be readable Parquet: {found[2]}", file=Path(found[1]).name, remedy=WHOLE)
