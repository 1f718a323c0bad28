"""What the pages about a whole run tell of it, gathered from a run in the making or from a finished one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from riskbench.core.evidence import Evidence
from riskbench.core.files import digest
from riskbench.governance.standing import Standing
from riskbench.pipeline.run import Run
from riskbench.pipeline.run_folder import APPENDIX
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


def account_of(
    run: Run, evidence: Sequence[Evidence], standing: Standing | None = None, as_of: dt.datetime | None = None
) -> Account:
    """A run, in the making or finished, with its standing at a time; without one, as nobody can have signed it yet."""
    stands = standing or Standing()
    dossier = replace(dossier_of(run), registered=stands.version is not None)
    return Account(_summary(run, as_of), dossier, evidence, stands)


def dossier_of(run: Run) -> Dossier:
    """The pages that a run has, and those that it lacks because their stages were not run."""
    stages = [Page(stage.name, stage.title, made=stage.name in run.stages) for stage in STAGES.values()]
    return Dossier(stages, run.id, run.study.synthetic)


def _summary(run: Run, as_of: dt.datetime | None) -> RunSummary:
    study, cached = run.study, [run.records[stage] for stage in run.stages if run.records[stage].state == "cached"]
    return RunSummary(
        study_name=study.name,
        study_title=study.title,
        created=run.created,
        facts=[
            ("Population", study.population_told),
            ("Data", _data_told(run)),
            *(("Rerun", sentence) for sentence in _rerun_told(run)),
        ],
        more=_more(run),
        decisions=[f"Whether this scorecard and its policy are fit for use. {study.purpose}"],
        default_definition=[study.outcome.definition],
        appendices=[(path.name, f"{APPENDIX}/{path.name}") for path in sorted((run.folder / APPENDIX).glob("*"))],
        cached=[f"{record.stage} (executed in {record.executed_in})" for record in cached],
        holdout=study.holdout,
        as_of=as_of,
    )


def _data_told(run: Run) -> str:
    """How many files, and whose; that data are synthetic is said where the figures are."""
    source = run.study.source
    files = "1 file" if len(run.data) == 1 else f"{len(run.data)} files"
    if source.kind == "synthetic":
        return f"Synthetic: {files} made by the package (seed {source.seed}). No person in them exists."
    return f"{files}, {run.study.licence}."


def _more(run: Run) -> list[Fact]:
    limitations = [("Limitations", limitation) for limitation in run.study.limitations]
    hashes = ("Hash of the data", f"SHA-256 over the hashes of all files: {digest(dict(run.data))}")
    return [("Portfolio", run.study.description), *limitations, hashes]


def _rerun_told(run: Run) -> list[str]:
    """Whose rerun of which run this is, and with which settings; of a run of one's own, nothing."""
    if run.rerun is None:
        return []
    settings = [f"{stage}.{name} = {value}" for stage, own in run.settings.items() for name, value in own.items()]
    return [
        f"This is a rerun of {run.rerun.of} by {run.rerun.by}, with the code, notebooks and study of that run.",
        f"Settings: {', '.join(settings)}." if settings else "Settings: those that the notebooks declare.",
        f"The manifest of that run has the SHA-256 {run.rerun.manifest_sha256}.",
    ]
