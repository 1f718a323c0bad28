"""The contract as JSON Schemas, made from the models: `python -m riskbench.pipeline.schemas` writes them anew.

They are committed as `riskbench/schemas/<name>.schema.json`, and a test compares them with the models: whoever changes
what a run writes decides so, and writes the schemas anew in the same commit.
"""

from functools import reduce
from importlib.resources import files
from operator import or_
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from riskbench.core.evidence import Evidence
from riskbench.core.files import write_json
from riskbench.data.study import Study
from riskbench.decision.bundle.bundle import Bundle
from riskbench.governance.manifest import Manifest
from riskbench.governance.registry.store import KINDS
from riskbench.pipeline.run_folder import Outputs
from riskbench.scorecard.export.document import CardDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SEAL = {"title": "Seal", "description": "SHA-256 of the canonical JSON of all other keys.", "type": "string"}


def schemas() -> dict[str, dict[str, Any]]:
    """The six schemas by name: of what riskbench writes as it is written, of a study as it may be written."""
    made: dict[str, dict[str, Any]] = {
        "bundle": Bundle.model_json_schema(),
        "card": CardDocument.model_json_schema(),
        "evidence": TypeAdapter(list[Evidence]).json_schema(mode="serialization"),
        "manifest": Manifest.model_json_schema(mode="serialization"),
        "outputs": Outputs.model_json_schema(),
        "registry": _records(),
        "study": Study.model_json_schema(),
    }
    made["manifest"]["properties"]["seal"] = SEAL
    made["manifest"]["required"].append("seal")
    return {name: {"$schema": DIALECT} | schema for name, schema in made.items()}


def _records() -> dict[str, Any]:
    """Of every kind of record of the registry, one a file, with its seal."""
    schema = TypeAdapter(reduce(or_, KINDS.values())).json_schema(mode="serialization")
    for kind in KINDS.values():
        record = schema["$defs"][kind.__name__]
        record["properties"]["seal"] = SEAL
        record["required"].append("seal")
    return schema


def committed(name: str) -> Path:
    """Where the schema of this name stands in the package."""
    return Path(str(files("riskbench"))) / "schemas" / f"{name}.schema.json"


def main() -> None:
    """Write every schema anew and say where."""
    for name, schema in schemas().items():
        write_json(committed(name), schema)
        print(committed(name))


if __name__ == "__main__":
    main()
