"""What a person does to the registry in one go: each act reads, decides by the rules and writes, and nobody between."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskbench.core.errors import CannotRun
from riskbench.governance.registry.deadlines import in_force
from riskbench.governance.registry.following import follow
from riskbench.governance.registry.records import Finding, Model, Record, Review, RiskException, Version
from riskbench.governance.registry.reviews import finished, planned
from riskbench.governance.registry.states import Refused, amend, begin, filled, made, move
from riskbench.governance.registry.store import Registry, kind_of, place
from riskbench.governance.registry.writing import reseal


@dataclass(frozen=True)
class Act:
    """Who acts, why, and when; `roles` are the person's by the list of keys, None where nobody has looked."""

    by: str
    because: str
    at: dt.datetime
    roles: Collection[str] | None = None


def raise_finding(registry: Registry, values: Mapping[str, Any], act: Act) -> Finding:
    """Write a new finding, open with an owner and a day, else a draft; `values` are keys of it (`model`, `title`...).

    Raises `CannotRun` where the model is not in the inventory.
    """
    with registry.alone():
        _known(registry, values["model"], values.get("version"))
        state = "open" if values.get("owner") and values.get("due") else "draft"
        own = {"id": registry.next_id("F"), "raised_by": act.by, "state": state}
        finding = begin(_to_come(made(Finding, {**values, **own}), act), act.by, act.because, act.at)
        registry.write(finding)
    return finding


def move_finding(registry: Registry, id_: str, after: str, values: Mapping[str, Any], act: Act) -> Finding:
    """Move a finding on, with the values that the move asks for (`owner`, `due`, `remedy`, `exception`).

    Raises `Refused` where the rules do not allow it, and where an exception is named that is not in force for it.
    """
    with registry.alone():
        finding = finding_of(registry, id_)
        ready = filled(finding, values)
        if after == "accepted":
            _refuse_no_exception(registry, ready, act.at.date())
        if "due" in values:
            _to_come(ready, act)
        moved = move(ready, after, act.by, act.because, act.at, roles=act.roles)
        registry.write(moved)
    return moved


def set_finding(registry: Registry, id_: str, values: Mapping[str, Any], act: Act) -> Finding:
    """Change keys of a finding in its state; raises `Refused` for those that a move alone changes."""
    with registry.alone():
        changed = amend(finding_of(registry, id_), values, act.by, act.because, act.at)
        registry.write(changed)
    return changed


def request_exception(registry: Registry, values: Mapping[str, Any], act: Act) -> RiskException:
    """Write the request for an exception; to grant it is a signed act.

    Raises `Refused` where its last day is over already.
    """
    with registry.alone():
        _known(registry, values["model"], values.get("version"))
        own = {"id": registry.next_id("E"), "requested_by": act.by, "because": act.because}
        wanted = made(RiskException, {**values, **own})
        if wanted.expires < act.at.date():
            raise Refused(f"an exception ends on a day to come, got {wanted.expires}")
        asked = begin(wanted, act.by, act.because, act.at)
        registry.write(asked)
    return asked


def set_model(registry: Registry, id_: str, values: Mapping[str, Any], act: Act) -> Model:
    """Change keys of a model (owner, purpose, tier with its reasons, what it depends on, who uses it)."""
    with registry.alone():
        changed = amend(registry.model(id_), values, act.by, act.because, act.at)
        registry.write(changed)
    return changed


def retire_model(registry: Registry, id_: str, act: Act) -> Model:
    """Take a model out of use for good; raises `Refused` while a version of it is live."""
    with registry.alone():
        if live := [v for v in registry.versions(id_) if v.state in ("live", "stopped")]:
            raise Refused(f"version {live[0].number} of {id_} is {live[0].state}: it is retired before the model is")
        retired = move(registry.model(id_), "retired", act.by, act.because, act.at, roles=act.roles)
        registry.write(retired)
    return retired


