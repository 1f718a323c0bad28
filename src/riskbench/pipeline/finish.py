"""From executed stages to the dossier and the manifest: the last step of a run."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat

from riskbench.core.evidence import Evidence
from riskbench.core.files import digest, sha256, write_text
from riskbench.data.study import STUDY_FILE
from riskbench.governance.manifest import Manifest, environment_now, files_of, write_manifest
from riskbench.pipeline.code import notebook_digest, package_digest, write_code
from riskbench.pipeline.run import Run
from riskbench.pipeline.run_folder import APPENDIX, ARTIFACTS, CODE, EVIDENCE_FILE, read_evidence, write_evidence
from riskbench.pipeline.stages import STAGES
from riskbench.report.evidence_page import render_evidence
from riskbench.report.glossary_page import render_glossary
from riskbench.report.index_page import RunSummary, render_index
from riskbench.report.layout import Dossier, Page
from riskbench.report.stage_page import render_stage as render_notebook


def render_stage(run: Run, stage: str) -> None:
    """Render one executed notebook into its page."""
    notebook = nbformat.read(run.folder / f"{stage}.ipynb", as_version=4)
    write_text(run.folder / f"{stage}.html", page_of_stage(run, stage, notebook, _evidence_of(run.folder, stage)))


def finish(run: Run) -> None:
    """Gather the evidence, write the pages about the whole run and its code, and seal it with its manifest."""
    evidence = [e for stage in run.stages for e in _evidence_of(run.folder, stage)]
    write_evidence(run.folder / EVIDENCE_FILE, evidence)
    for stage in run.stages:  # from here on it stands in one place
        (run.folder / ARTIFACTS / stage / EVIDENCE_FILE).unlink()
    for name, page in pages_of_the_run(run, evidence).items():
        write_text(run.folder / name, page)
    write_code(run.folder / CODE, run.project, run.study.name, run.study_folder)
    write_manifest(run.folder, _manifest(run))


def page_of_stage(run: Run, stage: str, notebook: nbformat.NotebookNode, evidence: Sequence[Evidence]) -> str:
    """The page of an executed notebook and the evidence of its stage: equal input gives equal bytes."""
    return render_notebook(notebook, stage, _dossier(run), evidence)


def pages_of_the_run(run: Run, evidence: Sequence[Evidence]) -> dict[str, str]:
    """The pages about the whole run, by file name: equal input gives equal bytes."""
    dossier = _dossier(run)
    return {
        "glossary.html": render_glossary(dossier),
        "evidence.html": render_evidence(evidence, dossier),
        "index.html": render_index(_summary(run), dossier, evidence),
    }


def _evidence_of(folder: Path, stage: str) -> list[Evidence]:
    return read_evidence(folder / ARTIFACTS / stage / EVIDENCE_FILE)


def _dossier(run: Run) -> Dossier:
    stages = [Page(stage.name, stage.title, made=stage.name in run.stages) for stage in STAGES.values()]
    return Dossier(stages, run.id, run.study.synthetic)


def _summary(run: Run) -> RunSummary:
    study, cached = run.study, [r for r in run.records.values() if r.state == "cached"]
    appendices = sorted((run.folder / APPENDIX).glob("*")) if (run.folder / APPENDIX).is_dir() else []
    made = f"made by the package (seed {study.source.seed})" if study.source.kind == "synthetic" else study.licence
    files = "1 file" if len(run.data) == 1 else f"{len(run.data)} files"
    facts = [
        ("Portfolio", study.description),
        ("Population", study.population_told),
        ("Data", f"{files}, {made}; SHA-256 over their hashes {digest(run.data)}"),
        *(("Limitations", limitation) for limitation in study.limitations),
        *(("Rerun", sentence) for sentence in _rerun_told(run)),
    ]
    return RunSummary(
        study_name=study.name,
        study_title=study.title,
        created=run.created,
        facts=facts,
        decisions=[f"Whether this scorecard and its policy are fit for use. {study.purpose}"],
        default_definition=[study.outcome.definition],
        appendices=[(path.name, f"{APPENDIX}/{path.name}") for path in appendices],
        cached=[f"{record.stage} (executed in {record.executed_in})" for record in cached],
    )


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


def _manifest(run: Run) -> Manifest:
    shutil.rmtree(run.folder / ".ipynb_checkpoints", ignore_errors=True)
    notebooks = {
        STAGES[stage].notebook: notebook_digest(run.project.notebooks / STAGES[stage].notebook) for stage in run.stages
    }
    records = [run.records[stage] for stage in run.stages]
    return Manifest(
        run_id=run.id,
        study=run.study.name,
        study_sha256=sha256(run.folder / STUDY_FILE),
        created=run.created.isoformat(timespec="seconds"),
        settings={stage: dict(values) for stage, values in run.settings.items()},
        only=run.stages if len(run.stages) < len(STAGES) else [],
        seeds={r.stage: r.parameters["seed"] for r in records if "seed" in r.parameters},
        data=run.data,
        notebooks=notebooks,
        code_sha256=package_digest(),
        lock_sha256=sha256(run.project.lock) if run.project.lock.is_file() else "",
        environment=environment_now(),
        stages=records,
        files=files_of(run.folder),
        rerun=run.rerun,
    )
