"""The signatures of a run as part of its verification: a bad one is a broken file, a missing one is said."""

from collections.abc import Iterable
from pathlib import Path

from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.governance.manifest import MANIFEST
from riskbench.governance.registry.store import Registry
from riskbench.governance.signing.check import check_signatures
from riskbench.governance.signing.keyfile import trust_file
from riskbench.governance.signing.signature import Signature
from riskbench.pipeline.verify import Verdict

UNSIGNED = "This run carries no signature: whoever can rewrite all of it can rewrite its hashes too."


def check_signed(
    verdict: Verdict, folder: Path, registry: Registry, project: Project, demanded: Iterable[str] = ()
) -> list[str]:
    """Put what is wrong with the signatures of a run into its verdict, and say in sentences who has signed it.

    `demanded` are roles in which a signature must hold; one that lacks is broken too. Reads only.
    """
    manifest = folder / MANIFEST
    held = sha256(manifest) if manifest.is_file() else ""
    found, problems = check_signatures(registry.folder, folder.resolve(), held, trust_file(project.root))
    wrong = problems | {_name(s): s.problem for s in found if not s.holds}
    of_run = [s for s in found if s.run and s.holds]
    for role in demanded:
        if not any(s.role == role for s in of_run):
            wrong[f"signature of the {role}"] = "there is none that holds"
    verdict.broken = verdict.broken | {file: told for file, told in wrong.items() if file not in verdict.broken}
    return [_told(s) for s in of_run] or [UNSIGNED]


def _name(s: Signature) -> str:
    return f"signature of {s.person} as {s.role}, {s.act} (ledger.jsonl, line {s.line})"


def _told(s: Signature) -> str:
    return f"Signed by {s.person} as {s.role} ({s.act}) on {s.at.day} {s.at:%B %Y}."
