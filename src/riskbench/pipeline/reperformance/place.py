"""The place where a run is performed again: its own package, notebooks, lock and study, on data found by hash."""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256, write_json
from riskbench.core.project import HOME_VARIABLE, REPORTS_VARIABLE, Project
from riskbench.data.feeds.store import FOLDER
from riskbench.data.sources import SOURCE_FILE
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.governance.manifest import Manifest, RerunOf, environment_now
from riskbench.pipeline.run_folder import CODE

SAID = 800  # characters of what a run that does not end well says


@dataclass(frozen=True)
class Place:
    """A temporary project that holds what one run was made from, with a pseudonym key of its own and no cache."""

    root: Path
    manifest: Manifest

    @property
    def study(self) -> Path:
        """The study's file."""
        return self.root / "data" / self.manifest.study / STUDY_FILE

    @property
    def notebooks(self) -> Path:
        """The run's own notebooks, without outputs."""
        return self.root / "notebooks"

    def perform(
        self, out: Path, settings: Mapping[str, Mapping[str, Any]], jobs: int = 2, rerun: RerunOf | None = None
    ) -> None:
        """Run the run's own code into the folder `out`.

        Raises `CannotRun` when it does not run here; bad usage is told in the words of the run's own command.
        """
        words = ["run", "--study", str(self.study), "--out", str(out), "--jobs", str(jobs)]
        words += [word for name in self.manifest.only for word in ("--only", name)]
        for stage, values in settings.items():
            words += [word for name, value in values.items() for word in ("--set", f"{stage}.{name}={value}")]
        if rerun:
            words += ["--rerun", rerun.model_dump_json()]
        self.call("riskbench.cli", *words)

    def call(self, module: str, *words: str) -> None:
        """Run a module of the run's own package. Raises `CannotRun` with what it says when it does not end well."""
        own = {name: value for name, value in os.environ.items() if name != REPORTS_VARIABLE}
        environment = own | {HOME_VARIABLE: str(self.root), "PYTHONPATH": str(self.root / "src")}
        command: Sequence[str] = [sys.executable, "-m", module, *words]
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-SAID:].removeprefix("riskbench: ")
            raise CannotRun(f"the run's own code does not run here: {said}")


@contextmanager
def place_of(folder: Path, manifest: Manifest, project: Project) -> Iterator[Place]:
    """The place of one run, gone after the block.

    Raises `CannotRun` when environment or data are not those of the run.
    """
    _refuse_other_environment(manifest)
    with tempfile.TemporaryDirectory(prefix="riskbench-again-") as temporary:
        place = Place(Path(temporary), manifest)
        with zipfile.ZipFile(folder / CODE) as archive:
            archive.extractall(place.root)
        _bring_data(project, load_study(folder / STUDY_FILE), manifest, place.study.parent)
        yield place


def changed_data(project: Project, manifest: Manifest) -> dict[str, str]:
    """The tables of the run's study that lie here under the same name with other bytes, and no copy of them by hash."""
    home = project.data / manifest.study
    here = {name: home / name for name in manifest.data if (home / name).is_file()}
    changed = [name for name, path in here.items() if sha256(path) != manifest.data[name]]
    if not changed:
        return {}
    found = _by_hash(project, {name: manifest.data[name] for name in changed})
    lost = [name for name in changed if manifest.data[name] not in found]
    return {f"{project.data.name}/{manifest.study}/{name}": "changed since the run" for name in sorted(lost)}


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
    """Link the study's tables, and what its feeds had brought, into `home`, each found by its hash.

    A synthetic portfolio that is not here is left to the run's own code, which makes it again; what a feed has brought
    nobody can make again.
    """
    found = _by_hash(project, manifest.data)
    missing = sorted(file for file, hash_ in manifest.data.items() if hash_ not in found)
    lost = [file for file in missing if _fed(file) or not study.synthetic]
    if lost:
        raise CannotRun(
            f"the data of the run are not here: no file below {project.data.name}/ has the hash of {', '.join(lost)}"
        )
    for file, hash_ in manifest.data.items():
        if missing and not _fed(file):  # the portfolio is made as a whole
            continue
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).symlink_to(found[hash_])
    if not missing:
        write_json(home / SOURCE_FILE, {"origin": study.source.model_dump()})  # they are not made again


def _fed(file: str) -> bool:
    """Whether a feed has brought a file of the study's folder."""
    return file.startswith(f"{FOLDER}/")


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
