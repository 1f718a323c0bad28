"""What the pages about a whole run tell of it, gathered from a run in the making or from a finished one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.core.evidence import Evidence
from riskbench.core.files import digest
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.governance.manifest import Manifest
from riskbench.governance.standing import Standing
from riskbench.pipeline.run import Run
from riskbench.pipeline.run_folder import APPENDIX, EVIDENCE_FILE, read_evidence
from riskbench.pipeline.stages import STAGES
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, Page
from riskbench.report.told import Fact


@dataclass(frozen=True)
class Account:
    """A run as its pages tell of it: what it is about, its pages, its evidence, and how it stands."""

    summary: RunSummary
    dossier: Dossier
    evidence: Sequence[Evidence]
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True)
class Made:
    """How a run came about; `cached` names the stages taken from an earlier run, and that run."""

    run: str
    study: Study
    created: dt.datetime
    data: Mapping[str, str]
    stages: Sequence[str]
    cached: Mapping[str, str]


def account_of_run(run: Run, evidence: Sequence[Evidence]) -> Account:
    """A run in the making, which nobody can have signed yet."""
    made = Made(run.id, run.study, run.created, run.data, run.stages,
                {r.stage: r.executed_in for r in run.records.values() if r.state == "cached"})  # fmt: skip
    return Account(_summary(made, run.folder, None), dossier_of(made), evidence)


def account_of_folder(folder: Path, manifest: Manifest, standing: Standing, as_of: dt.datetime) -> Account:
    """A finished run with its standing at a time."""
    cached = {record.stage: record.executed_in for record in manifest.stages if record.state == "cached"}
    created = dt.datetime.fromisoformat(manifest.created)
    study, stages = load_study(folder / STUDY_FILE), [record.stage for record in manifest.stages]
    made = Made(manifest.run_id, study, created, manifest.data, stages, cached)
    evidence = read_evidence(folder / EVIDENCE_FILE)
    return Account(_summary(made, folder, as_of), dossier_of(made), evidence, standing)


def dossier_of(made: Made | Run) -> Dossier:
    """The pages that a run has, and those that it lacks because their stages were not run."""
    stages = [Page(stage.name, stage.title, made=stage.name in made.stages) for stage in STAGES.values()]
    return Dossier(stages, made.run if isinstance(made, Made) else made.id, made.study.synthetic)


def _summary(made: Made, folder: Path, as_of: dt.datetime | None) -> RunSummary:
    study = made.study
    return RunSummary(
        study_name=study.name,
        study_title=study.title,
        created=made.created,
        facts=[("Population", study.population_told), ("Data", _data_told(made))],
        more=_more(made),
        decisions=[f"Whether this scorecard and its policy are fit for use. {study.purpose}"],
        default_definition=[study.outcome.definition],
        appendices=[(path.name, f"{APPENDIX}/{path.name}") for path in sorted((folder / APPENDIX).glob("*"))],
        cached=[f"{stage} (executed in {run})" for stage, run in made.cached.items()],
        holdout=study.holdout,
        as_of=as_of,
    )


def _data_told(made: Made) -> str:
    """How many files, and whose; that data are synthetic is said where the figures are."""
    source = made.study.source
    files = "1 file" if len(made.data) == 1 else f"{len(made.data)} files"
    if source.kind == "synthetic":
        return f"Synthetic: {files} made by the package (seed {source.seed}). No person in them exists."
    return f"{files}, {made.study.licence}."


def _more(made: Made) -> list[Fact]:
    limitations = [("Limitations", limitation) for limitation in made.study.limitations]
    hashes = ("Hash of the data", f"SHA-256 over the hashes of all files: {digest(dict(made.data))}")
    return [("Portfolio", made.study.description), *limitations, hashes]
