"""The decisions of a log as a Parquet table, for whoever analyses them; the log itself stays the record."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.core.files import replacing
from riskbench.decision.log.chain import LOOKED_UP, looked_up
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.selection import EVERYTHING, Selection

ROWS = 20_000  # of a group in the file
_TEXT = (
    "id", "kind", "decision_id", "at", "caller", "application", "customer", "bundle", "run", "arm", "action", "band",
    "rule",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in _TEXT),
        ("unknown", pa.bool_()),
        ("score", pa.int64()),
        ("pd", pa.float64()),
        ("amount", pa.float64()),
        ("rate", pa.float64()),
        ("all_in_rate", pa.float64()),
        ("hits", pa.list_(pa.string())),
        ("alerts", pa.list_(pa.string())),
        ("links", pa.map_(pa.string(), pa.string())),
        ("microseconds", pa.int64()),
        ("content", pa.string()),
    ]
)


def export(log: DecisionLog, path: Path, selection: Selection = EVERYTHING) -> int:
    """Write the entries of a selection to a Parquet file, whole or not at all; how many they are.

    One row an entry, in order. `content` is the whole entry as JSON, with the inputs of a decision: personal data.
    Raises `BrokenLedger` at an entry that was edited, `MachineError` where the file cannot be written.
    """
    written, contents = 0, log.contents(selection)
    with replacing(path) as temporary, pq.ParquetWriter(temporary, SCHEMA) as writer:
        while rows := list(islice(_rows(contents), ROWS)):
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))
            written += len(rows)
    return written


def _rows(contents: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for content in contents:
        found = content | content.get("said", {}) | dict(zip(LOOKED_UP, looked_up(content), strict=True))
        found["content"] = json.dumps(content, sort_keys=True, separators=(",", ":"))
        yield {name: found.get(name) for name in SCHEMA.names}
