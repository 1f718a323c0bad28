"""A run handed over: everything that a reader without riskbench can check, and no row of an applicant."""

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.governance.manifest import Manifest, StageRecord, environment_now, files_of, write_manifest
from riskbench.pipeline.handover.archive import CHECKSUMS, HELD_BACK, HandOver, hand_over
from riskbench.pipeline.handover.crate import CRATE_FILE, About

ABOUT = About("Micro-loans", "A dossier of a scorecard", "made by a program", "microloan-1")
ROWS, CARD = "artifacts/intake/applications.parquet", "artifacts/scorecard/card.json"
FILES = {"index.html": "<p>index", "intake.html": "<p>intake", "evidence.json": "[]", ROWS: "PAR1", CARD: "{}"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = write(tmp_path / "microloan-1", FILES)
    stage = {"state": "executed", "executed_in": "microloan-1", "seconds": 1.5, "key": "k"}
    stages = [
        StageRecord(stage="intake", parameters={"split": 3}, **stage),
        StageRecord(stage="features", parameters={"keep": None}, **stage),
    ]
    texts = {"study": "microloan", "study_sha256": "a", "code_sha256": "b", "lock_sha256": "c"}
    parts: dict = {"settings": {}, "only": [], "seeds": {}, "data": {}, "notebooks": {}}
    made = Manifest(
        run_id="microloan-1",
        created="2026-11-20T09:30:00+00:00",
        stages=stages,
        environment=environment_now(),
        files=files_of(folder),
        **texts,
        **parts,
    )
    write_manifest(folder, made)
    return folder


@pytest.fixture
def handed(run: Path, tmp_path: Path) -> Callable[..., HandOver]:
    dossier = write(tmp_path / "dossier", {"index.html": "<p>summary", "appendix/card.csv": "a,b"})
    registry = write(tmp_path / "registry", {"ledger.jsonl": "{}\n"})
    records = {"ledger.jsonl": registry / "ledger.jsonl"}
    return lambda name="a.zip", **how: hand_over(run, dossier, records, ABOUT, tmp_path / "out" / name, **how)


def content(done: HandOver) -> dict[str, bytes]:
    with zipfile.ZipFile(done.archive) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def crate(done: HandOver) -> dict[str, dict]:
    return {entity["@id"]: entity for entity in json.loads(content(done)[CRATE_FILE])["@graph"]}


def test_an_archive_holds_dossier_run_and_registry_but_no_row_of_an_applicant(handed):
    found = content(handed())
    assert {
        "dossier/index.html",
        "microloan-1/manifest.json",
        f"microloan-1/{CARD}",
        "registry/ledger.jsonl",
    } <= found.keys()
    assert f"microloan-1/{ROWS}" not in found
    assert found[HELD_BACK].decode().split() == [ROWS]


def test_rows_go_with_it_where_they_are_asked_for(handed):
    done = handed(rows=True)
    assert done.held_back == ()
    assert content(done)[f"microloan-1/{ROWS}"] == b"PAR1"
    assert HELD_BACK not in content(done)


def test_the_checksums_hold_for_the_standard_tool_and_name_every_other_file(handed, tmp_path):
    done = handed()
    with zipfile.ZipFile(done.archive) as archive:
        archive.extractall(tmp_path / "there")
    home = tmp_path / "there"
    subprocess.run(["sha256sum", "--check", "--quiet", CHECKSUMS], cwd=home, check=True)
    named = {line.split("  ", 1)[1] for line in (home / CHECKSUMS).read_text().splitlines()}
    assert named == content(done).keys() - {CHECKSUMS}


def test_the_checksum_beside_an_archive_is_its_own(handed):
    done = handed()
    told = done.archive.with_name("a.zip.sha256").read_text()
    assert told == f"{hashlib.sha256(done.archive.read_bytes()).hexdigest()}  a.zip\n"


def test_equal_content_gives_an_equal_archive(handed):
    assert handed("a.zip").archive.read_bytes() == handed("b.zip").archive.read_bytes()


def test_a_run_that_was_changed_is_not_handed_over(handed, run, tmp_path):
    (run / "index.html").write_text("<p>other")
    with pytest.raises(CannotRun, match=r"index\.html: changed"):
        handed()
    assert not (tmp_path / "out").exists()


def test_a_crate_describes_every_file_with_its_hash(handed):
    done = handed()
    entities, found = crate(done), content(done)
    files = {name: e for name, e in entities.items() if e["@type"] == "File"}
    assert files.keys() == found.keys() - {CRATE_FILE, CHECKSUMS}
    assert all(e["sha256"] == hashlib.sha256(found[name]).hexdigest() for name, e in files.items())


def test_a_crate_tells_each_stage_as_an_action_with_what_it_took_and_made(handed):
    entities = crate(handed())
    intake, features = entities["#intake"], entities["#features"]
    assert {"@id": "microloan-1/intake.html"} in intake["result"]
    assert {"@id": "#intake.split"} in intake["object"]
    assert entities["#intake.split"]["value"] == 3
    assert entities["#features.keep"]["value"] == "none"
    assert intake["@type"] == features["@type"] == "CreateAction"


def test_every_reference_in_a_crate_leads_to_an_entity(handed):
    entities = crate(handed(rows=True))

    def references(value: object) -> list[str]:
        if isinstance(value, list):
            return [name for part in value for name in references(part)]
        return [value["@id"]] if isinstance(value, dict) else []

    named = {name for e in entities.values() for value in e.values() for name in references(value)}
    outside = {name for name in named if name.startswith("http")} - entities.keys()
    assert named - outside <= entities.keys()
    assert outside == {"https://w3id.org/ro/crate/1.1", "http://schema.org/CompletedActionStatus"}
