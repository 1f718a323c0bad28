"""The committed schemas are the contract: they equal the models, and what a run writes keeps them."""

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from riskbench.core.files import canonical_json
from riskbench.pipeline.schemas import committed, schemas
from riskbench.pipeline.stages import STAGES

ROOT = Path(__file__).parents[2]
NAMES = ("card", "evidence", "manifest", "outputs", "registry", "study")


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(committed(name).read_text("utf-8")))


def problems(name: str, content: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(content)]


def read(path: Path) -> Any:
    if path.suffix == ".toml":
        plain = json.dumps(tomllib.loads(path.read_text("utf-8")), default=dt.date.isoformat)
        return json.loads(plain)
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_schema_equals_the_model(name: str) -> None:
    assert schemas().keys() == set(NAMES)
    rule = "the contract changed: if that is meant, run `python -m riskbench.pipeline.schemas` and commit the schemas"
    assert committed(name).read_text("utf-8") == canonical_json(schemas()[name]), rule


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_valid_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(committed(name).read_text("utf-8")))


def test_the_json_of_a_run_keeps_the_schemas(finished: Any) -> None:
    run = finished.folder
    outputs = sorted(run.glob("artifacts/*/outputs.json"))
    assert len(outputs) == len(STAGES)
    for name, path in [
        ("evidence", run / "evidence.json"),
        ("manifest", run / "manifest.json"),
        ("study", run / "study.toml"),
        *(("outputs", path) for path in outputs),
    ]:
        assert problems(name, read(path)) == [], path


@pytest.mark.parametrize("path", sorted(ROOT.glob("data/*/study.toml")), ids=lambda path: path.parent.name)
def test_the_studies_keep_the_schema(path: Path) -> None:
    assert problems("study", read(path)) == []


def test_a_schema_refuses_what_the_model_refuses(finished: Any) -> None:
    manifest, evidence = read(finished.folder / "manifest.json"), read(finished.folder / "evidence.json")
    assert problems("manifest", manifest | {"note": "x"})
    assert problems("manifest", {key: value for key, value in manifest.items() if key != "seal"})
    assert problems("evidence", [evidence[0] | {"id": "no scheme"}])
    assert problems("evidence", [evidence[0] | {"status": "purple"}])
    assert problems("study", read(finished.folder / "study.toml") | {"colour": "blue"})
    assert problems("outputs", {"tables": {"a.parquet": {"rows": 3}}})
