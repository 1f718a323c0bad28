"""A made run with every kind of file, a registry beside it, and four people with keys."""

import datetime as dt
import json
import shutil
import uuid
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from riskbench.core.files import sha256, write_text
from riskbench.governance.approval import Terms, approve, promote, sign_development, sign_validation
from riskbench.governance.manifest import MANIFEST, Environment, Manifest, files_of, write_manifest
from riskbench.governance.registry.records import Finding, Model, RiskException, Verification, Version
from riskbench.governance.registry.states import begin
from riskbench.governance.registry.store import Registry
from riskbench.governance.signing.acting import Hand, Office
from riskbench.governance.signing.check import check_signatures
from riskbench.governance.signing.keyfile import make_key, public_of
from riskbench.governance.signing.keylist import Grant
from riskbench.governance.signing.people import Admission, admit, found_list
from riskbench.governance.signing.signature import Signature

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PASSPHRASE = "a long enough passphrase"
PEOPLE = {"mia": "modeller", "vic": "validator", "ada": "approver"}
TERMS = Terms(["Only loans up to 5,000"], (START + 200 * DAY).date())


@dataclass
class World:
    """A project with its people; `at` is the clock, which a test turns."""

    root: Path
    office: Office
    at: dt.datetime = START
    keys: dict = field(default_factory=dict)

    @property
    def registry(self) -> Registry:
        return self.office.registry

    @property
    def folder(self) -> Path:
        return self.registry.folder

    def run(self, name: str = "run-1") -> Path:
        return self.office.reports / name

    def hand(self, person: str) -> Hand:
        return Hand(person, self.keys[person], self.at)

    def check(self, name: str = "run-1", **how: object) -> tuple[list[Signature], dict[str, str]]:
        manifest = self.run(name) / MANIFEST
        held = sha256(manifest) if manifest.is_file() else "0" * 64
        return check_signatures(self.folder, self.run(name), held, **how)

    def make_run(self, name: str = "run-1", number: int = 1, *, verified: bool = True) -> None:
        """A finished run, registered as a version and performed again."""
        folder = make_run(self.run(name), name)
        version = Version(
            model="small_loans",
            number=number,
            run=name,
            manifest_sha256=sha256(folder / MANIFEST),
            registered=self.at,
            registered_by="mia",
        )
        self.registry.write(begin(version, "mia", "it was registered", self.at))
        if verified:
            self.verify(name)

    def verify(self, name: str = "run-1", **otherwise: object) -> None:
        """Write down a re-performance that holds, or what is told otherwise."""
        told = {"run": name, "manifest_sha256": sha256(self.run(name) / MANIFEST), "by": "vic", "at": self.at}
        told |= {"seconds": 60.0, "python": "3.11.9", "system": "Linux", "files": 9, "figures": 120}
        path = self.registry.write(Verification.model_validate(told | otherwise)).relative_to(self.folder)
        write_text(self.folder / "pages" / path.with_suffix(".html"), "<p>120 figures match.</p>")

    def find(self, id_: str = "F-0001", severity: str = "high", **more: object) -> Finding:
        told = {"id": id_, "model": "small_loans", "title": "PDs are low", "severity": severity, "raised_by": "vic"}
        told |= {"owner": "mia", "due": (START + 90 * DAY).date(), "state": "open"}
        finding = begin(Finding.model_validate(told | more), "vic", "it was seen", self.at)
        self.registry.write(finding)
        return finding

    def except_(self, about: str = "F-0001", **more: object) -> RiskException:
        told = {"id": "E-0001", "model": "small_loans", "about": about, "because": "few loans", "requested_by": "mia"}
        told |= {"expires": (START + 100 * DAY).date()}
        exception = begin(RiskException.model_validate(told | more), "mia", "it was asked for", self.at)
        self.registry.write(exception)
        return exception

    def validated(self, name: str = "run-1") -> None:
        sign_development(self.office, self.hand("mia"), self.run(name))
        sign_validation(self.office, self.hand("vic"), self.run(name))

    def approved(self, name: str = "run-1") -> None:
        self.validated(name)
        approve(self.office, self.hand("ada"), self.run(name), TERMS)

    def approved_with_less(self) -> None:
        """Approved for no longer than the exception lasts."""
        self.validated()
        approve(self.office, self.hand("ada"), self.run(), Terms(["None above 5,000"], (START + 99 * DAY).date()))

    def make_key(self) -> CryptoSigner:
        """A key pair that nobody has seen."""
        return make_key(self.root / f"{uuid.uuid4()}.pem", PASSPHRASE)

    def promoted(self, name: str = "run-1") -> None:
        self.approved(name)
        promote(self.office, self.hand("ada"), self.run(name))


def make_run(folder: Path, name: str) -> Path:
    """A run with one file of each kind."""
    for path, content in {
        "index.html": "<p>The summary.</p>",
        "validation.html": "<p>AUC .71</p>",
        "validation.ipynb": '{"cells": []}',
        "evidence.json": json.dumps([{"id": "validation.champion.auc.out_of_time", "run": name}]),
        "study.toml": 'name = "small"',
        "artifacts/scorecard/scores.parquet": f"PAR1 scores of {name}",
        "artifacts/scorecard/card.json": "{}",
        "appendix/card.xlsx": "PK sheet",
        "appendix/run.log": "intake executed in 1 s",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    with zipfile.ZipFile(folder / "code.zip", "w") as archive:
        archive.writestr("notebooks/60_validation.ipynb", "{}")
    seal(folder, name)
    return folder


def seal(folder: Path, name: str) -> None:
    """Write the manifest of whatever lies in a folder."""
    none = {"study_sha256": "", "code_sha256": "", "lock_sha256": "", "settings": {}, "seeds": {}, "notebooks": {}}
    environment = Environment(python="3.11.9", system="Linux", machine="x86_64", packages={})
    told = {"run_id": name, "study": "small", "created": START.isoformat(), "only": [], "data": {}, "stages": []}
    manifest = Manifest.model_validate(none | told | {"environment": environment, "files": files_of(folder)})
    write_manifest(folder, manifest)


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def keys(key_folder: Path) -> dict:
    return {person: make_key(key_folder / f"{person}.pem", PASSPHRASE) for person in ("rita", "eve", "max", *PEOPLE)}


def new_world(root: Path, keys: dict) -> World:
    """A project in which nobody has signed yet: one run, registered and performed again; the root is rita's."""
    reports = root / "project" / "reports"
    world = World(root, Office(Registry(reports / "registry"), reports, root / "trust.json"), keys=keys)
    found_list(world.office, "rita", keys["rita"], START)
    for person, role in PEOPLE.items():
        grant = Grant(role=role, first=START.date(), last=(START + 365 * DAY).date())
        admit(world.office, keys["rita"], Admission(person, public_of(keys[person]), [grant]), START)
    model = Model(
        id="small_loans",
        title="Small loans",
        study="small",
        owner="mia",
        purpose="Decide on small loans",
        tier=2,
        tier_because=["few loans"],
        state="in_development",
    )
    world.registry.write(begin(model, "mia", "the first run", START))
    world.make_run()
    return world


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory, keys: dict) -> World:
    return new_world(tmp_path_factory.mktemp("world"), keys)


@pytest.fixture
def world(first_world: World, tmp_path: Path) -> World:
    """Such a project of one's own."""
    root = Path(shutil.copytree(first_world.root, tmp_path / "world"))
    reports = root / "project" / "reports"
    return World(root, Office(Registry(reports / "registry"), reports, root / "trust.json"), keys=first_world.keys)
