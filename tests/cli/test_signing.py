"""Keys and signatures by the command line, from the root key to a version in use."""

import base64
import datetime as dt
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from riskbench.cli import commands
from riskbench.core.errors import RiskbenchError
from riskbench.core.files import sha256
from riskbench.governance.manifest import MANIFEST, Environment, Manifest, files_of, write_manifest
from riskbench.governance.registry.records import Finding, Model, RiskException, Verification, Version
from riskbench.governance.registry.states import begin
from riskbench.governance.registry.store import Registry

Call = Callable[..., Result]
WORD = "a passphrase of some length"
TODAY = dt.datetime.now(dt.UTC).replace(microsecond=0)
SOON = str((TODAY + dt.timedelta(days=90)).date())
DAYS = ["--from", str(TODAY.date()), "--until", str((TODAY + dt.timedelta(days=300)).date())]
ROLES = {"mia": "modeller", "vic": "validator", "ada": "approver"}


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """A command of somebody at a machine of their own: `call("keys", "list", at="vic")`."""
    (tmp_path / "project/notebooks").mkdir(parents=True)

    def at_machine(*arguments: str, at: str = "rita", word: str = WORD, **more: Any) -> Result:
        own = {"HOME": tmp_path / "project", "KEYS": tmp_path / at / "keys", "TRUST": tmp_path / at / "trust.json"}
        env = {f"RISKBENCH_{name}": str(path) for name, path in own.items()} | {"RISKBENCH_PASSPHRASE": word}
        return CliRunner().invoke(commands, arguments, env=env, **more)

    return at_machine


@pytest.fixture
def people(call: Call) -> None:
    """The root key is rita's; three people made their keys and were admitted."""
    assert call("keys", "init", "--person", "rita").exit_code == 0
    for person, role in ROLES.items():
        line = call("keys", "new", "--person", person, at=person).output.splitlines()[-1]
        told = call("keys", "admit", person, "--key", line, "--role", role, *DAYS)
        assert told.exit_code == 0, told.output


@pytest.fixture
def run(tmp_path: Path) -> str:
    """A finished run, registered and performed again."""
    folder = tmp_path / "project/reports/run_1"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<p>The summary.</p>")
    none = {"study_sha256": "", "code_sha256": "", "lock_sha256": "", "settings": {}, "seeds": {}, "notebooks": {}}
    environment = Environment(python="3.11.9", system="Linux", machine="x86_64", packages={})
    told = {"run_id": "run_1", "study": "small", "created": TODAY.isoformat(), "only": [], "data": {}, "stages": []}
    files = files_of(folder)
    write_manifest(folder, Manifest.model_validate(none | told | {"environment": environment, "files": files}))
    registry = Registry(tmp_path / "project/reports/registry")
    model = {"id": "small", "title": "Small", "study": "small", "owner": "mia", "purpose": "x", "tier": 2}
    model |= {"tier_because": ["few"], "state": "in_development"}
    registry.write(begin(Model.model_validate(model), "mia", "registered", TODAY))
    held = {"run": "run_1", "manifest_sha256": sha256(folder / MANIFEST)}
    version = {"model": "small", "number": 1, "registered": TODAY, "registered_by": "mia"}
    registry.write(begin(Version.model_validate(version | held), "mia", "registered", TODAY))
    verified = {"by": "vic", "at": TODAY, "seconds": 1, "python": "3.11.9", "system": "Linux", "files": 2, "figures": 3}
    registry.write(Verification.model_validate(verified | held))
    return str(folder)


def refused(result: Result) -> str:
    assert isinstance(result.exception, RiskbenchError), result.output
    return str(result.exception)


def signed(call: Call, run: str) -> None:
    for person, role in list(ROLES.items())[:2]:
        told = call("sign", run, "--as", role, "--person", person, at=person)
        assert told.exit_code == 0, told.output


def approved(call: Call, run: str) -> Result:
    return call("approve", run, "--person", "ada", "--condition", "None above 5,000", "--expires", SOON, at="ada")


