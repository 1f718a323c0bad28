"""In a finished run every figure leads to its entry, and every entry back to what it rests on."""

import hashlib
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from riskbench.core.evidence import Evidence, provenance_gaps
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.parameters import declared
from riskbench.pipeline.run_folder import evidence_digest, read_evidence
from riskbench.pipeline.stages import STAGES

WITHOUT_ENTRY = {"parameters": "they are given, and not found"}  # kinds of tables
ENTRY = re.compile(r"^evidence\.html#e-")


@pytest.fixture(scope="session")
def run(finished: Any) -> Path:
    return finished.folder


@cache
def page(run: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((run / f"{name}.html").read_text("utf-8"), "html.parser")


@cache
def evidence(run: Path) -> list[Evidence]:
    return read_evidence(run / "evidence.json")


def leads(part: Tag | None) -> bool:
    """Whether a part of a page leads to an entry of the index."""
    return part is not None and part.find("a", href=ENTRY) is not None


def is_traced(table: Tag) -> bool:
    """Whether a table leads to its entry by its caption, that of the figure around it, or row by row."""
    rows = table.select("tbody > tr")
    around = table.find_parent("figure")
    return (
        leads(table.caption)
        or (around is not None and leads(around.figcaption))
        or (rows != [] and all(map(leads, rows)))
    )


def of_kind(table: Tag) -> set[str]:
    box = table.find_parent(class_="table-box")
    return set(box["class"]) if box else set()


@pytest.mark.parametrize("name", ["index", *STAGES])
def test_every_link_to_the_evidence_finds_its_entry(run: Path, name: str) -> None:
    entries = {f"e-{e.id}" for e in evidence(run)} & {tag["id"] for tag in page(run, "evidence").select("tr[id]")}
    linked = {link["href"].partition("#")[2] for link in page(run, name).find_all("a", href=ENTRY)}
    assert linked
    assert linked <= entries


@pytest.mark.parametrize("stage", STAGES)
def test_every_table_and_every_figure_leads_to_its_entry(run: Path, stage: str) -> None:
    tables = [table for table in page(run, stage).select("main table") if not of_kind(table) & set(WITHOUT_ENTRY)]
    assert [table.caption.get_text() for table in tables if not is_traced(table)] == []
    drawings = page(run, stage).select("main figure.drawing")
    assert [drawing.get_text()[:60] for drawing in drawings if not leads(drawing.figcaption)] == []


@pytest.mark.parametrize("stage", STAGES)
def test_every_number_in_a_sentence_stands_in_a_link_or_the_sentence_leads_to_its_entry(run: Path, stage: str) -> None:
    for sentence in page(run, stage).select("p.say:not(.conclusion), main > p.conclusion"):
        told = BeautifulSoup(str(sentence), "html.parser")
        if told.find("a", class_="traced"):
            continue
        for part in told.select("a, .interval"):
            part.extract()
        assert not re.search(r"\d", told.get_text()), told.get_text()


def test_every_table_and_figure_that_was_recorded_is_shown_with_its_link(run: Path) -> None:
    linked = {
        link["href"].partition("#e-")[2] for stage in STAGES for link in page(run, stage).find_all("a", href=ENTRY)
    }
    recorded = {e.id for e in evidence(run) if e.kind == "table" and not e.id.endswith(".page.key_figures")}
    assert recorded <= linked


def test_every_figure_has_its_provenance(run: Path) -> None:
    assert {e.id: gaps for e in evidence(run) if (gaps := provenance_gaps(e))} == {}
    assert "Every one of them can be followed back" in page(run, "evidence").get_text()


def test_every_input_is_a_file_of_the_run_its_data_its_study_or_the_evidence_of_a_stage_before(run: Path) -> None:
    manifest = read_manifest(run)
    with zipfile.ZipFile(run / "code.zip") as archive:
        known = {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    known |= {file.sha256 for file in manifest.files.values()} | set(manifest.data.values())
    known |= {evidence_digest(e for e in evidence(run) if e.stage == stage) for stage in STAGES}
    assert {i.table for e in evidence(run) for i in e.inputs if i.sha256 not in known} == set()


def test_every_figure_rests_on_the_study_and_on_no_later_stage(run: Path) -> None:
    order = list(STAGES)
    for e in evidence(run):
        names = [i.table for i in e.inputs]
        assert "study.toml" in names
        earlier = [name.removeprefix("evidence of ") for name in names if name.startswith("evidence of ")]
        assert all(order.index(stage) < order.index(e.stage) for stage in earlier)


def test_figures_of_one_notebook_rest_on_different_inputs(run: Path) -> None:
    by_id = {e.id: {i.table for i in e.inputs} for e in evidence(run)}
    assert by_id["policy.policy.bands"] == {"study.toml", "policy.yaml"}
    assert by_id["outcomes.portfolio.jeffreys.newest_matured_month"] == {
        "applications.parquet",
        "scores.parquet",
        "study.toml",
    }
    assert by_id["features.trends.by_half_year"] == {"applications.parquet", "study.toml"}
    assert "evidence of policy" in by_id["rejects.declined.populations"]


def test_a_figure_names_the_parameters_it_was_made_with_and_no_others(run: Path, finished: Any) -> None:
    by_id = {e.id: e.parameters for e in evidence(run)}
    assert by_id["validation.champion.auc.cross_validation"] == {"folds": 5, "repetitions": 1, "seed": 0}
    assert by_id["validation.champion.auc.out_of_time"] == {}
    for stage, spec in STAGES.items():
        known = {name: p.default for name, p in declared(finished.project / "notebooks" / spec.notebook).items()}
        used = [p for e in evidence(run) if e.stage == stage for p in (e.parameters or {}).items()]
        assert [name for name, value in used if known[name] != value] == []


def test_every_function_that_is_said_to_have_made_a_figure_is_there_and_says_what_it_does(run: Path) -> None:
    makers = {m.code: m.does for e in evidence(run) for m in e.makers if m.code.startswith("riskbench.")}
    assert len(makers) > 80
    assert all(does.endswith((".", ":", ")")) for does in makers.values()), makers
