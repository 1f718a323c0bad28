"""From executed stages to the dossier and the manifest: the last step of a run."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat

from riskbench.core.evidence import Evidence
from riskbench.core.files import sha256, write_text
from riskbench.data.study import STUDY_FILE
from riskbench.governance.manifest import Manifest, environment_now, files_of, write_manifest
from riskbench.pipeline.account import account_of, dossier_of
from riskbench.pipeline.code import notebook_digest, package_digest, write_code
from riskbench.pipeline.dossier import pages_of
from riskbench.pipeline.portfolio import write_portfolio
from riskbench.pipeline.run import Run
from riskbench.pipeline.run_folder import ARTIFACTS, CODE, EVIDENCE_FILE, read_evidence, write_evidence
from riskbench.pipeline.stages import STAGES
from riskbench.report.stage_page import render_stage as render_notebook


def render_stage(run: Run, stage: str) -> None:
    """Render one executed notebook into its page."""
    notebook = nbformat.read(run.folder / f"{stage}.ipynb", as_version=4)
    write_text(run.folder / f"{stage}.html", page_of_stage(run, stage, notebook, _evidence_of(run.folder, stage)))


def finish(run: Run) -> None:
    """Gather the evidence, write the pages about the whole run and its code, and seal it with its manifest.

    The page of all runs, which is no part of any of them, is written last.
    """
    evidence = [e for stage in run.stages for e in _evidence_of(run.folder, stage)]
    write_evidence(run.folder / EVIDENCE_FILE, evidence)
    for stage in run.stages:  # from here on it stands in one place
        (run.folder / ARTIFACTS / stage / EVIDENCE_FILE).unlink()
    for name, page in pages_of_the_run(run, evidence).items():
        write_text(run.folder / name, page)
    write_code(run.folder / CODE, run.project, run.study.name, run.study_folder)
    write_manifest(run.folder, _manifest(run))
    if run.folder.parent == run.project.reports.resolve():
        write_portfolio(run.project.reports, run.project.registry)


def page_of_stage(run: Run, stage: str, notebook: nbformat.NotebookNode, evidence: Sequence[Evidence]) -> str:
    """The page of an executed notebook and the evidence of its stage: equal input gives equal bytes."""
    return render_notebook(notebook, stage, dossier_of(run), evidence)


def pages_of_the_run(run: Run, evidence: Sequence[Evidence]) -> dict[str, str]:
    """The pages about the whole run, by file name: equal input gives equal bytes."""
    return pages_of(account_of(run, evidence))


def _evidence_of(folder: Path, stage: str) -> list[Evidence]:
    return read_evidence(folder / ARTIFACTS / stage / EVIDENCE_FILE)


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
