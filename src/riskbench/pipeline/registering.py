"""A finished run becomes a version of a model: the inventory learns of it, and each check that fails opens a draft."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskbench.core.evidence import Evidence
from riskbench.core.files import sha256
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.decision.bundle.bundle import BUNDLE_FILE
from riskbench.governance.manifest import MANIFEST, Manifest, whole
from riskbench.governance.registry.dependencies import dependencies
from riskbench.governance.registry.drafts import draft, failing, mended, still_there
from riskbench.governance.registry.following import follow
from riskbench.governance.registry.records import Finding, Model, Review, Tier, Version
from riskbench.governance.registry.reviews import planned
from riskbench.governance.registry.states import Refused, amend, begin, made
from riskbench.governance.registry.store import Registry
from riskbench.governance.registry.tiers import SET_BY, facts_of, propose
from riskbench.pipeline.run_folder import ARTIFACTS, EVIDENCE_FILE, read_evidence


@dataclass(frozen=True)
class Wanted:
    """What a person says when registering: who, and for a new model its owner; None keeps what the inventory has."""

    by: str
    at: dt.datetime
    owner: str | None = None
    model: str | None = None  # else the name of the study
    purpose: str | None = None  # else that of the study
    tier: Tier | None = None  # else the one that the rule proposes
    because: str = ""  # why another tier
    used_by: Sequence[str] = ()


@dataclass(frozen=True)
class Registered:
    """What registering a run came to."""

    model: Model
    version: Version
    opened: list[Finding] = field(default_factory=list)
    linked: list[Finding] = field(default_factory=list)  # open before this version, and found in it as well
    mended: list[Finding] = field(default_factory=list)  # open before, and their checks do not fail in this version
    reviews: list[Review] = field(default_factory=list)


@dataclass(frozen=True)
class _Run:
    """A run that may be registered, as far as the inventory reads it."""

    folder: Path
    manifest: Manifest
    study: Study
    evidence: list[Evidence]
    features: list[str]


def register(registry: Registry, folder: Path, wanted: Wanted) -> Registered:
    """Add the next version of a model to the registry, and the model where it is new.

    The version is written last: who is interrupted registers again, and nothing comes twice. Raises `CannotRun` where
    the folder holds no finished run; `AlteredRun`; `Refused` where the run is partial or registered, the model is
    another study's or retired, or the words of `wanted` lack something.
    """
    run = _read(folder)
    with registry.alone():
        _refuse_known(registry, run)
        id_ = wanted.model or run.study.name
        before = {model.id: model for model in registry.models()}.get(id_)
        versions = registry.versions(id_)
        new = _version(run, id_, len(versions) + 1, wanted)
        version = begin(new, wanted.by, f"the run {new.run} is registered", wanted.at)
        model = _model(run, id_, before, wanted)
        model = follow(model, [*versions, version], wanted.by, f"version {version.number} is registered", wanted.at)
        registry.write(model)
        opened, linked = _findings(registry, run, version, wanted.at)
        reviews = planned(model, registry.reviews(id_), wanted.at.date())
        for record in (*reviews, version):
            registry.write(record)
        return Registered(model, version, opened, linked, mended(run.evidence, registry.findings(id_)), reviews)


def _read(folder: Path) -> _Run:
    """The run in a folder; raises where it is not finished, altered, or only a part of the stages ran."""
    manifest = whole(folder, "no version is made of")
    if manifest.only:
        ran = ", ".join(manifest.only)
        raise Refused(f"{folder} is not registered: it is a part of a run (--only {ran}); a version is a whole one")
    card = json.loads((folder / ARTIFACTS / "scorecard" / "card.json").read_text("utf-8"))
    features = [part["feature"] for part in card["points"]]
    return _Run(folder, manifest, load_study(folder / STUDY_FILE), read_evidence(folder / EVIDENCE_FILE), features)


def _refuse_known(registry: Registry, run: _Run) -> None:
    known = registry.version_of(run.manifest.run_id)
    if known is not None:
        raise Refused(f"{run.manifest.run_id} is registered already: version {known.number} of {known.model}")


def _version(run: _Run, model: str, number: int, wanted: Wanted) -> Version:
    return Version(
        model=model,
        number=number,
        run=run.manifest.run_id,
        manifest_sha256=sha256(run.folder / MANIFEST),
        bundle_sha256=run.manifest.files[BUNDLE_FILE].sha256 if BUNDLE_FILE in run.manifest.files else "",
        registered=wanted.at,
        registered_by=wanted.by,
    )


def _model(run: _Run, id_: str, before: Model | None, wanted: Wanted) -> Model:
    """The line of the inventory: new, or the one before with what the run and the person say now."""
    study = run.study
    lines = dependencies(study, run.features, run.manifest.environment.packages, before.depends_on if before else ())
    values: dict[str, Any] = _tier(run, before, wanted) | {"depends_on": lines}
    given = {"owner": wanted.owner, "purpose": wanted.purpose, "used_by": [*wanted.used_by] or None}
    values |= {key: value for key, value in given.items() if value is not None}
    if before is None:
        if wanted.owner is None:
            raise Refused(f"a new model has an owner: --owner NAME; {id_} is not in the inventory yet")
        values = {"purpose": study.purpose} | values
        new = made(Model, {"id": id_, "title": study.title, "study": study.name} | values)
        return begin(new, wanted.by, "registered", wanted.at)
    if before.study != study.name:
        raise Refused(f"{id_} is a model of the study {before.study}, and this run is one of {study.name}")
    if before.state == "retired":
        raise Refused(f"{id_} is retired; register the run as another model: --model ID")
    return amend(before, values, wanted.by, f"registered {run.manifest.run_id}", wanted.at)


def _tier(run: _Run, before: Model | None, wanted: Wanted) -> dict[str, Any]:
    """The tier by the rule, by this person, or by the person who set it before."""
    by_id = {e.id: e for e in run.evidence}
    proposal = propose(facts_of(run.study, by_id, len(run.features)), run.study.limits)
    tier, because = proposal.tier, proposal.because
    if wanted.tier is not None and wanted.tier != proposal.tier:
        if not wanted.because.strip():
            raise Refused(f"the rule proposes tier {proposal.tier}; tier {wanted.tier} takes a reason: --because TEXT")
        tier, because = wanted.tier, [f"{SET_BY}{wanted.by}: {wanted.because.strip()}", *because]
    elif wanted.tier is None and before is not None and before.tier_because[0].startswith(SET_BY):
        tier, because = before.tier, [before.tier_because[0], *because]
    return {"tier": tier, "tier_proposed": proposal.tier, "tier_because": because}


def _findings(registry: Registry, run: _Run, version: Version, at: dt.datetime) -> tuple[list[Finding], list[Finding]]:
    """A draft for each check that fails, or a link to the finding that is there already for the same check."""
    opened: list[Finding] = []
    linked: list[Finding] = []
    for e in failing(run.evidence):
        known = still_there(e.id, registry.findings(version.model))
        if known is None:
            new = draft(e, registry.next_id("F"), version.model, version.number, version.run)
            opened.append(begin(new, new.raised_by, f"the check fails in {version.run}", at))
            registry.write(opened[-1])
        elif known.version == version.number or version.number in known.also_in:
            (opened if known.version == version.number else linked).append(known)
        else:
            also = [*known.also_in, version.number]
            linked.append(amend(known, {"also_in": also}, "riskbench", f"the check fails in {version.run} too", at))
            registry.write(linked[-1])
    return opened, linked
