"""A validator's own rerun: the run's own code and notebooks on its data, with settings of the validator's choosing.

It becomes a run of its own, whose manifest says whose it is and of what; the run that it repeats is only read.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest, sha256
from riskbench.core.project import Project
from riskbench.governance.manifest import MANIFEST, Manifest, RerunOf, read_manifest
from riskbench.pipeline.compare import compare_runs
from riskbench.pipeline.materiality import Weighed, weigh
from riskbench.pipeline.parameters import declared, parse_settings
from riskbench.pipeline.reperformance.place import Place, place_of
from riskbench.pipeline.stages import STAGES
from riskbench.pipeline.verify import check_hashes


@dataclass(frozen=True)
class Rerun:
    """What a rerun came to: its folder and manifest, how many figures were compared, and what differs."""

    folder: Path
    manifest: Manifest
    figures: int
    weighed: list[Weighed]
    seconds: float


def rerun(folder: Path, project: Project, by: str, settings: Iterable[str], out: Path | None, jobs: int = 2) -> Rerun:
    """Perform a run again in the name of `by`, with `settings` over those of the run, and compare the two.

    Raises `CannotRun` where the run is not what its manifest says, where a setting is unknown, or where data or
    environment are not those of the run.
    """
    began = dt.datetime.now(dt.UTC)
    verdict, manifest = check_hashes(folder)
    if verdict.broken or manifest is None:
        told = "; ".join(f"{file}: {problem}" for file, problem in list(verdict.broken.items())[:3])
        raise CannotRun(f"only a run that is whole can be rerun ({told})")
    with place_of(folder, manifest, project) as place:
        chosen = _settings(place, manifest, settings)
        whose = RerunOf(of=manifest.run_id, manifest_sha256=sha256(folder / MANIFEST), by=by)
        mark = digest({"of": whose.model_dump(), "at": began.isoformat()})[:6]
        home = (out or project.reports / f"{manifest.study}-{began:%Y%m%d-%H%M%S}-{mark}").resolve()
        place.perform(home, chosen, jobs, whose)
    figures, differences = compare_runs(folder, home)
    seconds = (dt.datetime.now(dt.UTC) - began).total_seconds()
    return Rerun(home, read_manifest(home), figures, weigh(differences), seconds)


def _settings(place: Place, manifest: Manifest, texts: Iterable[str]) -> dict[str, dict]:
    """The settings of the run with the validator's over them, checked against the run's own notebooks."""
    stages = [record.stage for record in manifest.stages]
    parameters = {stage: declared(place.notebooks / STAGES[stage].notebook) for stage in stages if stage in STAGES}
    given = parse_settings(texts, parameters, stages)
    both = {stage: dict(manifest.settings.get(stage, {})) | given.get(stage, {}) for stage in stages}
    return {stage: own for stage, own in both.items() if own}