def test_the_reason_of_an_approval_is_kept_with_its_signature(call: Call, people: None, run: str) -> None:
    signed(call, run)
    given = ("--condition", "x", "--expires", SOON, "--because", "the segment is small")
    assert call("approve", run, "--person", "ada", *given, at="ada").exit_code == 0
    entry = json.loads((Path(run).parent / "registry" / "ledger.jsonl").read_text().splitlines()[-1])
    assert b"the segment is small" in base64.b64decode(json.loads(entry["content"])["payload"])


def test_from_the_root_key_to_a_version_in_use(call: Call, people: None, run: str) -> None:
    signed(call, run)
    assert approved(call, run).exit_code == 0
    told = call("promote", run, "--person", "ada", at="ada")
    assert told.output.startswith(
        "ada signed as approver: promotion of small version 1.\n  stands on verifications/run_1/"
    )
    said = call("signatures", run, at="vic").output
    assert re.findall(r"UTC  (\w+) as (\w+): (\w+) \(entry (\d)\): good", said) == [
        ("mia", "modeller", "development", "1"),
        ("vic", "validator", "validation", "2"),
        ("ada", "approver", "approval", "3"),
        ("ada", "approver", "promotion", "4"),
    ]
    assert "condition: None above 5,000" in said
    assert re.search(r"All 4 signatures hold\. Head of the ledger: [0-9a-f]{64}", said)
    assert "Not detected: a return of the whole registry" in said


def test_who_verifies_under_a_root_never_met_is_told_its_fingerprint(call: Call, people: None, run: str) -> None:
    signed(call, run)
    told = call("verify", run, "--quick", at="stranger").output
    assert re.search(
        r"never met the root key that signs these keys: ([0-9a-f]{4} ){7}[0-9a-f]{4}, it says of rita", told
    )
    assert "never met" not in call("verify", run, "--quick", at="vic").output


def test_stop_and_start_again(call: Call, people: None, run: str) -> None:
    signed(call, run)
    approved(call, run)
    call("promote", run, "--person", "ada", at="ada")
    told = call("stop", "small", "--person", "vic", "--because", "PDs drift", at="vic")
    assert told.output.startswith("vic signed as validator: stop of small version 1.")
    back = call("rollback", "small", "--person", "ada", "--because", "x", "--yes", at="ada")
    assert refused(back) == "no other version of small was in use before"
    assert call("promote", run, "--person", "ada", at="ada").exit_code == 0


def test_a_run_that_nobody_signed_is_said_so_and_is_no_success(call: Call, people: None, run: str) -> None:
    told = call("signatures", run)
    assert (told.exit_code, told.output.splitlines()[-1]) == (1, "Nobody has signed this run.")


def test_an_altered_run_is_named_and_is_no_success(call: Call, people: None, run: str) -> None:
    signed(call, run)
    (Path(run) / "index.html").write_text("<p>Another summary.</p>")
    told = call("signatures", run)
    assert told.exit_code == 1
    assert "index.html: changed\n" in told.output


def test_a_record_newer_than_the_last_signature_is_named_and_alters_nothing(
    call: Call, people: None, run: str, tmp_path: Path
) -> None:
    signed(call, run)
    registry = Registry(tmp_path / "project/reports/registry")
    values = {"id": "F-0001", "model": "small", "title": "Few loans", "severity": "low", "raised_by": "vic"}
    registry.write(begin(Finding.model_validate(values), "vic", "seen", TODAY))
    told = call("signatures", run)
    assert told.exit_code == 0
    assert "findings/F-0001.yaml: new: nobody has signed for it yet" in told.output
    assert "Newer than the last signature, 1 record(s)" in told.output


def test_a_head_from_paper_is_asked_of_the_ledger(call: Call, people: None, run: str) -> None:
    signed(call, run)
    head = re.search(r"ledger: ([0-9a-f]{64})", call("signatures", run).output)
    assert head
    assert call("signatures", run, "--head", head[1]).exit_code == 0
    assert call("signatures", run, "--head", "0" * 63 + "1").exit_code == 1


