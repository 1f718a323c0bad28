"""A verification checks signatures too: a bad one breaks it, a missing one is said, and a demanded one must hold."""

from pathlib import Path

import pytest

from riskbench.core.project import Project
from riskbench.governance.approval import sign_development
from riskbench.pipeline.signed import UNSIGNED, check_signed
from riskbench.pipeline.verify import Verdict


@pytest.fixture
def signed_by(world, monkeypatch):
    """Check the world's run: what was told and what is broken, where some roles are demanded."""
    monkeypatch.setenv("RISKBENCH_TRUST", str(world.root / "trust.json"))

    def check(*demanded: str, run: str = "run-1") -> tuple[list[str], dict[str, str]]:
        verdict = Verdict()
        told = check_signed(verdict, world.run(run), world.registry, Project(world.root / "project"), demanded)
        return told, verdict.broken

    return check


def test_an_unsigned_run_is_said_to_be_one(world, signed_by) -> None:
    assert signed_by() == ([UNSIGNED], {})


def test_a_role_that_is_demanded_must_have_signed(world, signed_by) -> None:
    sign_development(world.office, world.hand("mia"), world.run())
    told, broken = signed_by("modeller", "approver")
    assert told == ["Signed by mia as modeller (development) on 2 March 2026."]
    assert broken == {"signature of the approver": "there is none that holds"}


def test_a_file_changed_after_it_was_signed_is_named(world, signed_by) -> None:
    world.validated()
    (world.run() / "index.html").write_text("<p>Another summary.</p>")
    broken = signed_by("validator")[1]
    assert broken.pop("index.html") == "changed"
    assert broken.pop("signature of the validator") == "there is none that holds"
    assert set(broken.values()) == {"the run is not what was signed: index.html: changed"}


def test_a_ledger_with_a_changed_byte_is_named(world, signed_by) -> None:
    world.validated()
    ledger = Path(world.folder) / "ledger.jsonl"
    content = bytearray(ledger.read_bytes())
    content[-20] ^= 1
    ledger.write_bytes(content)
    assert any(file.startswith("ledger.jsonl, line ") for file in signed_by()[1])


def test_a_verification_that_is_newer_than_the_signatures_is_said_and_no_fault(world, signed_by) -> None:
    world.validated()
    world.at = world.at.replace(day=3)
    world.verify()
    told, broken = signed_by("modeller", "validator")
    assert broken == {}
    assert told[-1] == "Newer than the last signature: verifications/run-1/20260303T090000Z-vic.yaml."
