"""What is kept of a re-performance: a record in the registry, and its page. A run is never written to.

reports/registry/verifications/<run>/<time>-<by>.yaml   reports/registry/pages/verifications/<run>/<time>-<by>.html
reports/registry/reruns/<run>/<rerun>.yaml              reports/registry/pages/reruns/<run>/<rerun>.html
"""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from platform import machine, python_version, system

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256, write_text
from riskbench.governance.manifest import MANIFEST, run_named
from riskbench.governance.registry.records import Record, RerunRecord, Verification
from riskbench.governance.registry.store import Registry, place
from riskbench.pipeline.materiality import material as count_material
from riskbench.pipeline.materiality import tally, weigh
from riskbench.pipeline.reperformance.told import class_rows, rows_of
from riskbench.pipeline.rerun import Rerun
from riskbench.pipeline.run_folder import CODE
from riskbench.pipeline.verify import Verdict
from riskbench.report.comparison_page import Compared, render_comparison
from riskbench.report.verification_page import render_verification

PAGES = "pages"
LONGEST_NAME = 40


def verification_of(folder: Path, verdict: Verdict, by: str) -> Verification:
    """The record of a verification that has just ended."""
    return Verification(
        run=run_named(folder),
        manifest_sha256=sha256(folder / MANIFEST),
        by=by,
        at=_now(),
        seconds=round(verdict.seconds, 1),
        python=python_version(),
        system=f"{system()} {machine()}",
        files=verdict.files,
        broken=verdict.broken,
        figures=verdict.figures,
        compared=verdict.compared,
        with_provenance=verdict.with_provenance,
        pages=verdict.pages,
        differing=[str(difference) for difference in verdict.differences],
    )


def verification_html(record: Verification, verdict: Verdict, signed: Sequence[str]) -> str:
    """The page of a verification."""
    return render_verification(record, rows_of(weigh(verdict.differences), classed=False), signed)


def keep_verification(registry: Registry, record: Verification, page: str) -> Path:
    """Write the record and its page, and say where the page is."""
    return _with_page(registry, record, page)


def keep_rerun(registry: Registry, of: Path, done: Rerun) -> tuple[Path, str]:
    """Write the record of a rerun and the page that compares it with its run; say where the page is."""
    whose = done.manifest.rerun
    if whose is None:
        raise CannotRun(f"{done.folder} does not say whose rerun it is: the {CODE} of {of.name} cannot record one")
    record = RerunRecord(
        of=whose.of,
        manifest_sha256=whose.manifest_sha256,
        by=whose.by,
        at=_now(),
        run=done.manifest.run_id,
        run_manifest_sha256=sha256(done.folder / MANIFEST),
        settings=done.manifest.settings,
        figures=done.figures,
        differing={weight.name: count for weight, count in tally(done.weighed)},
        material=count_material(done.weighed),
    )
    page = render_comparison(_about_rerun(record), class_rows(done.weighed), rows_of(done.weighed))
    return _with_page(registry, record, page), page


def comparison_html(ours: Path, theirs: Path, figures: int, weighed: Sequence) -> str:
    """The page that compares two runs."""
    names = [folder.resolve().name for folder in (ours, theirs)]
    about = Compared(
        f"{names[0]} and {names[1]}",
        "Comparison of two runs",
        figures,
        [(heading, name) for heading, name in zip(("First run", "Second run"), names, strict=True)],
    )
    return render_comparison(about, class_rows(weighed), rows_of(weighed))


def fit_for_a_name(text: str) -> str:
    """A person's name as the registry writes it, and as part of a file's name.

    Raises `CannotRun` where nothing of it is left.

    >>> fit_for_a_name("Ada Lovelace"), fit_for_a_name("42-ada")
    ('ada_lovelace', 'ada')
    """
    fit = re.sub(r"[^a-z0-9]+", "_", text.lower()).lstrip("_0123456789")[:LONGEST_NAME].rstrip("_")
    if not fit:
        raise CannotRun(f"--by must name a person in the letters a to z, got {text!r}")
    return fit


def _about_rerun(record: RerunRecord) -> Compared:
    settings = [f"{stage}.{name} = {value}" for stage, own in record.settings.items() for name, value in own.items()]
    return Compared(
        f"Rerun of {record.of} by {record.by}",
        f"Rerun · {record.at.day} {record.at:%B %Y, %H:%M} UTC",
        record.figures,
        [
            ("Run", record.of),
            ("Its manifest", f"SHA-256 {record.manifest_sha256}"),
            ("Rerun", record.run),
            ("Whose", record.by),
            ("Settings", ", ".join(settings) or "those that the notebooks declare"),
        ],
        ("run", "rerun"),
    )


def _with_page(registry: Registry, record: Record, page: str) -> Path:
    """Write a record, and its page where no folder of records is: those hold records alone."""
    registry.write(record)
    path = registry.folder / PAGES / Path(place(record)).with_suffix(".html")
    write_text(path, page)
    return path


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
