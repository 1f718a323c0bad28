"""A run handed over: everything that a reader without riskbench can check, and no row of an applicant."""

import hashlib
import json
import subprocess
import zipfile

import pytest

from riskbench.governance.manifest import AlteredRun
from riskbench.pipeline.handover.archive import CHECKSUMS, HELD_BACK, HandOver
from riskbench.pipeline.handover.crate import CRATE_FILE

ROWS, CARD = "artifacts/intake/applications.parquet", "artifacts/scorecard/card.json"


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
    with pytest.raises(AlteredRun, match=r"index\.html: changed"):
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
