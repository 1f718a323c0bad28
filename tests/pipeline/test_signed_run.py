"""A run that the notebooks really made, registered by command and signed: a change in any kind of file is found."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskbench.core.files import sha256
from riskbench.governance.approval import Terms, approve, promote, sign_development, sign_validation
from riskbench.governance.manifest import MANIFEST, read_manifest
from riskbench.governance.registry.records import Verification
from riskbench.governance.registry.states import amend
from riskbench.governance.registry.store import Registry
from riskbench.governance.signing.acting import Hand, Office
from riskbench.governance.signing.check import check_signatures
from riskbench.governance.signing.keyfile import make_key, public_of
from riskbench.governance.signing.keylist import grants_of
from riskbench.governance.signing.people import Admission, admit, found_list

Command = Callable[..., subprocess.CompletedProcess[str]]
PEOPLE = {"mia": "modeller", "vic": "validator", "ada": "approver"}


@pytest.fixture(scope="module")
def signed(finished: Any, tmp_path_factory: pytest.TempPathFactory, riskbench: Command) -> tuple[Path, Path]:
    """The run and its registry, promoted; high findings that its checks opened are taken as medium, for a reason."""
    project = tmp_path_factory.mktemp("signed") / "project"
    (project / "notebooks").mkdir(parents=True)
    run = Path(shutil.copytree(finished.folder, project / "reports/first"))
    registry = Registry(project / "reports/registry")
    told = riskbench("inventory", "register", str(run), "--by", "mia", "--owner", "mia", cwd=project)
    assert told.returncode == 0, told.stderr
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    for finding in registry.findings():
        if finding.severity == "high":
            registry.write(amend(finding, {"severity": "medium"}, "vic", "a made portfolio", at))
    held = {"run": read_manifest(run).run_id, "manifest_sha256": sha256(run / MANIFEST), "by": "vic", "at": at}
    made = {"seconds": 1, "python": "3.11", "system": "Linux", "files": 9, "figures": 9}
    registry.write(Verification.model_validate(held | made))
    office, keys = Office(registry, project / "reports"), project.parent / "keys"
    root = make_key(keys / "rita.root.pem", "twelve letters")
    found_list(office, "rita", root, at)
    hands = {person: Hand(person, make_key(keys / f"{person}.pem", "twelve letters"), at) for person in PEOPLE}
    for person, role in PEOPLE.items():
        grants = grants_of([role], at.date(), at.date())
        admit(office, root, Admission(person, public_of(hands[person].key), grants), at)
    sign_development(office, hands["mia"], run)
    sign_validation(office, hands["vic"], run)
    approve(office, hands["ada"], run, Terms(["none"], at.date() + dt.timedelta(days=30)))
    promote(office, hands["ada"], run)
    return run, registry.folder


def test_a_real_run_is_signed_and_every_signature_holds(signed: tuple[Path, Path]) -> None:
    run, registry = signed
    signatures, problems = check_signatures(registry, run, sha256(run / MANIFEST))
    assert problems == {}
    assert [s.act for s in signatures if s.holds] == ["development", "validation", "approval", "promotion"]


def test_a_changed_byte_in_any_kind_of_file_is_found_in_that_file(signed: tuple[Path, Path]) -> None:
    run, registry = signed
    kinds = {path.suffix: path for path in sorted(run.rglob("*")) if path.is_file()}
    assert {".html", ".ipynb", ".json", ".parquet", ".toml", ".zip", ".xlsx"} <= kinds.keys()
    for path in kinds.values():
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        signatures, problems = check_signatures(registry, run, sha256(run / MANIFEST))
        assert path.relative_to(run).as_posix() in problems
        assert not any(s.holds for s in signatures)
        path.write_bytes(whole)
