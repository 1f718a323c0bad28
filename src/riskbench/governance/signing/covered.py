"""The records that a signature stands on, and the rule by which they may go on afterwards.

Every act marks all records of its model: the hash of each, and of its history so far. A record goes on by steps alone:
its history grows, and what was there stays. So a record that was signed is one of four: unchanged; moved on by steps
that nobody has signed for yet; changed, where its past was rewritten, it differs without a step, or it is a version
with a step that only a signature makes; or missing. The page of a re-performance is marked with it. Reviews are a
calendar, reruns a validator's own, and neither is a basis of a decision: they are not marked.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest
from riskbench.governance.registry.records import Finding, Model, Record, RiskException, Verification, Version
from riskbench.governance.registry.states import faults
from riskbench.governance.registry.store import place
from riskbench.governance.registry.writing import read_record
from riskbench.governance.signing.statement import Mark, Write

KINDS: Mapping[str, type[Record]] = {
    "models": Model,
    "versions": Version,
    "findings": Finding,
    "exceptions": RiskException,
    "verifications": Verification,
}
PAGES = "pages/verifications"
BY_SIGNATURE = ("in_validation", "approved", "live", "stopped", "replaced")  # states of a version by signed acts alone


def mark_of(content: bytes, record: Record) -> Mark:
    """The mark of a record whose file holds `content`."""
    steps = [step.model_dump(mode="json") for step in getattr(record, "history", [])]
    return Mark(sha256=_sha256(content), steps=len(steps), history=digest(steps) if steps else "")


def files_below(registry: Path) -> dict[str, Path]:
    """Every file in the folders of the records that signatures stand on, by its place."""
    paths = [path for folder in (*KINDS, PAGES) for path in sorted((registry / folder).rglob("*"))]
    return {
        path.relative_to(registry).as_posix(): path
        for path in paths
        if (path.is_symlink() or not path.is_dir()) and not path.name.startswith(".")
    }


def record_in(registry: Path, at: str) -> Record | None:
    """The record at a place; None where it is none of the kind that belongs there, or belongs elsewhere."""
    try:
        record = read_record(registry / at, KINDS[at.split("/")[0]])
    except (CannotRun, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):  # whatever it holds
        return None
    return record if place(record) == at and not faults(record) else None


def marks(registry: Path, model: str, signed: Mapping[str, Mark]) -> dict[str, Mark]:
    """The marks of all records of a model, as they stand; those of `signed` are taken over where they still hold."""
    found = {}
    for at, path in files_below(registry).items():
        content = _content(path)
        if (mark := signed.get(at)) and mark.sha256 == _sha256(content):
            found[at] = mark
        elif (record := _record_behind(registry, at)) and concerns(registry, record, model):
            found[at] = mark_of(content, record)
    return found


def concerns(registry: Path, record: Record, model: str) -> bool:
    """Whether a record is one of a model, or of a run that is one of its versions."""
    if isinstance(record, Verification):
        others = (record_in(registry, at) for at in files_below(registry) if at.startswith("versions/"))
        return any(isinstance(v, Version) and (v.model, v.run) == (model, record.run) for v in others)
    return (record.id if isinstance(record, Model) else getattr(record, "model", "")) == model


def problems(registry: Path, model: str, signed: Mapping[str, Mark], writes: Mapping[str, Write]) -> dict[str, str]:
    """What became of the records of a model since they were signed, by place; nothing where all is as it was.

    `writes` are those of the same act: a record that still stands as before them is behind the ledger, not changed.
    """
    found: dict[str, str] = {}
    here = files_below(registry)
    for at, path in here.items():
        content = _content(path)
        if at in signed:
            told = _since(registry, at, signed[at], writes.get(at)) if _sha256(content) != signed[at].sha256 else ""
        elif (record := _record_behind(registry, at)) is None:
            told = "added: it is no record, or does not belong at this place"
        elif not concerns(registry, record, model):
            told = ""
        else:  # of a page, it is its record that is new
            told = _unsigned_step(record, 0) or (NEW if place(record) in (at, *signed) else "")
        if told:
            found[at] = told
    for at in signed.keys() - here.keys():
        behind = at in writes and not writes[at].before
        found[at] = BEHIND if behind else "missing: it was there when it was signed"
    return dict(sorted(found.items()))


def may_be_signed_for(problem: str) -> bool:
    """Whether the next signature may cover what became of a record: it is new, or went on by steps."""
    return problem == NEW or problem.startswith(MOVED_ON)


NEW = "new: nobody has signed for it yet"
MOVED_ON = "moved on since it was signed"
NO_ENTRY = "changed: no entry of the ledger has its step"
BEHIND = "behind the ledger: what was signed last is not written here yet; the next command does so"


def _since(registry: Path, at: str, mark: Mark, write: Write | None) -> str:
    if write is not None and _sha256(_content(registry / at)) == write.before:
        return BEHIND
    if (record := record_in(registry, at)) is None:
        return "changed since it was signed: it is no such record any more"
    history = getattr(record, "history", [])
    then = [step.model_dump(mode="json") for step in history[: mark.steps]]
    if len(history) <= mark.steps or (digest(then) if then else "") != mark.history:
        return "changed since it was signed, and not by a step of its history"
    if problem := _unsigned_step(record, mark.steps):
        return problem
    last = history[-1]
    told = f"by {len(history) - mark.steps} step(s), the last by {last.by} to {last.after}"
    return f"{MOVED_ON} {told}: nobody has signed for that yet"


def _unsigned_step(record: Record, steps: int) -> str:
    """The first step of a version after so many that only a signed act can make: its entry is lost, or never was."""
    if not isinstance(record, Version):
        return ""
    step = next((s for s in record.history[steps:] if s.after in BY_SIGNATURE and s.after != s.before), None)
    return f"{NO_ENTRY} by {step.by} to {step.after}: only a signature makes it" if step else ""


def _record_behind(registry: Path, at: str) -> Record | None:
    """The record at a place; of a page that tells a re-performance to a reader, that record."""
    if at.startswith(PAGES):
        at = f"{at.removeprefix('pages/').removesuffix('.html')}.yaml" if at.endswith(".html") else at
    return record_in(registry, at)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
