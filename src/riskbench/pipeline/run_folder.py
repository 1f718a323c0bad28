"""What lies where in the folder of a run, and how it is read and written.

`artifacts/<stage>/` holds the tables of a stage and `outputs.json`, through which later stages find them; `appendix/`
the files that pages link to; `evidence.json` every figure (while the run is in the making, one beside each stage's
tables); `log.jsonl` who executed what, when and with what outcome; `code.zip` what the run can be performed again from.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from riskbench.core.evidence import Evidence
from riskbench.core.files import digest, write_json
from riskbench.core.migration import evidence_of

ARTIFACTS, APPENDIX = "artifacts", "appendix"
OUTPUTS_FILE, EVIDENCE_FILE, CODE = "outputs.json", "evidence.json", "code.zip"


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


def read_evidence(path: Path) -> list[Evidence]:
    """The evidence in a file, of this schema or an older one."""
    return [evidence_of(entry) for entry in json.loads(path.read_text("utf-8"))]


def write_evidence(path: Path, evidence: Iterable[Evidence]) -> None:
    """Write evidence whole or not at all."""
    write_json(path, [e.model_dump(mode="json") for e in evidence])


def evidence_input(stage: str) -> str:
    """How a figure names the evidence of another stage among its inputs."""
    return f"evidence of {stage}"


def evidence_digest(evidence: Iterable[Evidence]) -> str:
    """SHA-256 of the evidence of one stage, as later stages name it among their inputs: that of its file."""
    return digest([e.model_dump(mode="json") for e in evidence])
