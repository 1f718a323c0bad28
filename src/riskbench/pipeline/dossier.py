"""The pages of a dossier: in the folder of a run when it is made, and again later with what people decided since.

A dossier is written beside the run, into `reports/dossiers/<run_id>/`: the run itself is never touched. `SHA256SUMS`
lists its files for any tool that checks such lists.
"""

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat

from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.files import sha256, write_text
from riskbench.core.project import Project
from riskbench.governance.manifest import MANIFEST, Manifest, broken_files, read_manifest
from riskbench.governance.standing import standing_of
from riskbench.pipeline.account import Account, account_of
from riskbench.pipeline.run import Run
from riskbench.pipeline.run_folder import APPENDIX, EVIDENCE_FILE, read_evidence
from riskbench.report.checks_page import render_checks
from riskbench.report.committee_page import render_committee
from riskbench.report.evidence_page import render_evidence
from riskbench.report.findings_page import render_findings
from riskbench.report.glossary_page import render_glossary
from riskbench.report.index_page import render_index
from riskbench.report.reperformance_page import render_reperformance
from riskbench.report.signatures_page import render_signatures
from riskbench.report.stage_page import render_stage

DOSSIERS, CHECKSUMS = "dossiers", "SHA256SUMS"
SHOWN = 5  # files named where a run was altered


class AlteredRun(RiskbenchError):
    """A run whose files are not what its manifest says: no dossier is made of it."""


def pages_of(account: Account) -> dict[str, str]:
    """The pages about the whole run, by file name: equal input gives equal bytes."""
    return {f"{name}.html": page(account) for name, page in PAGES.items()}


def write_pages(folder: Path, account: Account) -> None:
    """Write the pages about the whole run into a folder."""
    for name, page in pages_of(account).items():
        write_text(folder / name, page)


def write_dossier(folder: Path, project: Project, out: Path | None = None, trust: Path | None = None) -> Path:
    """Render the whole dossier of the run in `folder` with its standing as of now; the folder that it went into.

    A dossier that is there is replaced as a whole. `trust` is the file in which this machine remembers roots of trust
    and heads of ledgers. Raises `CannotRun` where there is no finished run, or `out` holds something else than a
    dossier; `AlteredRun` where a file of the run is not what its manifest says.
    """
    manifest = _unaltered(folder)
    run = Run.finished(folder, manifest, project)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    standing = standing_of(project.registry, folder, trust)
    account = account_of(run, read_evidence(folder / EVIDENCE_FILE), standing, now)
    place = (out or project.reports / DOSSIERS / folder.resolve().name).resolve()
    _refuse_what_is_no_dossier(place, folder.resolve())
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as apart:
        made = Path(apart) / place.name
        _render(run, made, account)
        if place.exists():
            shutil.rmtree(place)
        made.rename(place)
    return place


def _unaltered(run: Path) -> Manifest:
    if not run.is_dir():
        raise CannotRun(f"no run at {run}")
    try:
        manifest = read_manifest(run)
    except ValueError as error:
        raise AlteredRun(f"no dossier is made of an altered run: {error}") from None
    if broken := broken_files(run, manifest):
        told = "; ".join(f"{file}: {problem}" for file, problem in list(broken.items())[:SHOWN])
        more = f"; and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        raise AlteredRun(f"no dossier is made of an altered run: {told}{more}")
    return manifest


def _refuse_what_is_no_dossier(folder: Path, run: Path) -> None:
    if folder == run or run in folder.parents:
        raise CannotRun(f"{folder} lies in the run, and nothing is ever written into a finished run")
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / CHECKSUMS).is_file())):
        raise CannotRun(f"{folder} holds something else than a dossier: name another folder")


def _render(run: Run, folder: Path, account: Account) -> None:
    folder.mkdir()
    for stage in run.stages:
        notebook = nbformat.read(run.folder / f"{stage}.ipynb", as_version=4)
        own = [e for e in account.evidence if e.stage == stage]
        write_text(folder / f"{stage}.html", render_stage(notebook, stage, account.dossier, own))
    write_pages(folder, account)
    for name in (EVIDENCE_FILE, MANIFEST):
        shutil.copyfile(run.folder / name, folder / name)
    if (run.folder / APPENDIX).is_dir():
        shutil.copytree(run.folder / APPENDIX, folder / APPENDIX)
    write_checksums(folder)


def write_checksums(folder: Path) -> None:
    """List every file below a folder with its hash, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    lines = (f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    write_text(folder / CHECKSUMS, "".join(lines))


PAGES: Mapping[str, Callable[[Account], str]] = {  # pages about the whole run: those of `report/layout.py`
    "index": lambda a: render_index(a.summary, a.dossier, a.evidence, a.standing),
    "committee": lambda a: render_committee(a.summary, a.dossier, a.evidence, a.standing),
    "checks": lambda a: render_checks(a.dossier, a.evidence),
    "findings": lambda a: render_findings(a.summary, a.dossier, a.evidence, a.standing),
    "reperformance": lambda a: render_reperformance(a.summary, a.dossier, a.evidence, a.standing),
    "signatures": lambda a: render_signatures(a.summary, a.dossier, a.evidence, a.standing),
    "evidence": lambda a: render_evidence(a.evidence, a.dossier),
    "glossary": lambda a: render_glossary(a.dossier),
}
