import asyncio
import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256, write_text
from riskbench.governance import approval
from riskbench.governance.manifest import MANIFEST, Environment, Manifest, files_of, write_manifest
from riskbench.governance.registry.records import Model, Verification, Version
from riskbench.governance.registry.states import begin as begun
from riskbench.governance.registry.store import Registry as Records
from riskbench.governance.signing.acting import Hand, Office
from riskbench.governance.signing.keyfile import make_key, public_of
from riskbench.governance.signing.keylist import Grant
from riskbench.governance.signing.people import Admission, admit, found_list
from riskbench.service.following import BUNDLE_FILE, Follower, Registry
from riskbench.service.serving import begin, desk_of
from riskbench.service.settings import Settings

NOW = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
PEOPLE = {"mia": "modeller", "vic": "validator", "ada": "approver"}
MODEL = "small_loans"


@dataclass
class Lender:
    """A registry with its people, and runs of which each has a bundle."""

    root: Path
    office: Office
    keys: dict

    def hand(self, person):
        return Hand(person, self.keys[person], NOW)

    def promoted(self, name, number, bundle, bundle_known=True):
        """A run that was registered, performed again, signed, approved and promoted."""
        folder = self.office.reports / name
        (folder / BUNDLE_FILE).parent.mkdir(parents=True)
        shutil.copy(bundle, folder / BUNDLE_FILE)
        write_text(folder / "index.html", "<p>The summary.</p>")
        told = {"run_id": name, "study": "small", "created": NOW.isoformat(), "only": [], "data": {}, "stages": []}
        none = {"study_sha256": "", "code_sha256": "", "lock_sha256": "", "settings": {}, "seeds": {}, "notebooks": {}}
        where = Environment(python="3.11.9", system="Linux", machine="x86_64", packages={})
        write_manifest(folder, Manifest.model_validate(none | told | {"environment": where, "files": files_of(folder)}))
        sealed = {"run": name, "manifest_sha256": sha256(folder / MANIFEST)}
        decides = {"bundle_sha256": sha256(folder / BUNDLE_FILE) if bundle_known else ""}
        registered = Version(model=MODEL, number=number, registered=NOW, registered_by="mia", **sealed, **decides)
        records = self.office.registry
        records.write(begun(registered, "mia", "it was registered", NOW))
        again = {"by": "vic", "at": NOW, "seconds": 60.0, "python": "3.11.9", "system": "Linux", "files": 2}
        page = records.write(Verification.model_validate(sealed | again | {"figures": 9})).relative_to(records.folder)
        write_text(records.folder / "pages" / page.with_suffix(".html"), "<p>9 figures match.</p>")
        approval.sign_development(self.office, self.hand("mia"), folder)
        approval.sign_validation(self.office, self.hand("vic"), folder)
        terms = approval.Terms(["Only loans up to 5,000"], (NOW + dt.timedelta(days=90)).date())
        approval.approve(self.office, self.hand("ada"), folder, terms)
        self.promote(name)

    def promote(self, name):
        approval.promote(self.office, self.hand("ada"), self.office.reports / name)


@pytest.fixture
def lender(tmp_path, bundles):
    """The first bundle is in use."""
    reports = tmp_path / "reports"
    keys = {name: make_key(tmp_path / f"{name}.pem", "a long enough passphrase") for name in ("rita", *PEOPLE)}
    lender = Lender(tmp_path, Office(Records(reports / "registry"), reports, tmp_path / "trust.json"), keys)
    found_list(lender.office, "rita", keys["rita"], NOW)
    for person, role in PEOPLE.items():
        grant = Grant(role=role, first=NOW.date(), last=(NOW + dt.timedelta(days=365)).date())
        admit(lender.office, keys["rita"], Admission(person, public_of(keys[person]), [grant]), NOW)
    model = {"id": MODEL, "title": "Small loans", "study": "small", "owner": "mia", "purpose": "Decide", "tier": 2}
    described = Model.model_validate(model | {"tier_because": ["few loans"], "state": "in_development"})
    lender.office.registry.write(begun(described, "mia", "the first run", NOW))
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
