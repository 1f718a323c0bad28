"""What reading a table gives: its typed values, and for every choice made on the way a sentence that says why."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.core.files import replacing
from riskbench.data.study.schema import Kind

ROW_GROUP = 1 << 20  # fixed, so that equal tables give equal bytes however they were put together


@dataclass(frozen=True)
class ReadColumn:
    """One column: its name in the typed table and in the source, its type, and one sentence why it has that type."""

    name: str
    source_name: str
    type: Kind
    how: str


@dataclass(frozen=True)
class Tape:
    """A typed table (string, int64, float64, bool, date32), its columns, and how the whole was read."""

    table: pa.Table
    columns: tuple[ReadColumn, ...]
    how: tuple[str, ...]


def write_tape(tape: Tape, path: Path) -> None:
    """Write the typed table as Parquet, whole or not at all; equal content gives equal bytes."""
    plain = tape.table.combine_chunks().replace_schema_metadata(None)
    with replacing(path) as temporary:
        pq.write_table(plain, temporary, compression="zstd", row_group_size=ROW_GROUP)


def in_rows(count: int) -> str:
    """A number of rows in words.

    >>> in_rows(1), in_rows(1200)
    ('1 row', '1,200 rows')
    """
    return f"{count:,} row{'' if count == 1 else 's'}"