def move_version(registry: Registry, version: Version, after: str, act: Act) -> tuple[Version, Model]:
    """Move a version on; its model follows, and reviews that the new state asks for are planned.

    Keys that the move asks for, or that travel with it (`expires`, `conditions`, `replaces`), are filled in before.
    """
    with registry.alone():
        moved = move(version, after, act.by, act.because, act.at, roles=act.roles)
        registry.write(moved)
        why = f"version {version.number} is {after.replace('_', ' ')}"
        model = follow(registry.model(version.model), registry.versions(version.model), act.by, why, act.at)
        for record in (model, *planned(model, registry.reviews(model.id), act.at.date())):
            registry.write(record)
    return moved, model


def finish_review(registry: Registry, id_: str, kind: str | None, act: Act) -> tuple[Review, list[Review]]:
    """Say that the review due first (of a kind, or of any) is done, with its outcome, and plan the next.

    Raises `CannotRun` where none is waiting.
    """
    with registry.alone():
        model, all_ = registry.model(id_), registry.reviews(id_)
        waiting = [review for review in all_ if not review.done and kind in (None, review.kind)]
        if not waiting:
            raise CannotRun(f"no {kind or ''} review of {id_} is waiting; plan one with --plan DAY".replace("  ", " "))
        done = finished(waiting[0], act.by, act.because, act.at.date())
        left = [review for review in all_ if review != waiting[0]]
        following = planned(model, left, act.at.date())
        for record in (done, *following):
            registry.write(record)
    return done, following


def plan_review(registry: Registry, review: Review) -> Review:
    """Add a review to the calendar; raises `Refused` where one of its kind and day stands there."""
    with registry.alone():
        registry.model(review.model)
        if any(place(known) == place(review) for known in registry.reviews(review.model)):
            raise Refused(f"{place(review)} stands in the calendar already")
        registry.write(review)
    return review


def accept_edit(registry: Registry, path: Path, act: Act) -> Record:
    """Seal a record that was edited by hand, with a step that says so; raises as reading does, but for the seal."""
    with registry.alone():
        kind, name = kind_of(registry.folder, path)
        record = reseal(path, kind, act.by, act.because, act.at)
        if place(record) != name:
            raise Refused(f"{path}: the record in it belongs into {place(record)}")
        registry.put(record)
    return record


def finding_of(registry: Registry, id_: str) -> Finding:
    """One finding; raises `CannotRun` where there is none of this number."""
    return _one(registry.findings(), id_, "finding")


def exception_of(registry: Registry, id_: str) -> RiskException:
    """One exception; raises `CannotRun` where there is none of this number."""
    return _one(registry.exceptions(), id_, "exception")


def _one(records: list, id_: str, what: str) -> Any:
    found = next((record for record in records if record.id == id_), None)
    if found is None:
        known = f"{records[0].id} to {records[-1].id}" if records else "none yet"
        raise CannotRun(f"no {what} {id_}; there are: {known}")
    return found


def _known(registry: Registry, model: str, version: int | None) -> None:
    registry.model(model)
    numbers = [v.number for v in registry.versions(model)]
    if version is not None and version not in numbers:
        raise CannotRun(f"{model} has no version {version}; there are: {', '.join(map(str, numbers)) or 'none yet'}")


def _to_come(finding: Finding, act: Act) -> Finding:
    if finding.due is not None and finding.due < act.at.date():
        raise Refused(f"a finding is due on a day to come, got {finding.due}")
    return finding


def _refuse_no_exception(registry: Registry, finding: Finding, on: dt.date) -> None:
    named = {e.id: e for e in registry.exceptions(finding.model)}.get(finding.exception)
    if not finding.exception:
        return  # the move itself says that it takes one
    if named is None:
        raise Refused(f"{finding.model} has no exception {finding.exception}")
    if not in_force(named, on):
        raise Refused(f"{named.id} is not in force: it is {named.state} and expires on {named.expires}")
    if named.about not in (finding.id, finding.evidence):
        raise Refused(f"{named.id} is about {named.about}, not about {finding.id}")
