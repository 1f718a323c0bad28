"""Evidence of an older schema, read as that of today, so that runs made before a change can still be compared."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from riskbench.core.evidence import SCHEMA_VERSION, Evidence


@cache
def _renamed() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("riskbench.core").joinpath("renamed.toml").read_text("utf-8"))


def evidence_of(entry: Mapping[str, Any]) -> Evidence:
    """One entry of an `evidence.json` of any schema; raises pydantic's ValidationError where it is none.

    >>> old = {"id": "monitoring.score.psi.last", "stage": "monitoring", "kind": "text", "title": "t", "value": "x"}
    >>> evidence_of(old | {"schema_version": 1}).id
    'monitoring.score.psi.newest_month'
    """
    steps = {1: _from_1, 2: _from_2}
    version = entry.get("schema_version")
    return Evidence.model_validate(_moved(steps[version](dict(entry)) if version in steps else dict(entry)))


def _moved(entry: dict[str, Any]) -> dict[str, Any]:
    """What a stage of today tells that another told before stands under the id and the stage of today."""
    id_ = entry.get("id")
    if isinstance(id_, str):
        new = _under(_renamed()["moved"], id_)
        entry |= {"id": new, "stage": new.split(".")[0]}
    if isinstance(id_, str) and id_.endswith(".page.key_figures") and isinstance(entry.get("value"), dict):
        rows = [[_under(_renamed()["moved"], str(of)) for of in row] for row in entry["value"].get("rows", [])]
        entry["value"] = entry["value"] | {"rows": rows}
    return entry


def _from_2(entry: dict[str, Any]) -> dict[str, Any]:
    """Schema 2 noted neither parameters nor formulas: they stay unknown, and are not guessed."""
    return entry | {"schema_version": SCHEMA_VERSION}


def _from_1(entry: dict[str, Any]) -> dict[str, Any]:
    """Ids and columns are renamed; limits in words, which schema 1 gave as the reason of every check, are left out."""
    entry |= {"id": new_id(entry["id"]), "schema_version": SCHEMA_VERSION}
    if entry.get("threshold") and entry["value"] is not None:
        entry["reason"] = ""
    if entry["kind"] == "table":
        names = _renamed()["columns"] | _renamed()["columns_of"].get(entry["id"], {})
        columns = [names.get(column, column) for column in entry["value"]["columns"]]
        rows = entry["value"]["rows"]
        if entry["id"].endswith(".page.key_figures"):  # the ids of others
            rows = [[new_id(id_) for id_ in row] for row in rows]
        entry["value"] = {"columns": columns, "rows": rows}
    return entry


def new_id(old: str) -> str:
    """The id of today for one of any schema.

    >>> new_id("monitoring.score.psi.last"), new_id("validation.champion.auc.test")
    ('monitoring.score.psi.newest_month', 'validation.champion.auc.test')
    """
    return _under(_renamed()["moved"], _under(_renamed()["ids"], old))


def _under(names: Mapping[str, str], old: str) -> str:
    """The name of an id; one without its sample stands for every sample."""
    figure, sample = ".".join(old.split(".")[:3]), old.split(".")[3:]
    return names.get(old) or ".".join([names.get(figure, figure), *sample])
