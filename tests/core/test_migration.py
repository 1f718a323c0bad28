"""Runs of an older schema are read as if they had been made today."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from riskbench.core.evidence import provenance_gaps
from riskbench.core.migration import evidence_of

RENAMED = tomllib.loads(files("riskbench.core").joinpath("renamed.toml").read_text("utf-8"))


def old(id_: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "id": id_,
        "stage": id_.split(".")[0],
        "kind": "estimate",
        "title": "t",
        "value": 0.5,
        "schema_version": 1,
    }
    return fields | changes


@pytest.mark.parametrize("was", RENAMED["ids"])
def test_a_renamed_figure_is_found_under_its_new_id(was: str) -> None:
    assert evidence_of(old(was)).id == RENAMED["ids"][was]


@pytest.mark.parametrize("schema", [1, 2, 3])
def test_what_has_moved_is_found_under_its_new_stage_whatever_the_schema(schema: int) -> None:
    was = "monitoring.portfolio.jeffreys.matured_months"
    new = evidence_of(old(was, schema_version=schema))
    assert (new.id, new.stage) == ("outcomes.portfolio.jeffreys.matured_months", "outcomes")


def test_the_key_figures_of_a_page_name_what_has_moved_by_its_new_id() -> None:
    rows = [["monitoring.portfolio.jeffreys.newest_matured_month"], ["monitoring.score.psi.out_of_time"]]
    value = {"columns": ["id"], "rows": rows}
    entry = old("monitoring.page.key_figures", kind="table", value=value, schema_version=3)
    moved = ["outcomes.portfolio.jeffreys.newest_matured_month"]
    assert evidence_of(entry).value.rows == [moved, ["monitoring.score.psi.out_of_time"]]


def test_a_rename_holds_for_every_sample() -> None:
    new = evidence_of(old("validation.portfolio.default_rate.out_of_time"))
    assert (new.id, new.dims.sample) == ("validation.portfolio.bad_rate.out_of_time", "out_of_time")


def test_what_was_not_renamed_stays() -> None:
    assert evidence_of(old("validation.champion.auc.test")).id == "validation.champion.auc.test"


def test_columns_of_tables_are_renamed() -> None:
    table = {"columns": ["grade", "defaults", "default_rate"], "rows": [["1", 3, 0.1]]}
    new = evidence_of(old("validation.grades.calibration.test", kind="table", value=table))
    assert new.value.model_dump() == {"columns": ["grade", "bads", "bad_rate"], "rows": [["1", 3, 0.1]]}


def test_columns_of_one_table_are_renamed_in_it_alone() -> None:
    table = {"columns": ["label", "value"], "rows": [["income", 0.1]]}
    of = [evidence_of(old(id_, kind="table", value=table)) for id_ in ("features.dimensions.lost", "a.b.c")]
    assert [new.value.columns for new in of] == [["dimension", "lost"], ["label", "value"]]


def test_the_key_figures_of_a_page_are_found_under_their_new_ids() -> None:
    figures = {"columns": ["id"], "rows": [["monitoring.score.psi.last"]]}
    new = evidence_of(old("monitoring.page.key_figures", kind="table", value=figures))
    assert new.value.model_dump()["rows"] == [["monitoring.score.psi.newest_month"]]


def test_evidence_of_today_is_read_as_it_is() -> None:
    today = evidence_of(old("features.stability.bins", schema_version=3, parameters={"bins": 8}))
    assert (today.id, today.parameters) == ("features.stability.bins", {"bins": 8})


@pytest.mark.parametrize("version", [1, 2])
def test_what_an_older_schema_did_not_note_stays_unknown(version: int) -> None:
    then = evidence_of(
        old("validation.champion.gini.test", schema_version=version, inputs=[{"table": "a", "sha256": "b"}])
    )
    assert (then.schema_version, then.parameters, then.formula, then.makers) == (3, None, "", [])
    assert "parameters" in provenance_gaps(then)


def test_ids_of_the_second_schema_are_those_of_today() -> None:
    assert evidence_of(old("features.stability.bins", schema_version=2)).id == "features.stability.bins"
