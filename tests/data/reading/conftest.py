"""A table read from what its file holds."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskbench.data.reading import Tape, read_tape

Read = Callable[..., Tape]


@pytest.fixture
def read(tmp_path) -> Read:
    """Read a table from its content: text or bytes of a file, or a pyarrow table as Parquet."""

    def call(content: str | bytes | pa.Table, name: str = "", connection: str | None = None) -> Tape:
        path = tmp_path / (name or ("a.parquet" if isinstance(content, pa.Table) else "a.csv"))
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_tape(path, connection)

    return call


@pytest.fixture
def typed(read) -> Callable[..., tuple[str, list, str]]:
    """Type, values and reason of the first column of a semicolon-separated file that holds these cells."""

    def call(*cells: str, beside: str = "x") -> tuple[str, list, str]:
        tape = read("v;w\n" + "".join(f"{cell};{beside}\n" for cell in cells))
        return tape.columns[0].type, tape.table.column(0).to_pylist(), tape.columns[0].how

    return call
