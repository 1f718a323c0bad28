"""Re-performance: the hashes of a run, its execution from its own code and data, and every figure compared.

Verification uses the settings of the run, seeds among them, so every figure must come out the same: counts, hashes and
texts exactly, floats within the tolerance that their evidence states. Nothing is loosened for models that draw at
random; what another seed would change is a question for `rerun` and `compare`.
"""

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import has_provenance
from riskbench.core.project import Project
from riskbench.governance.manifest import MANIFEST, Manifest, broken_files, read_manifest
from riskbench.pipeline.compare import Difference, compare_runs, provenance_differences
from riskbench.pipeline.reperformance.claims import broken_claims
from riskbench.pipeline.reperformance.contents import broken_contents
from riskbench.pipeline.reperformance.place import Place, changed_data, place_of
from riskbench.pipeline.run_folder import EVIDENCE_FILE, read_evidence

STALE_PAGE = "not the page that its notebook and the evidence give"


@dataclass
class Verdict:
    """What verification found; it holds when nothing is broken and no figure differs.

    `broken` maps a file to what is wrong with it; `compared` counts figures by their kind.
    """

    files: int = 0
    broken: dict[str, str] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    with_provenance: int = 0  # figures that can be followed back to where they came from
    pages: int = 0
    differences: Sequence[Difference] = ()
    seconds: float = 0.0

    @property
    def figures(self) -> int:
        """How many figures were compared; 0 where nothing was performed again."""
        return sum(self.compared.values())

    @property
    def holds(self) -> bool:
        """Whether all that was compared is the same."""
        return not (self.broken or self.differences)


def check_hashes(folder: Path, held: Collection[str] = ()) -> tuple[Verdict, Manifest | None]:
    """Compare every byte of a run's files with its manifest, the manifest with its seal, and the run with itself.

    Files that are `held` back may be missing. Raises `CannotRun` when the folder is no finished run.
    """
    began = time.monotonic()
    if not folder.is_dir():
        raise CannotRun(f"no run at {folder}")
    try:
        manifest = read_manifest(folder)
    except ValueError as error:
        return Verdict(broken={MANIFEST: str(error).removeprefix(f"{MANIFEST} was ")}), None
    broken = broken_files(folder, manifest, held) or broken_claims(folder, manifest)
    return Verdict(len(manifest.files) + 1, broken, seconds=time.monotonic() - began), manifest


def verify_run(folder: Path, project: Project) -> Verdict:
    """Check the hashes, then perform the run again and compare every figure, output, table and page.

    The run's own package, notebooks, lock and study are executed in a temporary place, with a pseudonym key of its own,
    on the data found by hash. Raises `CannotRun` when data or environment are not those of the run.
    """
    began = time.monotonic()
    verdict, manifest = check_hashes(folder)
    if manifest is not None:
        verdict.broken |= changed_data(project, manifest)
    if verdict.broken or manifest is None:
        return verdict
    with place_of(folder, manifest, project) as place:
        again = place.root / "reports" / manifest.run_id  # pages name their run
        place.perform(again, manifest.settings, rerun=manifest.rerun)
        if read_manifest(again).data != manifest.data:
            raise CannotRun("the data of the run are not here, and the portfolio that its code makes is another one")
        _compare(verdict, folder, again, manifest)
        _check_pages(verdict, folder, place)
    verdict.seconds = time.monotonic() - began
    return verdict


def _compare(verdict: Verdict, folder: Path, again: Path, manifest: Manifest) -> None:
    ours, theirs = (read_evidence(run / EVIDENCE_FILE) for run in (folder, again))
    kinds = {e.id: e.kind for e in (*theirs, *ours)}
    verdict.compared = dict(sorted(Counter(kinds.values()).items()))
    verdict.with_provenance = sum(map(has_provenance, ours))
    verdict.differences = [*compare_runs(folder, again)[1], *provenance_differences(ours, theirs)]
    verdict.broken |= broken_contents(folder, again, manifest)


def _check_pages(verdict: Verdict, folder: Path, place: Place) -> None:
    """Render the run's pages by its own code from its own notebooks and evidence, and compare them byte by byte."""
    pages = place.root / "pages"
    if not (place.root / "src" / "riskbench" / "pipeline" / "reperformance" / "pages.py").is_file():
        return  # a run of a package that could not do that yet; its pages are held by their hashes
    place.call("riskbench.pipeline.reperformance.pages", str(folder.resolve()), str(pages))
    names = sorted(path.name for path in pages.iterdir())
    verdict.pages = len(names)
    verdict.broken |= {
        name: STALE_PAGE for name in names if (pages / name).read_bytes() != (folder / name).read_bytes()
    }
