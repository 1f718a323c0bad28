import datetime as dt
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.governance.manifest import Manifest, environment_now, read_manifest, write_manifest
from riskbench.governance.registry.records import Finding, Model, RiskException, Verification, Version
from riskbench.governance.registry.states import begin
from riskbench.governance.registry.store import Registry
from riskbench.governance.standing import Standing, standing_of

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 31)


def finding(id_, version, **fields):
    given = {"id": id_, "model": "loans", "version": version, "title": "t", "severity": "low", "raised_by": "wang"}
    return begin(Finding(**given | {"owner": "li", "due": DAY, "state": "open"} | fields), "wang", "seen", NOON)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "loans-2"
    folder.mkdir()
    texts = dict.fromkeys(("study", "study_sha256", "code_sha256", "lock_sha256"), "x")
    parts: dict = {"settings": {}, "only": [], "seeds": {}, "data": {}, "notebooks": {}, "stages": [], "files": {}}
    told = Manifest(run_id="loans-2", created=NOON.isoformat(), environment=environment_now(), **texts, **parts)
    write_manifest(folder, told)
    return folder


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(tmp_path / "registry")
    model = Model(id="loans", title="Loans", study="loans", owner="li", purpose="p", tier=2, tier_because=["small"])
    made.write(begin(model, "li", "it is needed", NOON))
    for number in (1, 2):
        made.write(begin(Version(model="loans", number=number, run=f"loans-{number}", manifest_sha256="0" * 64,
                                 registered=NOON, registered_by="li"), "li", "put forward", NOON))  # fmt: skip
    return made


def test_without_a_registry_a_run_stands_as_nobody_knows_it(tmp_path, run):
    assert standing_of(tmp_path / "registry", run) == Standing()


def test_a_run_stands_as_its_version_with_all_versions_of_its_model(registry, run):
    standing = standing_of(registry.folder, run)
    assert (standing.model.id, standing.version.number) == ("loans", 2)
    assert [version.number for version in standing.versions] == [1, 2]


def test_findings_and_exceptions_are_those_that_touch_the_version(registry, run):
    for id_, version, fields in (
        ("F-0001", 1, {}),
        ("F-0002", 2, {}),
        ("F-0003", None, {}),
        ("F-0004", 1, {"also_in": [2]}),
    ):
        registry.write(finding(id_, version, **fields))
    for id_, version in (("E-0001", 1), ("E-0002", None)):
        registry.write(begin(RiskException(id=id_, model="loans", version=version, about="F-0002", because="time",
                                           requested_by="li", expires=DAY), "li", "time", NOON))  # fmt: skip
    standing = standing_of(registry.folder, run)
    assert [f.id for f in standing.findings] == ["F-0002", "F-0003", "F-0004"]
    assert [e.id for e in standing.exceptions] == ["E-0002"]


def test_a_run_that_is_no_version_still_shows_who_performed_it_again(registry, run):
    write_manifest(run, read_manifest(run).model_copy(update={"run_id": "loans-9"}))
    seen = Verification(run="loans-9", manifest_sha256="0" * 64, by="wang", at=NOON, seconds=1, python="3.11",
                        system="Linux", files=3, figures=7)  # fmt: skip
    registry.write(seen)
    standing = standing_of(registry.folder, run)
    assert standing.version is None
    assert standing.verifications == [seen]


def test_a_record_that_cannot_be_read_is_named(registry, run):
    (registry.folder / "versions" / "loans-2.yaml").write_text("no: record")
    with pytest.raises(CannotRun, match=r"loans-2\.yaml"):
        standing_of(registry.folder, run)


def test_a_ledger_that_was_altered_is_a_problem_by_its_file(registry, run):
    (registry.folder / "ledger.jsonl").write_text("not what was signed\n")
    assert any("ledger.jsonl" in file for file in standing_of(registry.folder, run).problems)
