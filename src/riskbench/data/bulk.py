"""Files of any size: Parquet or CSV as one table of Ibis, and a table of Ibis into one file, row by row through DuckDB.

Nothing is held in memory but the rows that are on their way. A CSV is read as text: who uses a column says what it is.
"""

import glob
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.expr.types import Table

from riskbench.core.errors import CannotRun, DataError, MachineError
from riskbench.core.files import replacing

FORMATS = {".parquet": "parquet", ".csv": "csv"}
READ_AS = {**FORMATS, ".pq": "parquet", ".tsv": "csv", ".txt": "csv", ".gz": "csv"}
FIRST = 5  # rows that are named
UNWRITTEN = re.compile("(could not|failed to|cannot) (write|flush|sync|truncate)|no space left", re.IGNORECASE)


@dataclass(frozen=True)
class Machine:
    """What a command may take: memory as DuckDB writes it ("1GB"), threads (None: all), and whether rows keep order."""

    memory: str = "1GB"
    threads: int | None = None
    in_order: bool = False


class Bulk:
    """The files of one source in a DuckDB of their own.

    `source` is a file or a pattern such as `in/*.parquet`. Raises `CannotRun` where there is none, or of another form.
    """

    def __init__(self, source: str, machine: Machine | None = None):
        self.source, self._machine = source, machine or Machine()
        self.files = _files(source)
        self._backend = ibis.duckdb.connect()
        with suppress(duckdb.InvalidInputException):  # a kernel without ipywidgets has none
            self._backend.raw_sql("SET enable_progress_bar = false")
        self._set_up()

    @property
    def text(self) -> bool:
        """Whether every column is text, as in a CSV."""
        return _form(self.files[0]) == "csv"

    @cached_property
    def table(self) -> Table:
        """All files as one; `DataError` where they cannot be read or have not the same columns."""
        with self._reading():
            return self._open(self.files)

    def one(self, table: Table) -> dict[str, Any]:
        """The only row of a table, by column; `DataError` where a file is damaged inside."""
        with self._reading():
            return self._backend.to_pyarrow(table).to_pylist()[0]

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """The rows of a small table."""
        with self._reading():
            return self._backend.to_pyarrow(table).to_pylist()

    def first_rows(self, wrong: Any) -> tuple[str, list[int]]:
        """The first file with rows where `wrong(table)` holds, and their numbers in it, counted from 1."""
        self._backend.con.execute("SET preserve_insertion_order = true")  # else rows are numbered as threads have them
        for file in self.files:
            table = self._open([file])
            numbered = table.mutate(wrong_=wrong(table).fill_null(False), row_=ibis.row_number() + 1)
            found = numbered.filter(numbered.wrong_).order_by("row_").limit(FIRST).select("row_")
            if rows := [row["row_"] for row in self.rows(found)]:
                return file.name, rows
        return "", []

    def write(self, table: Table, out: Path) -> None:
        """The rows of `table` in one file, Parquet or CSV by its name: whole, or the place stays as it was.

        Raises `CannotRun` where `out` is a folder, of another form or one of the files that are read; `MachineError`
        where there is no space or memory.
        """
        check_out(out, self.files)
        query = self._backend.compile(table)
        options = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER"}
        with replacing(out) as temporary, self._reading(out):
            place = str(temporary).replace("'", "''")
            self._backend.raw_sql(
                f"COPY ({query}) TO '{place}' ({options[FORMATS[out.suffix.lower()]]}, USE_TMP_FILE false)"
            )

    def reread(self, written: Path) -> Table:
        """A file that `write` has written, as a table."""
        return self._open([written])

    def close(self) -> None:
        """Let go of the files."""
        self._backend.disconnect()

    def _set_up(self) -> None:
        machine = self._machine
        settings: dict[str, Any] = {
            "memory_limit": machine.memory,
            "preserve_insertion_order": machine.in_order,
            "disabled_optimizers": "in_clause",  # a list of levels is no table to be joined: rows pass through slower
            "temp_directory": "",  # rows only pass through; what would not fit is said, and never lies on a disk
        }
        try:
            for name, value in settings.items():
                self._backend.con.execute(f"SET {name} = ?", [value])
            if machine.threads is not None:
                self._backend.con.execute("SET threads = ?", [machine.threads])
        except duckdb.Error as error:
            raise CannotRun(f"DuckDB does not take this setting: {_first(error)}") from None

    def _open(self, files: list[Path]) -> Table:
        paths = [str(file) for file in files]
        if _form(files[0]) == "parquet":
            return self._backend.read_parquet(paths)
        return self._backend.read_csv(paths, all_varchar=True, header=True, sample_size=20_480)

    @contextmanager
    def _reading(self, out: Path | None = None) -> Iterator[None]:
        """What DuckDB meets, as a sentence."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            told = f"the memory does not suffice: {_first(error)}"
            raise MachineError(f"{told}. What to do: give more with --memory, or fewer --threads.") from None
        except duckdb.Error as error:
            said = _first(error)
            if out is not None and UNWRITTEN.search(said):
                raise MachineError(f"{out}: {said}. What to do: free space there and try again.") from None
            remedy = "bring the files again, whole and with the same columns"
            raise DataError(f"the rows must be readable: {said}", file=Path(self.source).name, remedy=remedy) from None
        except RuntimeError as error:
            if "interrupted" in str(error):  # so DuckDB says that Ctrl-C has reached it
                raise KeyboardInterrupt from None
            raise


def as_view(table: Table, query: Callable[[str], str]) -> Table:
    """What `query` makes of a table in DuckDB, as a temporary view: SQL that Ibis need neither build nor read.

    `query` gets the text that stands for the table after FROM. Nothing is executed.
    """
    backend = table.get_backend()
    text = query(f"({backend.compile(table)})")
    name = f"view_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    backend.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {text}")
    return backend.table(name, database="temp.main")


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: float | str) -> str:
    """A text, or the very double, as SQL writes it: a number alone would be a decimal, which rounds.

    >>> literal("it's"), literal(0.1)
    ("'it''s'", "'0.1'::DOUBLE")
    """
    text = value if isinstance(value, str) else repr(float(value))
    told = "'" + text.replace("'", "''") + "'"
    return told if isinstance(value, str) else f"{told}::DOUBLE"


def picked(position: str, texts: Sequence[str], known: Iterable[str] = ()) -> str:
    """The text at a position that counts from 0, NULL where that is NULL; of an ENUM of all that are `known`.

    An ENUM is written to Parquet as a dictionary, three times as quick as text, and read from there as text.
    """
    levels = ", ".join(map(literal, dict.fromkeys([*known, *texts])))
    return f"([{', '.join(map(literal, texts))}]::ENUM({levels})[])[{position} + 1]"


def levels_of(view: Table) -> dict[str, list[str]]:
    """The texts of each column that is an ENUM, in the order of their codes."""
    relation = view.get_backend().con.sql(f"FROM ({view.get_backend().compile(view)})")
    types = zip(relation.columns, relation.types, strict=True)
    return {name: list(kind.children[0][1]) for name, kind in types if kind.id == "enum"}


def check_out(out: Path, files: list[Path]) -> None:
    """Raises `CannotRun` where nothing can be written to `out` without harm."""
    if out.is_dir():
        raise CannotRun(f"{out} is a folder. What to do: name a file in it, such as {out / 'decisions.parquet'}")
    if out.suffix.lower() not in FORMATS:
        raise CannotRun(f"a table is written as {' or '.join(FORMATS)}, got {out.name}")
    if out.resolve() in {file.resolve() for file in files}:
        raise CannotRun(f"{out} is what is read. What to do: write to another file")


def _files(source: str) -> list[Path]:
    place = Path(source)
    if place.is_dir():
        raise CannotRun(f"{source} is a folder. What to do: name its files, such as '{place / '*.parquet'}'")
    found = [place] if place.is_file() else sorted(Path(name) for name in glob.glob(source, recursive=True))
    files = [file for file in found if file.is_file()]
    if not files:
        raise CannotRun(f"there is no file {source}")
    forms = {_form(file) for file in files}
    if len(forms) > 1:
        raise CannotRun(f"{source} names files of several forms. What to do: name those of one")
    if empty := [file.name for file in files if file.stat().st_size == 0]:
        raise DataError("the file must hold a table, it is empty", file=empty[0], remedy="bring the file again, whole")
    return files


def _form(file: Path) -> str:
    form = READ_AS.get(file.suffix.lower())
    if form is None:
        raise CannotRun(f"a table is read from {', '.join(READ_AS)}, got {file.name}")
    return form


def _first(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].partition(": ")[2].rstrip(".") or str(error)
