"""The pages of a dossier: in the folder of a run when it is made, and again later with what people decided since.

A dossier is written beside the run, into `reports/dossiers/<run_id>/`: the run itself is never touched. `SHA256SUMS`
lists its files for any tool that checks such lists. In both languages, Chinese pages lie in `zh/`.
"""

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256, write_text
from riskbench.core.project import Project
from riskbench.governance.manifest import MANIFEST, whole
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
from riskbench.report.language.translate import Language, write_language
from riskbench.report.layout import Page
from riskbench.report.paper import one_document
from riskbench.report.pdf import print_pdf
from riskbench.report.reperformance_page import render_reperformance
from riskbench.report.signatures_page import render_signatures
from riskbench.report.stage_page import render_stage

DOSSIERS, CHECKSUMS, PDF = "dossiers", "SHA256SUMS", "dossier.pdf"


@dataclass(frozen=True)
class Edition:
    """How a dossier is written: in which languages, and whether as a PDF as well."""

    lang: Language = "en"
    pdf: bool = False


def pages_of(account: Account) -> dict[str, str]:
    """The pages about the whole run, by file name: equal input gives equal bytes."""
    return {f"{name}.html": page(account) for name, page in PAGES.items()}


def write_dossier(
    folder: Path, project: Project, out: Path | None = None, trust: Path | None = None, edition: Edition | None = None
) -> Path:
    """Render the whole dossier of the run in `folder` with its standing as of now; the folder that it went into.

    A dossier that is there is replaced as a whole. `trust` is the file in which this machine remembers roots of trust
    and heads of ledgers. Raises `CannotRun` where there is no finished run, or `out` holds something else than a
    dossier; `AlteredRun` where a file of the run is not what its manifest says.
    """
    manifest = whole(folder, "no dossier is made of")
    run = Run.finished(folder, manifest, project)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    standing = standing_of(project.registry, folder, trust)
    account = account_of(run, read_evidence(folder / EVIDENCE_FILE), standing, now)
    place = (out or project.reports / DOSSIERS / folder.resolve().name).resolve()
    _refuse_what_is_no_dossier(place, folder.resolve())
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as apart:
        made = Path(apart) / place.name
        _render(run, made, account, edition or Edition())
        if place.exists():
            shutil.rmtree(place)
        made.rename(place)
    return place


def _refuse_what_is_no_dossier(folder: Path, run: Path) -> None:
    if folder == run or run in folder.parents:
        raise CannotRun(f"{folder} lies in the run, and nothing is ever written into a finished run")
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / CHECKSUMS).is_file())):
        raise CannotRun(f"{folder} holds something else than a dossier: name another folder")


def _render(run: Run, folder: Path, account: Account, edition: Edition) -> None:
    folder.mkdir()
    pages = {page.href: _page(run, page, account) for page in account.dossier.made}
    write_language(folder, pages, edition.lang)
    if edition.pdf:
        _print(folder, list(pages), account)
    for name in (EVIDENCE_FILE, MANIFEST):
        shutil.copyfile(run.folder / name, folder / name)
    if (run.folder / APPENDIX).is_dir():
        shutil.copytree(run.folder / APPENDIX, folder / APPENDIX)
    write_checksums(folder)


def _page(run: Run, page: Page, account: Account) -> str:
    if not page.is_stage:
        return PAGES[page.name](account)
    notebook = nbformat.read(run.folder / f"{page.name}.ipynb", as_version=4)
    return render_stage(notebook, page.name, account.dossier, [e for e in account.evidence if e.stage == page.name])


def _print(folder: Path, names: list[str], account: Account) -> None:
    """The pages of each language as one PDF beside them, in the order in which a reader meets them."""
    for place in filter(Path.is_dir, (folder, folder / "zh")):
        pages = {name.removesuffix(".html"): (place / name).read_text("utf-8") for name in names}
        print_pdf(one_document(pages, f"{account.summary.study_title}: {account.dossier.run}"), place / PDF)


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
