"""A lender of the tests: a registry with its people, and runs that were registered, signed, approved and promoted."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskbench.core.files import sha256, write_text
from riskbench.decision.bundle.bundle import BUNDLE_FILE
from riskbench.governance import approval
from riskbench.governance.manifest import MANIFEST, Environment, Manifest, files_of, write_manifest
from riskbench.governance.registry.records import Model, Verification, Version
from riskbench.governance.registry.states import begin as begun
from riskbench.governance.registry.store import Registry as Records
from riskbench.governance.signing.acting import Hand, Office
from riskbench.governance.signing.keyfile import make_key, public_of
from riskbench.governance.signing.keylist import Grant
from riskbench.governance.signing.people import Admission, admit, found_list

NOW = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
PEOPLE = {"mia": "modeller", "vic": "validator", "ada": "approver"}


@dataclass
class Lender:
    """A registry with its people, and runs of which each has a bundle; people sign at the time `at`."""

    root: Path
    office: Office
    keys: dict[str, Any]
    model: str
    at: dt.datetime = NOW

    def hand(self, person: str) -> Hand:
        """A person with the key."""
        return Hand(person, self.keys[person], self.at)

    def promoted(
        self,
        name: str,
        number: int,
        bundle: Path,
        bundle_known: bool = True,
        also: Callable[[Path], object] | None = None,
    ) -> None:
        """A run that was registered, performed again, signed, approved and promoted; `also` writes into its folder."""
        folder = self.office.reports / name
        (folder / BUNDLE_FILE).parent.mkdir(parents=True)
        shutil.copy(bundle, folder / BUNDLE_FILE)
        write_text(folder / "index.html", "<p>The summary.</p>")
        if also:
            also(folder)
        told = {"run_id": name, "study": "small", "created": self.at.isoformat(), "only": [], "data": {}, "stages": []}
        none = {"study_sha256": "", "code_sha256": "", "lock_sha256": "", "settings": {}, "seeds": {}, "notebooks": {}}
        where = Environment(python="3.11.9", system="Linux", machine="x86_64", packages={})
        write_manifest(folder, Manifest.model_validate(none | told | {"environment": where, "files": files_of(folder)}))
        sealed = {"run": name, "manifest_sha256": sha256(folder / MANIFEST)}
        decides = {"bundle_sha256": sha256(folder / BUNDLE_FILE) if bundle_known else ""}
        registered = {"model": self.model, "number": number, "registered": self.at, "registered_by": "mia"}
        version = Version.model_validate(registered | sealed | decides)
        records = self.office.registry
        records.write(begun(version, "mia", "it was registered", self.at))
        again = {"by": "vic", "at": self.at, "seconds": 60.0, "python": "3.11.9", "system": "Linux", "files": 2}
        page = records.write(Verification.model_validate(sealed | again | {"figures": 9})).relative_to(records.folder)
        write_text(records.folder / "pages" / page.with_suffix(".html"), "<p>9 figures match.</p>")
        approval.sign_development(self.office, self.hand("mia"), folder)
        approval.sign_validation(self.office, self.hand("vic"), folder)
        terms = approval.Terms(["Only loans up to 5,000"], (NOW + dt.timedelta(days=90)).date())
        approval.approve(self.office, self.hand("ada"), folder, terms)
        self.promote(name)

    def promote(self, name: str) -> None:
        """Put an approved run into use."""
        approval.promote(self.office, self.hand("ada"), self.office.reports / name)

    def stop(self, because: str) -> None:
        """Stop the version in use."""
        approval.stop(self.office, self.hand("ada"), self.model, because)


def founded(root: Path, model: str) -> Lender:
    """A lender with its people and a model, of which no version is registered yet."""
    reports = root / "reports"
    keys = {name: make_key(root / f"{name}.pem", "a long enough passphrase") for name in ("rita", *PEOPLE)}
    lender = Lender(root, Office(Records(reports / "registry"), reports, root / "trust.json"), keys, model)
    found_list(lender.office, "rita", keys["rita"], NOW)
    for person, role in PEOPLE.items():
        grant = Grant.model_validate({"role": role, "first": NOW.date(), "last": (NOW + dt.timedelta(days=365)).date()})
        admit(lender.office, keys["rita"], Admission(person, public_of(keys[person]), [grant]), NOW)
    told = {"id": model, "title": "Small loans", "study": "small", "owner": "mia", "purpose": "Decide", "tier": 2}
    described = Model.model_validate(told | {"tier_because": ["few loans"], "state": "in_development"})
    lender.office.registry.write(begun(described, "mia", "the first run", NOW))
    return lender
