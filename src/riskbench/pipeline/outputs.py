"""What a stage wrote: `artifacts/<stage>/outputs.json`, through which later stages find its tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from riskbench.core.files import write_json

OUTPUTS_FILE = "outputs.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Written(_Part):
    """One table (Parquet) or document (JSON) of a stage; a document has no rows and columns."""

    sha256: str
    rows: int | None = None
    columns: int | None = None


class Outputs(_Part):
    """The tables and documents of a stage by file name, and the names of its files in the appendix."""

    tables: dict[str, Written] = {}
    appendices: list[str] = []


def read_outputs(folder: Path) -> Outputs:
    """What the stage of this folder wrote; nothing where it has not been closed yet."""
    path = folder / OUTPUTS_FILE
    return Outputs.model_validate_json(path.read_bytes()) if path.is_file() else Outputs()


def write_outputs(folder: Path, tables: Mapping[str, Any], appendices: list[str]) -> None:
    """Write the index of a stage's files whole or not at all."""
    outputs = Outputs.model_validate({"tables": dict(tables), "appendices": sorted(set(appendices))})
    write_json(folder / OUTPUTS_FILE, outputs.model_dump(mode="json", exclude_none=True))
