"""What an act stands on besides the ledger: a whole run, a re-performance that holds, findings that are settled."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.core.thresholds import Thresholds
from riskbench.governance.manifest import MANIFEST, read_manifest
from riskbench.governance.registry.records import Finding, RiskException, Version
from riskbench.governance.registry.states import Refused
from riskbench.governance.registry.store import place
from riskbench.governance.signing.acting import Office, Session
from riskbench.governance.signing.check import run_problems

SETTLED = ("closed", "dismissed")


@dataclass(frozen=True)
class Run:
    """A finished run that is registered as a version, with the hashes that a signature binds."""

    name: str
    folder: str
    version: Version
    manifest_sha256: str
    bundle_sha256: str

    @property
    def told(self) -> dict[str, object]:
        """What a statement says of it."""
        return {
            "model": self.version.model,
            "version": self.version.number,
            "run": self.name,
            "folder": self.folder,
            "manifest_sha256": self.manifest_sha256,
            "bundle_sha256": self.bundle_sha256,
        }


@dataclass(frozen=True)
class Settled:
    """The findings of a version that were considered, and the exceptions that set open high ones aside."""

    findings: tuple[str, ...]
    exceptions: Sequence[RiskException]


def known_run(office: Office, folder: Path, bundle: Path | None = None) -> Run:
    """The run in a folder: whole, registered, and with the manifest that was registered.

    Raises `CannotRun` where there is no run, `Refused` where it is not whole or not the one that was registered.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise CannotRun(f"no run at {folder}")
    if problems := run_problems(folder):
        told = "; ".join(f"{file}: {problem}" for file, problem in list(problems.items())[:5])
        raise Refused(f"the run is not what its manifest says, so nobody signs it: {told}")
    name, held = read_manifest(folder).run_id, sha256(folder / MANIFEST)
    version = office.registry.version_of(name)
    if version is None:
        raise Refused(f"{name} is no version of a model yet: `riskbench inventory register` puts it forward")
    if version.manifest_sha256 != held:
        raise Refused(f"{MANIFEST} of {name} is not the one that was registered as version {version.number}")
    return Run(name, folder.name, version, held, _bundle_of(version, bundle))


def _bundle_of(version: Version, file: Path | None) -> str:
    """The hash of the bundle: that of the run, or of a file where the run made none."""
    if file is None:
        return version.bundle_sha256
    if version.bundle_sha256 not in ("", held := sha256(file)):
        raise Refused(f"{file.name} is not the bundle that {version.run} made (SHA-256 {version.bundle_sha256})")
    return held


def verified(office: Office, run: Run, at: dt.datetime) -> str:
    """Where the newest re-performance of a run lies; it must be of this very run, hold, and not be stale."""
    found = office.registry.verifications(run.name)
    if not found:
        raise Refused(f"nobody has performed {run.name} again: `riskbench verify` does, and writes it down")
    newest = found[-1]
    if newest.manifest_sha256 != run.manifest_sha256:
        raise Refused(f"the newest re-performance ({newest.at:%Y-%m-%d}, {newest.by}) is of another {MANIFEST}")
    if not newest.holds:
        told = f"{len(newest.broken)} file(s) broken, {len(newest.differing)} figure(s) differ"
        raise Refused(f"the newest re-performance ({newest.at:%Y-%m-%d}, {newest.by}) does not hold: {told}")
    oldest = Thresholds()["governance.verification_age"]
    age = (at - newest.at).total_seconds() / dt.timedelta(days=1).total_seconds()
    if age < 0:
        raise Refused(f"the newest re-performance is of {newest.at.isoformat()}, which lies ahead")
    if oldest.judge(age) != "green":
        raise Refused(f"the newest re-performance is stale: {age:.0f} days old, at most {oldest.bound:.0f} are allowed")
    return place(newest)


def findings_settled(now: Session, version: Version, at: dt.datetime) -> Settled:
    """The findings of a version: a validator signed for each as it stands, and an approver excepts each open high one.

    Raises `Refused` with the first of which that is not so.
    """
    findings = [f for f in now.office.registry.findings(version.model) if _concerns(f, version)]
    open_ = [f for f in findings if f.severity == "high" and f.state not in SETTLED]
    excepted = [_exception(now, finding, version, at) for finding in open_]
    for finding in findings:
        _refuse_unseen(now, finding)
    return Settled(tuple(place(finding) for finding in findings), excepted)


def _concerns(finding: Finding, version: Version) -> bool:
    return finding.version in (None, version.number) or version.number in finding.also_in


def _refuse_unseen(now: Session, finding: Finding) -> None:
    held = _hash(now, place(finding))
    marks = [s.records.get(place(finding)) for s in now.acts(finding.model) if s.role == "validator"]
    if not any(mark and mark.sha256 == held for mark in marks):
        raise Refused(
            f"finding {finding.id} is {finding.state}, and no validator has signed for it as it stands: "
            "`riskbench sign RUN --as validator --records` does"
        )


def _exception(now: Session, finding: Finding, version: Version, at: dt.datetime) -> RiskException:
    open_ = f"high finding {finding.id} ({finding.title}) is {finding.state}"
    about = [e for e in now.office.registry.exceptions(finding.model) if e.version in (None, version.number)]
    about = [e for e in about if e.about in filter(None, (finding.id, finding.evidence))]
    if not about:
        raise Refused(f"{open_}, and no exception sets it aside")
    why = [(exception, _why_not(now, exception, at)) for exception in about]
    if good := next((exception for exception, problem in why if not problem), None):
        return good
    raise Refused(f"{open_}; {'; '.join(problem for _, problem in why)}")


def _why_not(now: Session, exception: RiskException, at: dt.datetime) -> str:
    """Why an exception is not in force; empty where it is."""
    at_, held = place(exception), _hash(now, place(exception))
    signed = [s for s in now.acts(exception.model) if s.act == "exception" and at_ in s.basis.exceptions]
    if exception.state in ("refused", "revoked"):
        return f"exception {exception.id} was {exception.state}"
    if not signed:
        return f"exception {exception.id} is {exception.state}, but no approver has signed it"
    if signed[-1].records[at_].sha256 != held:
        return f"exception {exception.id} was changed after it was signed"
    if at.date() > exception.expires:
        return f"exception {exception.id} expired on {exception.expires}"
    return ""


def _hash(now: Session, at: str) -> str:
    return sha256(now.office.registry.folder / at)