def test_first_contact_prints_the_fingerprint_that_init_printed(call: Call, run: str) -> None:
    made = call("keys", "init", "--person", "rita").output
    told = call("keys", "list", at="auditor").output
    assert "First contact with this registry." in told
    assert made.splitlines()[-1].strip() in told
    assert "First contact" not in call("keys", "list", at="auditor").output


def test_the_list_shows_people_roles_and_days(call: Call, people: None) -> None:
    call("keys", "withdraw", "vic", "--because", "left the bank")
    told = call("keys", "list").output
    assert "Version 5" in told
    assert re.search(rf"vic +[0-9a-f]{{16}}  validator {TODAY.date()} to .*; withdrawn .*: left the bank", told)


def test_the_passphrase_is_asked_for_and_never_shown(call: Call) -> None:
    told = call("keys", "new", "--person", "ana", word="", input=f"{WORD}\n{WORD}\n", at="ana")
    assert told.exit_code == 0
    assert "Passphrase of the new key of ana" in told.output
    assert WORD not in told.output


def test_a_wrong_passphrase_is_refused_without_it(call: Call, people: None, run: str) -> None:
    said = refused(call("sign", run, "--as", "modeller", "--person", "mia", at="mia", word="not this one at all"))
    assert "the passphrase is wrong" in said
    assert "not this one" not in said


def test_who_has_no_key_here_is_told_how_to_make_one(call: Call, people: None, run: str) -> None:
    said = refused(call("sign", run, "--as", "modeller", "--person", "eve"))
    assert "`riskbench keys new --person eve` makes one" in said


def test_an_exception_is_signed_by_the_approver(call: Call, people: None, run: str, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "project/reports/registry")
    about = {"model": "small", "owner": "mia", "due": SOON, "title": "PDs are low", "severity": "high"}
    finding = Finding.model_validate(about | {"id": "F-0001", "raised_by": "vic", "state": "open"})
    registry.write(begin(finding, "vic", "seen", TODAY))
    asked = {"id": "E-0001", "model": "small", "about": "F-0001", "because": "few", "requested_by": "mia"}
    registry.write(begin(RiskException.model_validate(asked | {"expires": SOON}), "mia", "asked", TODAY))
    signed(call, run)
    assert "no approver has signed it" in refused(approved(call, run))
    told = call("sign", run, "--as", "approver", "--exception", "E-0001", "--person", "ada", at="ada")
    assert told.exit_code == 0, told.output
    assert "an open high finding is set aside by exceptions/E-0001.yaml" in approved(call, run).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sign", "r", "--as", "approver", "--person", "ada"], "an approver approves: "),
        (
            ["sign", "r", "--as", "modeller", "--person", "mia", "--exception", "E-0001"],
            "--exception is signed --as approver",
        ),
        (["sign", "r", "--as", "owner", "--person", "mia"], "'owner' is not one of"),
        (["approve", "r", "--person", "ada", "--expires", "2027-01-01"], "Missing option '--condition'"),
        (["approve", "r", "--person", "ada", "--condition", "x", "--expires", "soon"], "does not match the format"),
        (["stop", "small", "--person", "ada"], "Missing option '--because'"),
    ],
)
def test_a_wrong_call_is_explained(call: Call, arguments: list[str], said: str) -> None:
    told = call(*arguments)
    assert told.exit_code == 2
    assert said in told.output


def test_before_the_first_list_nobody_signs(call: Call, run: str) -> None:
    call("keys", "new", "--person", "mia", at="mia")
    assert "keys init --person NAME" in refused(call("sign", run, "--as", "modeller", "--person", "mia", at="mia"))
    assert "keys init --person NAME" in refused(call("keys", "list"))
    assert os.listdir(Path(run).parent / "registry")
