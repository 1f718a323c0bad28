"""Re-performance: the hashes of a run, its execution from its own code and data, and every figure compared."""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.core.project import HOME_VARIABLE, Project
from riskbench.data.sources import ensure_data
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.governance.manifest import Manifest, broken_files, environment_now, read_manifest
from riskbench.pipeline.compare import Difference, compare_runs

CODE = "code.zip"


@dataclass
class Verdict:
    """What verification found; it holds when nothing is broken and no figure differs."""

    files: int = 0
    broken: dict[str, str] = field(default_factory=dict)
    figures: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether all that was compared is the same."""
        return not (self.broken or self.differences)


def check_hashes(folder: Path) -> tuple[Verdict, Manifest | None]:
    """Compare every byte of a run's files with its manifest, and the manifest with its seal.

    Raises `CannotRun` when the folder is no finished run.
    """
    if not folder.is_dir():
        raise CannotRun(f"no run at {folder}")
    try:
        manifest = read_manifest(folder)
    except ValueError as broken:
        return Verdict(broken={"manifest.json": str(broken)}), None
    return Verdict(len(manifest.files) + 1, broken_files(folder, manifest)), manifest


def verify_run(folder: Path, project: Project) -> Verdict:
    """Check the hashes, then perform the run again and compare every figure.

    The run's own package, notebooks, lock and study are executed in a temporary place, with a pseudonym key of its own,
    on the data found by hash. Raises `CannotRun` when data or environment are not those of the run.
    """
    verdict, manifest = check_hashes(folder)
    if verdict.broken or manifest is None:
        return verdict
    _refuse_other_environment(manifest)
    with tempfile.TemporaryDirectory(prefix="riskbench-verify-") as place:
        root = Path(place)
        with zipfile.ZipFile(folder / CODE) as archive:
            archive.extractall(root)
        home = root / "data" / manifest.study
        _bring_data(project, folder, manifest, home)
        again = root / "reports" / "again"
        _perform(root, home / STUDY_FILE, again, manifest)
        verdict.figures, verdict.differences = compare_runs(folder, again)
    return verdict


def _refuse_other_environment(manifest: Manifest) -> None:
    then, now = manifest.environment, environment_now()
    differing = [
        f"{name} {version}, here {now.packages.get(name, 'absent')}"
        for name, version in then.packages.items()
        if now.packages.get(name) != version
    ]
    if then.python != now.python:
        differing.insert(0, f"python {then.python}, here {now.python}")
    if differing:
        shown = "; ".join(differing[:5]) + (f"; and {len(differing) - 5} more" if len(differing) > 5 else "")
        raise CannotRun(
            f"the run was made in another environment ({shown}): install the lock inside its {CODE} and verify there"
        )


def _bring_data(project: Project, folder: Path, manifest: Manifest, home: Path) -> None:
    """Link the study's tables into `home`, each found by its hash; a synthetic portfolio is made again if need be."""
    study = load_study(folder / STUDY_FILE)
    if study.synthetic and not (project.data / study.name).is_dir():
        ensure_data(study, home)
        return
    found = _by_hash(project, manifest.data)
    missing = sorted(file for file, hash_ in manifest.data.items() if hash_ not in found)
    if missing and study.synthetic:
        ensure_data(study, home)
        missing = sorted(file for file, hash_ in manifest.data.items() if sha256(home / file) != hash_)
    elif not missing:
        for file, hash_ in manifest.data.items():
            (home / file).parent.mkdir(parents=True, exist_ok=True)
            (home / file).symlink_to(found[hash_])
    if missing:
        raise CannotRun(
            f"the data of the run are not here: no file below {project.data.name}/ has the hash of {', '.join(missing)}"
        )


def _by_hash(project: Project, wanted: Mapping[str, str]) -> dict[str, Path]:
    hashes, names = set(wanted.values()), {Path(file).name for file in wanted}
    files = sorted(project.data.rglob("*.parquet"), key=lambda path: path.name not in names)
    found: dict[str, Path] = {}
    for path in files:
        if hashes <= found.keys():
            break
        if (hash_ := sha256(path)) in hashes:
            found.setdefault(hash_, path.resolve())
    return found


def _perform(root: Path, study: Path, out: Path, manifest: Manifest) -> None:
    settings = [
        f"{stage}.{name}={value}" for stage, values in manifest.settings.items() for name, value in values.items()
    ]
    command = [sys.executable, "-m", "riskbench.cli", "run", "--study", str(study), "--out", str(out)]
    command += [word for name in manifest.only for word in ("--only", name)]
    command += [word for setting in settings for word in ("--set", setting)]
    environment = os.environ | {HOME_VARIABLE: str(root), "PYTHONPATH": str(root / "src")}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRun(f"the run's own code does not run here: {(done.stderr or done.stdout).strip()[-800:]}")
