"""The pages of a finished run, rendered once more from its notebooks and its evidence.

    python -m riskbench.pipeline.reperformance.pages RUN TARGET

Verification calls it with the run's own package, so that a page is rendered by the code that it was rendered by: the
same notebook and the same evidence give the same bytes, and a page that has others says what they do not say.
"""

import sys
from pathlib import Path

import nbformat

from riskbench.core.files import write_text
from riskbench.core.project import Project, find_project
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.finish import page_of_stage, pages_of_the_run
from riskbench.pipeline.run import Run
from riskbench.pipeline.run_folder import EVIDENCE_FILE, read_evidence


def render_pages(folder: Path, target: Path, project: Project) -> list[str]:
    """Render every page of a finished run into `target`, and name them."""
    run = Run.finished(folder, read_manifest(folder), project)
    evidence = read_evidence(folder / EVIDENCE_FILE)
    pages = pages_of_the_run(run, evidence)
    for stage in run.stages:
        notebook = nbformat.read(folder / f"{stage}.ipynb", as_version=4)
        pages[f"{stage}.html"] = page_of_stage(run, stage, notebook, [e for e in evidence if e.stage == stage])
    for name, page in pages.items():
        write_text(target / name, page)
    return sorted(pages)


if __name__ == "__main__":
    render_pages(Path(sys.argv[1]), Path(sys.argv[2]), find_project())
