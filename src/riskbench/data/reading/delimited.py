"""A delimited text file as a table of text: separator and header found, ragged rows refused.

Rows are counted from 1 after the header.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from riskbench.core.errors import DataError
from riskbench.data.reading.dates import looks_like_a_date
from riskbench.data.reading.encoding import read_as_utf8
from riskbench.data.reading.numbers import looks_like_a_number
from riskbench.data.reading.tape import in_rows

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLE = 1 << 20  # bytes from which separator and header are told
RECORDS = 500  # of the sample
BLOCK = 1 << 24  # bytes that pyarrow parses at once; a row must fit


@dataclass(frozen=True)
class Text:
    """All cells as text under the header's names, and how they were found."""

    header: list[str]
    columns: list[pa.ChunkedArray]
    how: tuple[str, ...]


def read_delimited(path: Path) -> Text:
    """The cells of a delimited text file, also gzipped.

    Raises `DataError` for bytes that are not text, no separator, no header, no rows, ragged rows and open quotes.
    """
    data, encoding = read_as_utf8(path)
    separator, header, start = _layout(data, path)
    columns = _parse(data[start:] if start else data, separator, header, path)
    _refuse_repeated_header(columns, header, path)
    how = (
        encoding,
        f"cells parted by a {SEPARATORS[separator]}",
        f"{in_rows(len(columns[0]))} and {len(header):,} columns, named by the first row",
    )
    return Text(header, columns, how)


def _layout(data: bytes, path: Path) -> tuple[str, list[str], int]:
    """The separator, the header and where the rows begin."""
    cut = data.find(b"\n", SAMPLE) + 1
    sample = data[:cut] if cut else data
    offset = 0
    separators = list(SEPARATORS)
    if declared := re.match(rb"sep=([,;\t|])\r?\n", sample):  # Excel writes its separator into a line of its own
        offset, separators = declared.end(), [declared[1].decode()]
    lines = list(io.StringIO(sample[offset:].decode(), newline=""))
    layouts = {separator: _records(lines, separator, path) for separator in separators}
    # The right separator gives most rows as many cells as the header has; a wrong one parts it seldom or unevenly.
    fits = {s: _share(records, len(records[0])) for s, (records, _) in layouts.items() if len(records[0]) > 1}
    if not fits:
        raise _no_separator(layouts, path)
    best = max(fits, key=lambda s: (fits[s], len(layouts[s][0][0])))
    records, used = layouts[best]
    if len(records) == 1:
        raise DataError("the file must hold rows, it has only a header", file=path.name, remedy="provide the data")
    if _is_data(records):
        raise DataError(
            "the first row must name the columns, it looks like data", file=path.name, remedy="put a header above it"
        )
    return best, records[0], offset + len("".join(lines[:used]).encode())


def _records(lines: Sequence[str], separator: str, path: Path) -> tuple[list[list[str]], int]:
    """The first records that are not blank, and the number of lines down to the end of the header."""
    reader = csv.reader(lines, delimiter=separator)
    try:
        header: list[str] = next(filter(None, reader), [])
        used = reader.line_num
        return [header, *islice(filter(None, reader), RECORDS)], used
    except csv.Error as error:
        raise _open_quote(path) from error


def _share(records: Sequence[Sequence[str]], cells: int) -> float:
    rows = records[1:]
    return sum(len(row) == cells for row in rows) / max(len(rows), 1)


def _no_separator(layouts: dict, path: Path) -> DataError:
    """Either there is something above the header, or the cells are parted by something else."""
    for records, _ in layouts.values():
        cells = len(records[len(records) // 2])
        if cells > 1 and _share(records, cells) > 0.5:
            rule = f"the first row must name the columns: it has one cell, most rows have {cells}"
            return DataError(rule, file=path.name, remedy="remove the lines above the header")
    known = ", ".join(SEPARATORS.values())
    return DataError(
        f"the header must name at least two columns, parted by one of: {known}",
        file=path.name,
        remedy="save it as CSV with one of these separators",
    )


def _is_data(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first record is a row like the others.

    It is when its cells are numbers or dates, or are values that the same columns hold again further down.
    """
    first, rows = records[0], [row for row in records[1:] if len(row) == len(records[0])]
    like_data = [not cell.strip() or looks_like_a_number(cell) or looks_like_a_date(cell) for cell in first]
    again = [any(row[i] == cell for row in rows) for i, cell in enumerate(first)]
    named = [not data and not known for data, known in zip(like_data, again, strict=True)]
    return any(cell.strip() for cell in first) and any(like_data) and not any(named)


def _parse(data: bytes, separator: str, header: Sequence[str], path: Path) -> list[pa.ChunkedArray]:
    names = [str(position) for position in range(len(header))]
    ragged: list[pcsv.InvalidRow] = []

    def remember(row: pcsv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    def parse(threads: bool) -> pa.Table:
        return pcsv.read_csv(
            pa.py_buffer(data),
            pcsv.ReadOptions(column_names=names, block_size=BLOCK, use_threads=threads),
            pcsv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data, invalid_row_handler=remember),
            pcsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )

    try:
        table = parse(threads=True)
        if ragged:  # only one thread knows the rows' numbers
            ragged.clear()
            parse(threads=False)
    except pa.ArrowInvalid as error:
        raise _open_quote(path) from error
    if ragged:
        found = sorted({row.actual_columns for row in ragged})
        cells = " or ".join(str(n) for n in found[:3]) + (" or more" if len(found) > 3 else "")
        raise DataError(
            f"every row must have {len(header)} cells, as the header has; {len(ragged):,} have {cells}",
            file=path.name,
            rows=[row.number for row in ragged],
            remedy="remove these rows, or put cells that hold the separator in quotes",
        )
    if table.num_rows == 0:
        raise DataError("the file must hold rows, it has only a header", file=path.name, remedy="provide the data")
    _refuse_open_quote(data, table, path)
    return table.columns


def _refuse_open_quote(data: bytes, table: pa.Table, path: Path) -> None:
    """An open quote swallows all that follows it, without an error from the parser."""
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    if data.count(b'"') % 2 and any("\n" in cell for cell in last.values()):
        raise _open_quote(path, rows=[table.num_rows])


def _open_quote(path: Path, rows: Sequence[int] = ()) -> DataError:
    return DataError(
        "a quoted cell must be closed by a quote",
        file=path.name,
        rows=rows,
        remedy="close the quote, and double quotes inside of a cell",
    )


def _refuse_repeated_header(columns: Sequence[pa.ChunkedArray], header: Sequence[str], path: Path) -> None:
    repeats = np.flatnonzero(pc.equal(columns[0], header[0]).to_numpy())
    for column, name in zip(columns[1:], header[1:], strict=True):
        if not len(repeats):
            return
        repeats = repeats[pc.equal(column.take(pa.array(repeats)), name).to_numpy()]
    if len(repeats):
        raise DataError(
            "the header must stand once, above the rows",
            file=path.name,
            rows=[int(row) + 1 for row in repeats],
            remedy="remove the repeated headers",
        )
