import asyncio
import datetime as dt

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.governance import approval
from riskbench.service.following import BUNDLE_FILE, Follower, Registry
from riskbench.service.serving import begin, desk_of
from riskbench.service.settings import Settings
from tests.service.lender import NOW, founded

MODEL = "small_loans"


@pytest.fixture
def lender(tmp_path, bundles):
    """The first bundle is in use."""
    lender = founded(tmp_path, MODEL)
    lender.promoted("run-1", 1, bundles / "first.json")
    return lender


def looks(lender, *acts):
    """The standing of a service at its begin, and after each act and another look."""

    async def served():
        own = lender.root / "own"
        settings = Settings(
            log=f"sqlite:///{own}/log.sqlite",
            keys=own / "keys",
            tokens=own / "tokens",
            shelf=own / "shelf",
            study=MODEL,
        )
        own.mkdir(exist_ok=True)
        desk = desk_of(settings)
        records = lender.office.registry.folder
        follower = Follower(desk, Registry(records, lender.office.reports, MODEL, lender.office.trust))
        try:
            await begin(desk, follower)
            found = [desk.standing]
            for act in acts:
                await asyncio.to_thread(act)
                await follower.look()
                found.append(desk.standing)
        finally:
            await desk.journal.close()
        return found

    return asyncio.run(served())


def test_the_version_in_use_decides_as_approved_until_its_approval_ends(lender, bundles):
    (standing,) = looks(lender)
    assert standing.deciding.address == sha256(bundles / "first.json")
    assert standing.deciding.approved
    assert standing.deciding.run == "run-1"
    assert standing.deciding.expires == (NOW + dt.timedelta(days=90)).date()
    assert not standing.stopped


def test_a_promotion_takes_over_and_what_had_begun_keeps_its_own(lender, bundles):
    before, after = looks(lender, lambda: lender.promoted("run-2", 2, bundles / "second.json"))
    assert before.deciding.address == sha256(bundles / "first.json")
    assert (after.deciding.run, after.deciding.address) == ("run-2", sha256(bundles / "second.json"))


def test_a_stop_refers_everything_until_a_promotion(lender):
    def stop():
        approval.stop(lender.office, lender.hand("ada"), MODEL, "it drifts")

    _, stopped, again = looks(lender, stop, lambda: lender.promote("run-1"))
    assert stopped.stopped
    assert "was stopped by ada" in stopped.withdrawn
    assert stopped.deciding.run == "run-1"  # its inputs are known, so that applications can be referred
    assert not again.stopped


def test_begun_while_stopped_it_refers_by_what_decided_last(lender):
    looks(lender)
    approval.stop(lender.office, lender.hand("ada"), MODEL, "it drifts")
    (standing,) = looks(lender)
    assert standing.stopped
    assert standing.deciding is not None


def test_a_bundle_that_is_not_the_one_approved_never_decides(lender):
    with (lender.office.reports / "run-1" / BUNDLE_FILE).open("a") as file:
        file.write(" ")
    with pytest.raises(CannotRun, match="not the bundle that was asked for"):
        looks(lender)


def test_a_version_without_the_address_of_a_bundle_never_decides(lender, bundles):
    with pytest.raises(CannotRun, match="was approved without a bundle"):
        looks(lender, lambda: lender.promoted("run-2", 2, bundles / "second.json", bundle_known=False))
