"""Hand over a run with its dossier: which records of the registry go with it, and what the archive says of itself."""

from collections.abc import Iterator
from pathlib import Path

from riskbench.core.project import Project
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.governance.manifest import run_named
from riskbench.governance.registry.store import Registry, place
from riskbench.pipeline.handover.archive import HandOver, hand_over
from riskbench.pipeline.handover.crate import About
from riskbench.pipeline.recorded import PAGES

SIGNING = ("keys.json", "keys/*.json", "ledger.jsonl", "records.txt", "README.md")


def deliver(run: Path, dossier: Path, project: Project, target: Path, *, rows: bool = False) -> HandOver:
    """Write the hand-over of a finished run and its dossier to `target`; `rows`: with tables of single applications.

    Of the registry, the keys and the whole ledger go with it, for a chain can be checked only whole, and the records of
    the run's model alone.
    """
    study = load_study(run / STUDY_FILE)
    synthetic = "Synthetic data: no person in them exists. " if study.synthetic else ""
    about = About(study.title, f"{synthetic}{study.purpose}", study.licence, run.resolve().name)
    records = {path.relative_to(project.registry).as_posix(): path for path in _records(run, project.registry)}
    return hand_over(run, dossier, records, about, target, rows=rows)


def _records(run: Path, folder: Path) -> Iterator[Path]:
    run_id = run_named(run)
    registry = Registry(folder)
    for pattern in SIGNING:
        yield from sorted(folder.glob(pattern))
    version = registry.version_of(run_id)
    if version is None:
        return
    of_the_model = [
        *(model for model in registry.models() if model.id == version.model),
        *(record for kind in (registry.versions, registry.findings, registry.exceptions, registry.reviews)
          for record in kind(version.model)),
        *(record for other in registry.versions(version.model) for record in registry.verifications(other.run)),
    ]  # fmt: skip
    yield from (folder / place(record) for record in of_the_model)
    for other in registry.versions(version.model):
        yield from sorted(folder.glob(f"{PAGES}/verifications/{other.run}/*.html"))
