"""The records that a signature stands on, and the rule by which they may go on afterwards.

Every act marks all records of its model: the hash of each, and of its history so far. A record goes on by steps alone:
its history grows, and what was there stays. So a record that was signed is one of four: unchanged; moved on by steps
that nobody has signed for yet; changed, where its past was rewritten or it differs without a step; or missing. Reviews
are a calendar, no basis of a decision, and are not marked.
"""

import hashlib
from collections.abc import Iterator, Mapping
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


def mark_of(content: bytes, record: Record) -> Mark:
    """The mark of a record whose file holds `content`."""
    steps = [step.model_dump(mode="json") for step in getattr(record, "history", [])]
    return Mark(sha256=hashlib.sha256(content).hexdigest(), steps=len(steps), history=digest(steps) if steps else "")


def files_below(registry: Path) -> dict[str, Path]:
    """Every file in the folders of the records that signatures stand on, by its place."""
    paths = [path for kind in KINDS for path in sorted((registry / kind).rglob("*"))]
    return {
        path.relative_to(registry).as_posix(): path
        for path in paths
        if (path.is_symlink() or not path.is_dir()) and not path.name.startswith(".")
    }


def record_in(registry: Path, at: str) -> Record | None:
    """The record at a place; None where it is none of the kind that belongs there, or belongs elsewhere."""
    try:
        record = read_record(registry / at, KINDS[at.split("/")[0]])
    except (CannotRun, OSError):
        return None
    return record if place(record) == at and not faults(record) else None


def concerns(at: str, record: Record | None, model: str, runs: frozenset[str]) -> bool:
    """Whether a record is one of this model; of what cannot be read, its place must say so."""
    if isinstance(record, Verification):
        return record.run in runs
    if record is None:
        return False
    return (record.id if isinstance(record, Model) else getattr(record, "model", "")) == model


def marks(registry: Path, model: str) -> dict[str, Mark]:
    """The marks of all records of a model, as they stand."""
    found = dict(_readable(registry))
    runs = runs_of(model, [record for _, record in found.values()])
    return {at: mark_of(*pair) for at, pair in found.items() if concerns(at, pair[1], model, runs)}


def runs_of(model: str, records: list[Record]) -> frozenset[str]:
    """The runs that are versions of a model."""
    return frozenset(record.run for record in records if isinstance(record, Version) and record.model == model)


def _readable(registry: Path) -> Iterator[tuple[str, tuple[bytes, Record]]]:
    for at, path in files_below(registry).items():
        if record := record_in(registry, at):
            yield at, (path.read_bytes(), record)


def problems(registry: Path, model: str, signed: Mapping[str, Mark], writes: Mapping[str, Write]) -> dict[str, str]:
    """What became of the records of a model since they were signed, by place; nothing where all is as it was.

    `writes` are those of the same act: a record that still stands as before them is behind the ledger, not changed.
    """
    found: dict[str, str] = {}
    readable = dict(_readable(registry))
    runs = runs_of(model, [record for _, record in readable.values()])
    for at, path in files_below(registry).items():
        content, record = readable.get(at, (path.read_bytes() if path.is_file() else b"", None))
        if at in signed:
            told = _since(signed[at], content, record, writes.get(at))
        elif record is None:
            told = "added: it is no record, or does not belong at this place"
        else:
            told = NEW if concerns(at, record, model, runs) else ""
        if told:
            found[at] = told
    for at in signed.keys() - files_below(registry).keys():
        behind = at in writes and not writes[at].before
        found[at] = BEHIND if behind else "missing: it was there when it was signed"
    return dict(sorted(found.items()))


def may_be_signed_for(problem: str) -> bool:
    """Whether the next signature may cover what became of a record: it is new, or went on by steps."""
    return problem == NEW or problem.startswith(MOVED_ON)


NEW = "new: nobody has signed for it yet"
MOVED_ON = "moved on since it was signed"
BEHIND = "behind the ledger: what was signed last is not written here yet; the next command does so"


def _since(mark: Mark, content: bytes, record: Record | None, write: Write | None) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 == mark.sha256:
        return ""
    if write is not None and sha256 == write.before:
        return BEHIND
    if record is None:
        return "changed since it was signed: it is no such record any more"
    history = getattr(record, "history", [])
    then = [step.model_dump(mode="json") for step in history[: mark.steps]]
    if len(history) <= mark.steps or (digest(then) if then else "") != mark.history:
        return "changed since it was signed, and not by a step of its history"
    last = history[-1]
    told = f"by {len(history) - mark.steps} step(s), the last by {last.by} to {last.after}"
    return f"{MOVED_ON} {told}: nobody has signed for that yet"
