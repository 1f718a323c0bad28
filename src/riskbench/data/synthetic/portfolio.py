"""The portfolio written down: blocks made one after another, a few at a time, each table one Parquet file."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.core.files import replacing
from riskbench.data.synthetic import macro
from riskbench.data.synthetic.block import KEY, make_block
from riskbench.data.synthetic.columns import Columns, take
from riskbench.data.synthetic.randomness import BLOCK
from riskbench.data.synthetic.schema import TABLES, TRUTH, arrow_schema, to_arrow

SEED = 20260101
TRUTH_FILE = Path("truth", "truth.parquet")


def generate(
    folder: Path, applications: int = 40_000, seed: int = SEED, chunk_customers: int = 5 * BLOCK
) -> list[Path]:
    """Write the portfolio's tables into `folder`, with exactly so many applications; returns the files' paths.

    The last path is `truth/truth.parquet`, kept apart: true probabilities are for tests, never for a study. Each file
    appears whole, under its name, when all are finished. `chunk_customers` (a multiple of the block of 4,000) bounds
    the memory: one chunk is one row group. The rows depend on `seed` and `applications` alone, and a smaller
    portfolio is the beginning of a larger one. Raises `ValueError` for sizes and seeds that break these rules.
    """
    if applications < 1:
        raise ValueError(f"applications must be at least 1, got {applications}")
    if seed < 0:
        raise ValueError(f"seed must be at least 0, got {seed}")
    if chunk_customers < BLOCK or chunk_customers % BLOCK:
        raise ValueError(f"chunk_customers must be a multiple of {BLOCK}, got {chunk_customers}")
    paths = {name: folder / f"{name}.parquet" for name in TABLES} | {"truth": folder / TRUTH_FILE}
    published, unemployment = macro.draw(seed)
    with ExitStack() as stack:
        # The writers close first, then every file takes its name.
        temporary = {name: stack.enter_context(replacing(path)) for name, path in paths.items()}
        writers = {
            name: stack.enter_context(pq.ParquetWriter(path, arrow_schema(TABLES.get(name, TRUTH)), compression="zstd"))
            for name, path in temporary.items()
        }
        writers["macro"].write_table(to_arrow("macro", published))
        for chunk in _chunks(_blocks(seed, applications, unemployment), chunk_customers // BLOCK):
            for name, tables in chunk.items():
                table = pa.concat_tables(tables)
                writers[name].write_table(table, row_group_size=max(len(table), 1))
    return list(paths.values())


def _blocks(seed: int, applications: int, unemployment: np.ndarray) -> Iterator[dict[str, pa.Table]]:
    """Blocks as Arrow tables until there are enough applications; the last one is cut."""
    written = block = 0
    while written < applications:
        columns = make_block(seed, block, unemployment)
        keys = columns["applications"][KEY][: applications - written]
        yield {name: to_arrow(name, _numbered(rows, keys, written)) for name, rows in columns.items()}
        written += len(keys)
        block += 1


def _numbered(columns: Columns, keys: np.ndarray, written: int) -> Columns:
    """The rows that belong to the applications `keys`, which are numbered on from those written."""
    kept = take(columns, columns[KEY] <= keys[-1])
    return kept | {"application_id": written + 1 + np.searchsorted(keys, kept[KEY])}


def _chunks(blocks: Iterator[dict[str, pa.Table]], size: int) -> Iterator[dict[str, list[pa.Table]]]:
    chunk: dict[str, list[pa.Table]] = {}
    for count, block in enumerate(blocks, start=1):
        for name, table in block.items():
            chunk.setdefault(name, []).append(table)
        if count % size == 0:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk
