"""The life of a version in signed acts: into use, stopped, started, replaced, taken back; and what a crash leaves."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from riskbench.core.errors import RiskbenchError
from riskbench.governance.approval import (
    Terms,
    approve,
    grant,
    promote,
    rollback,
    sign_records,
    stop,
)
from riskbench.governance.live import live_version
from riskbench.governance.registry.states import move
from riskbench.governance.signing.acting import session

from .conftest import DAY, START, TERMS, World


def in_use(world: World, at: dt.datetime | None = None) -> int:
    return live_version(world.folder, "small_loans", at or world.at).version


def states(world: World) -> list[str]:
    return [world.registry.model("small_loans").state, *(v.state for v in world.registry.versions())]


def second(world: World) -> None:
    world.at += DAY
    world.make_run("run-2", 2)
    world.validated("run-2")
    approve(world.office, world.hand("ada"), world.run("run-2"), TERMS)
    promote(world.office, world.hand("ada"), world.run("run-2"))


@pytest.fixture
def promoted(world: World) -> World:
    world.promoted()
    return world


def test_acts_move_the_version_and_its_model_follows(world: World) -> None:
    assert states(world) == ["in_development", "candidate"]
    world.validated()
    assert states(world) == ["in_validation", "in_validation"]
    approve(world.office, world.hand("ada"), world.run(), TERMS)
    assert states(world) == ["approved", "approved"]
    promote(world.office, world.hand("ada"), world.run())
    assert states(world) == ["live", "live"]


def test_the_record_carries_the_conditions_and_the_end_of_the_approval(promoted: World) -> None:
    (version,) = promoted.registry.versions()
    assert ([c.text for c in version.conditions], version.expires) == (list(TERMS.conditions), TERMS.expires)
    assert [step.by for step in version.history] == ["mia", "mia", "ada", "ada"]


def test_what_is_in_use_says_its_hashes_conditions_and_end(promoted: World) -> None:
    live = live_version(promoted.folder, "small_loans", promoted.at)
    (version,) = promoted.registry.versions()
    assert (live.run, live.manifest_sha256) == ("run-1", version.manifest_sha256)
    assert (live.conditions, live.expires) == (tuple(TERMS.conditions), TERMS.expires)


def test_nothing_is_in_use_before_a_promotion(world: World) -> None:
    world.approved()
    with pytest.raises(RiskbenchError, match="no version of small_loans is in use"):
        in_use(world)


def test_a_stopped_version_decides_nothing_until_it_is_started_again(promoted: World) -> None:
    stop(promoted.office, promoted.hand("vic"), "small_loans", "PDs drift")
    assert states(promoted) == ["stopped", "stopped"]
    with pytest.raises(RiskbenchError, match="small_loans was stopped by vic on 2026-03-02 09:00 UTC: PDs drift"):
        in_use(promoted)
    promote(promoted.office, promoted.hand("ada"), promoted.run())
    assert (in_use(promoted), states(promoted)) == (1, ["live", "live"])


def test_an_approval_ends_on_its_last_day(promoted: World) -> None:
    last = dt.datetime.combine(TERMS.expires, dt.time(23, 59), dt.UTC)
    assert in_use(promoted, last) == 1
    with pytest.raises(RiskbenchError, match="the approval of version 1 of small_loans expired on 2026-09-18"):
        in_use(promoted, last + DAY)


def test_a_later_version_replaces_the_one_in_use_and_a_rollback_takes_that_one_back(promoted: World) -> None:
    second(promoted)
    assert (in_use(promoted), states(promoted)) == (2, ["live", "replaced", "live"])
    rollback(promoted.office, promoted.hand("ada"), "small_loans", "more bads than expected")
    assert (in_use(promoted), states(promoted)) == (1, ["live", "live", "replaced"])
    assert promoted.check("run-1")[1] == promoted.check("run-2")[1] == {}


def test_a_rollback_leads_out_of_a_stop(promoted: World) -> None:
    second(promoted)
    stop(promoted.office, promoted.hand("mia"), "small_loans", "wrong reasons on letters")
    rollback(promoted.office, promoted.hand("ada"), "small_loans", "the one before is sound")
    assert (in_use(promoted), states(promoted)) == (1, ["live", "live", "replaced"])


def test_what_was_in_use_then_is_known_later(promoted: World) -> None:
    second(promoted)
    assert (in_use(promoted, START), in_use(promoted)) == (1, 2)


def test_nothing_decides_on_an_altered_ledger(promoted: World) -> None:
    path = promoted.folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"number":4', b'"number":5'))
    with pytest.raises(RiskbenchError, match=r"nothing of small_loans may decide: ledger\.jsonl, line 4"):
        in_use(promoted)


def test_without_a_key_a_version_record_puts_nothing_into_use(world: World) -> None:
    world.approved()
    version = world.registry.version_of("run-1")
    assert version
    world.registry.write(move(version, "live", "ada", "by hand", world.at))
    with pytest.raises(RiskbenchError, match="no version of small_loans is in use"):
        in_use(world)


def test_an_exception_in_force_lets_an_open_high_finding_pass(world: World) -> None:
    world.find()
    world.except_()
    grant(world.office, world.hand("ada"), "E-0001")
    world.validated()
    signed = approve(world.office, world.hand("ada"), world.run(), Terms(["x"], (START + 90 * DAY).date()))
    assert signed.basis.exceptions == ("exceptions/E-0001.yaml",)
    assert signed.basis.findings == ("findings/F-0001.yaml",)
    (exception,) = world.registry.exceptions()
    assert (exception.state, exception.granted_by) == ("granted", "ada")


def test_a_finding_that_moves_on_is_said_until_somebody_signs_for_it(world: World) -> None:
    world.find(severity="low")
    world.validated()
    finding = world.registry.findings()[0]
    world.registry.write(move(finding, "in_remediation", "mia", "it is being mended", world.at))
    said = world.check()[1]["findings/F-0001.yaml"]
    assert said.startswith("moved on since it was signed by 1 step(s), the last by mia to in_remediation")
    assert all(signature.holds for signature in world.check()[0])
    signed = sign_records(world.office, world.hand("vic"), world.run())
    assert signed.covers == ("findings/F-0001.yaml",)
    assert world.check()[1] == {}


def crash(world: World, act: Any) -> None:
    """The act dies once its entry is in the ledger, before any record is written."""
    program = (
        "import os, pickle, sys\n"
        "from riskbench.governance.registry.store import Registry\n"
        "Registry.put = lambda *_: os._exit(9)\n"
        f"{act}"
    )
    path = os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": path}, check=False)
    assert done.returncode == 9


PROMOTE = """
import datetime as dt
from pathlib import Path
from riskbench.governance.approval import promote
from riskbench.governance.registry.store import Registry
from riskbench.governance.signing.acting import Hand, Office
from riskbench.governance.signing.keyfile import load_key
reports, key, at = Path({reports!r}), load_key(Path({key!r}), {word!r}), dt.datetime.fromisoformat({at!r})
promote(Office(Registry(reports / "registry"), reports), Hand("ada", key, at), reports / "run-1")
"""


def test_a_crash_after_the_entry_is_healed_by_the_next_act(world: World, key_folder: Path) -> None:
    world.approved()
    told = {"reports": str(world.office.reports), "key": str(key_folder / "ada.pem"), "at": world.at.isoformat()}
    crash(world, PROMOTE.format(word="a long enough passphrase", **told))
    assert states(world) == ["approved", "approved"]
    assert in_use(world) == 1  # the ledger is the truth
    assert set(world.check()[1]) == {"versions/small_loans-1.yaml", "models/small_loans.yaml"}
    assert all(told.startswith("behind the ledger") for told in world.check()[1].values())
    with session(world.office):
        pass
    assert states(world) == ["live", "live"]
    assert world.check()[1] == {}
