"""The bundle of a run: put together by the stage that decides, and read back from a finished run."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Table
from riskbench.core.files import digest, sha256
from riskbench.core.project import Project
from riskbench.data.study import STUDY_FILE
from riskbench.decision.bundle.bundle import Bundle, load_bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.policy.policy import Policy
from riskbench.governance.live import live_version
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.code import package_digest, study_files
from riskbench.pipeline.run_folder import ARTIFACTS
from riskbench.scorecard import Scorecard
from riskbench.scorecard.reason_texts import load_texts

if TYPE_CHECKING:
    from riskbench.pipeline.stage import Stage

BUNDLE = "bundle"  # the document of the stage below, and the subject of its evidence
STAGE, STEPS = "policy", "scorecard.champion.calibration_steps"


def bundle_of_stage(stage: "Stage", policy: Policy) -> Bundle:
    """The bundle of the card that the run has made and of `policy`."""
    steps = stage.evidence(STEPS).value
    if not isinstance(steps, Table):
        raise CannotRun(f"{STEPS} must be a table, got {steps!r}: run the stage scorecard again")
    return bundle_of(
        stage.study,
        Scorecard.from_dict(stage.read_json("card")),
        policy,
        load_texts(stage.study_folder, stage.study),
        steps=pd.DataFrame(steps.rows, columns=steps.columns),
        made_from=made_from(stage),
    )


def written_bundle(stage: "Stage", address: str) -> Bundle:
    """The bundle that the stage has written, read back from its file by its address."""
    return load_bundle(stage.output / f"{BUNDLE}.json", address)


def made_from(stage: "Stage") -> MadeFrom:
    """The hashes of the study's file, of the package, and of the data files that intake read, all of them together.

    They are those of the run's manifest and summary. Neither a time nor a name of a run is in them, nor any table of
    the run itself: its pseudonyms are made with a key that others do not have.
    """
    read = {i.table: i.sha256 for e in stage.all_evidence().values() if e.stage == "intake" for i in e.inputs}
    data = {name: hash_ for name, hash_ in read.items() if name not in study_files(stage.study_folder)}
    return MadeFrom(study=sha256(stage.study_folder / STUDY_FILE), code=package_digest(), data=digest(data))


def read_bundle(run: Path, expected: str | None = None) -> Bundle:
    """The bundle of a finished run, as its manifest has it; with `expected`, the one of that address and no other.

    Raises `CannotRun` where the run made none, or where the file is not the one that the manifest names.
    """
    return load_bundle(sealed_file(run, STAGE, f"{BUNDLE}.json"), expected)


def bundle_at(place: Path, expected: str | None = None) -> Bundle:
    """The bundle of a file, or of a finished run where `place` is a folder; raises as `load_bundle` and `read_bundle`.

    Nobody is asked whether it is approved: `bundle_in_use` asks.
    """
    return read_bundle(place, expected) if place.is_dir() else load_bundle(place, expected)


def bundle_file(place: Path) -> Path:
    """The bundle's file of a finished run, as its manifest has it, where `place` is a folder; else `place` itself.

    Raises `CannotRun` where the run made none, or where the file is not the one that the manifest names.
    """
    return sealed_file(place, STAGE, f"{BUNDLE}.json") if place.is_dir() else place


def bundle_in_use(project: Project, model: str, trust: Path | None = None, expected: str | None = None) -> Bundle:
    """The bundle of the version of a model that is in use, by the ledger and as its run has it.

    Raises `Refused` where none is in use, it is stopped or its approval has expired, and `CannotRun` where its run is
    not here, was changed, or has another bundle than the one that was promoted.
    """
    live = live_version(project.registry, model, trust=trust)
    if expected not in (None, live.bundle_sha256):
        raise CannotRun(f"in use is the bundle {live.bundle_sha256} of {model}, and not {expected}")
    run = project.reports / live.run
    if not run.is_dir():
        raise CannotRun(
            f"version {live.version} of {model} is in use, and its run {live.run} is not in {project.reports}"
        )
    return read_bundle(run, live.bundle_sha256)


def sealed_file(run: Path, stage: str, name: str) -> Path:
    """A table or document that a stage of a finished run wrote; raises as `sealed` does."""
    return sealed(run, f"{ARTIFACTS}/{stage}/{name}", f"its stage {stage} was not run, or by an older riskbench")


def sealed(run: Path, path: str, why_absent: str = "nothing has written it") -> Path:
    """A file of a finished run, by its path in the run, when its bytes are those that the manifest names.

    Raises `CannotRun` otherwise, also where the manifest itself was changed.
    """
    try:
        known = read_manifest(run).files.get(path)
    except ValueError as error:
        raise CannotRun(f"run {run.name} was changed: {error}") from error
    if known is None:
        raise CannotRun(f"run {run.name} has no {path}: {why_absent}")
    if not (run / path).is_file() or sha256(run / path) != known.sha256:
        raise CannotRun(f"run {run.name} was changed: {path} is not what its manifest says")
    return run / path
