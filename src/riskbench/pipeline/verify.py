"""Re-performance: the hashes of a run, its execution from its own code and data, and every figure compared."""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest, sha256, write_json
from riskbench.core.project import HOME_VARIABLE, Project
from riskbench.data.sources import SOURCE_FILE
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.governance.manifest import Manifest, broken_files, environment_now, read_manifest
from riskbench.pipeline.compare import Difference, compare_runs
from riskbench.pipeline.run_folder import CODE

LOCK, PACKAGE_FOLDER = "requirements.lock", "src/riskbench/"


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
    except ValueError as error:
        return Verdict(broken={"manifest.json": str(error)}), None
    broken = broken_files(folder, manifest) or _broken_claims(folder / CODE, manifest)
    return Verdict(len(manifest.files) + 1, broken), manifest


def _broken_claims(code: Path, manifest: Manifest) -> dict[str, str]:
    """What the archive holds that is not what the manifest says the run was made from."""
    with zipfile.ZipFile(code) as archive:
        held = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    claims = {f"notebooks/{name}": hash_ for name, hash_ in manifest.notebooks.items()}
    claims[f"data/{manifest.study}/{STUDY_FILE}"] = manifest.study_sha256
    if manifest.lock_sha256:
        claims[LOCK] = manifest.lock_sha256
    broken = [name for name, hash_ in claims.items() if held.get(name) != hash_]
    if digest({name: hash_ for name, hash_ in held.items() if name.startswith(PACKAGE_FOLDER)}) != manifest.code_sha256:
        broken.append(PACKAGE_FOLDER)
    return {f"{CODE}, {name}": "not what the manifest says" for name in broken}


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
        _bring_data(project, load_study(folder / STUDY_FILE), manifest, home)
        again = root / "reports" / "again"
        _perform(root, home / STUDY_FILE, again, manifest)
        if read_manifest(again).data != manifest.data:
            raise CannotRun("the data of the run are not here, and the portfolio that its code makes is another one")
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


def _bring_data(project: Project, study: Study, manifest: Manifest, home: Path) -> None:
    """Link the study's tables into `home`, each found by its hash.

    A synthetic portfolio that is not here is left to the run's own code, which makes it again.
    """
    found = _by_hash(project, manifest.data)
    missing = sorted(file for file, hash_ in manifest.data.items() if hash_ not in found)
    if missing and not study.synthetic:
        raise CannotRun(
            f"the data of the run are not here: no file below {project.data.name}/ has the hash of {', '.join(missing)}"
        )
    if not missing:
        for file, hash_ in manifest.data.items():
            (home / file).parent.mkdir(parents=True, exist_ok=True)
            (home / file).symlink_to(found[hash_])
        write_json(home / SOURCE_FILE, {"origin": study.source.model_dump()})  # they are not made again


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
