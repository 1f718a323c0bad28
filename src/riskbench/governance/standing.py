"""How a run stands: everything that people wrote down about it, gathered for the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.core.files import sha256
from riskbench.governance.manifest import MANIFEST, run_named
from riskbench.governance.registry.records import Finding, Model, Review, RiskException, Verification, Version
from riskbench.governance.registry.store import Registry
from riskbench.governance.signing.signature import Signature


@dataclass(frozen=True)
class Standing:
    """What the registry knows of a run; the default is a run that nobody has registered.

    `problems` says of every file of the run or registry that was altered since it was signed what is wrong with it;
    `ledger_head` is the hash of the newest entry of the ledger.
    """

    model: Model | None = None
    version: Version | None = None
    versions: Sequence[Version] = ()
    findings: Sequence[Finding] = ()
    exceptions: Sequence[RiskException] = ()
    reviews: Sequence[Review] = ()
    verifications: Sequence[Verification] = ()
    signatures: Sequence[Signature] = ()
    ledger_head: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def standing_of(registry_folder: Path, run_folder: Path, trust: Path | None = None) -> Standing:
    """What the registry in one folder knows of the run in another; nothing where there is no registry.

    Findings and exceptions are those that touch the version that the run is, or its model as a whole. `trust` is the
    file in which this machine remembers roots of trust and heads of ledgers. Raises `CannotRun` naming the file where
    a record cannot be read.
    """
    if not registry_folder.is_dir():
        return Standing()
    registry = Registry(registry_folder)
    run = run_named(run_folder)
    version, verifications = registry.version_of(run), registry.verifications(run)
    signatures, problems, head = _signed(registry_folder, run_folder, trust)
    if version is None:
        return Standing(
            verifications=verifications, signatures=signatures, ledger_head=head, problems=problems
        )  # verified, or even signed, though nobody put it forward

    return Standing(
        model=next((m for m in registry.models() if m.id == version.model), None),
        version=version,
        versions=registry.versions(version.model),
        findings=[
            f for f in registry.findings(version.model) if version.number in (f.version, *f.also_in) or not f.version
        ],
        exceptions=[e for e in registry.exceptions(version.model) if e.version in (None, version.number)],
        reviews=registry.reviews(version.model),
        verifications=verifications,
        signatures=signatures,
        ledger_head=head,
        problems=problems,
    )


def _signed(registry: Path, run: Path, trust: Path | None) -> tuple[list[Signature], dict[str, str], str]:
    """The signatures of a run, what was altered, and the head of the ledger."""
    from riskbench.governance.signing.check import check_signatures  # cryptography is slow to import
    from riskbench.governance.signing.entries import read_book

    signatures, problems = check_signatures(registry, run, sha256(run / MANIFEST), trust)
    entries = read_book(registry).entries
    return signatures, problems, entries[-1].hash if entries else ""
