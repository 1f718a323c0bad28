"""The change log of a model: every step of every record about it, in order of time; derived, and kept nowhere else."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from riskbench.governance.registry.records import Model, Stateful, Step, Version
from riskbench.governance.registry.store import Registry


@dataclass(frozen=True)
class Entry:
    """One line of the log: `what` names the record, `change` says what became of it. Reviews are dated by the day."""

    at: dt.datetime
    what: str
    by: str
    change: str
    because: str


def log(registry: Registry, model: str) -> list[Entry]:
    """All that happened to a model, oldest first; raises `CannotRun` where it is not in the inventory."""
    versions = registry.versions(model)
    records: list[Stateful] = [registry.model(model), *versions]
    records += [*registry.findings(model), *registry.exceptions(model)]
    found = [Entry(s.at, name(r), s.by, _change(s), s.because) for r in records for s in r.history]
    return sorted([*found, *_reviewed(registry, model), *_performed(registry, versions)], key=lambda entry: entry.at)


def name(record: Stateful) -> str:
    """How the log calls a record."""
    match record:
        case Version():
            return f"version {record.number}"
        case Model():
            return f"model {record.id}"
    return record.id


def _change(step: Step) -> str:
    if step.before == step.after:
        return "changed"
    return " to ".join(state.replace("_", " ") for state in (step.before, step.after) if state)


def _reviewed(registry: Registry, model: str) -> Iterator[Entry]:
    for review in registry.reviews(model):
        if review.done:
            at = dt.datetime.combine(review.done, dt.time(), dt.UTC)
            yield Entry(at, f"{review.kind} review", review.by, f"done, due {review.due}", review.outcome)


def _performed(registry: Registry, versions: list[Version]) -> Iterator[Entry]:
    for version in versions:
        for seen in registry.verifications(version.run):
            found = "every figure matches" if seen.holds else "it does not hold"
            counted = (
                f"{seen.figures} figures, {len(seen.differing)} differ; {len(seen.broken)} files are not the run's"
            )
            yield Entry(seen.at, f"version {version.number}", seen.by, f"performed again: {found}", counted)
