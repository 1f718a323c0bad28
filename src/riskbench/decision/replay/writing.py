"""Replayed decisions in a file of one row each, as they come, whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.core.errors import CannotRun
from riskbench.core.files import replacing

Add = Callable[[pd.DataFrame], None]


@contextmanager
def writing(path: Path) -> Iterator[Add]:
    """What adds a table to a Parquet or CSV file, by the ending of its name; raises `CannotRun` for another.

    No inputs of an application are in it.
    """
    if path.suffix not in (".parquet", ".csv"):
        raise CannotRun(f"the file of a replay must end in .parquet or .csv, got {path.name}")
    with replacing(path) as temporary:
        yield from (_parquet if path.suffix == ".parquet" else _csv)(temporary)


def _csv(path: Path) -> Iterator[Add]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield lambda found: found.to_csv(file, index=False, header=file.tell() == 0)


def _parquet(path: Path) -> Iterator[Add]:
    writer: pq.ParquetWriter | None = None

    def add(found: pd.DataFrame) -> None:
        nonlocal writer
        table = pa.Table.from_pandas(found, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table.cast(writer.schema))

    try:
        yield add
    finally:
        if writer:
            writer.close()
