"""The signatures of a run as part of its verification: a bad one is a broken file, a missing one is said."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.governance.manifest import MANIFEST
from riskbench.governance.registry.store import Registry
from riskbench.governance.signing.check import check_signatures
from riskbench.governance.signing.covered import may_be_signed_for
from riskbench.governance.signing.keyfile import trust_file
from riskbench.governance.signing.signature import Signature
from riskbench.governance.signing.trust import unknown_root
from riskbench.pipeline.verify import Verdict

UNSIGNED = "This run carries no signature: whoever can rewrite all of it can rewrite its hashes too."


def check_signed(
    verdict: Verdict,
    folder: Path,
    registry: Registry,
    project: Project,
    demanded: Iterable[str] = (),
    held: Collection[str] = (),
) -> list[str]:
    """Put what is wrong with the signatures of a run into its verdict, and say in sentences who has signed it.

    Records that are newer than the last signature are said and are no fault: this very verification becomes one.
    `demanded` are roles in which a signature must hold; one that lacks is broken too. Files of the run
    that are `held` back may be missing. Reads only.
    """
    manifest = folder / MANIFEST
    sealed, trust = sha256(manifest) if manifest.is_file() else "", trust_file(project.root)
    found, problems = check_signatures(registry.folder, folder.resolve(), sealed, trust, held=held)
    newer = [file for file, problem in problems.items() if may_be_signed_for(problem)]
    wrong = {file: problem for file, problem in problems.items() if file not in newer}
    wrong |= {_name(s): s.problem for s in found if not s.holds}
    of_run = [s for s in found if s.run and s.holds]
    for role in demanded:
        if not any(s.role == role for s in of_run):
            wrong[f"signature of the {role}"] = "there is none that holds"
    verdict.broken = wrong | verdict.broken
    told = [_told(s) for s in of_run] or [UNSIGNED]
    told += [f"Newer than the last signature: {', '.join(newer)}."] * bool(newer)
    return told + [root for root in [_root_told(trust, registry)] if root and of_run]


def _root_told(trust: Path, registry: Registry) -> str:
    with suppress(CannotRun):  # a damaged memory is named among the broken files
        return unknown_root(trust, registry.folder)
    return ""


def _name(s: Signature) -> str:
    return f"signature of {s.person} as {s.role}, {s.act} (ledger.jsonl, line {s.line})"


def _told(s: Signature) -> str:
    return f"Signed by {s.person} as {s.role} ({s.act}) on {s.at.day} {s.at:%B %Y}."
