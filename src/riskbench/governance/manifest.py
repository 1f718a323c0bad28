"""The manifest: what a run was made from and what it consists of, as hashes.

It covers every file of the run but itself; for itself it carries the hash of its own content, and it must stand in the
file exactly in canonical form, so that no byte of it can change unseen. Hashes do not stop somebody who can rewrite
the whole run: only a signature does. A manifest of schema 1, before reruns were told apart, is read as one of schema 2.
"""

import json
import os
from collections.abc import Collection
from importlib.metadata import distributions
from pathlib import Path
from platform import machine, python_version, system
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.files import canonical_json, digest, printable, sha256, write_text

MANIFEST = "manifest.json"
SHOWN = 5  # files named where a run was altered
Value = bool | int | float | str | list[int | float | str] | None


class AlteredRun(RiskbenchError):
    """A run whose files are not what its manifest says: nothing is built on it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Environment(_Part):
    """The interpreter and every installed package that the figures could depend on."""

    python: str
    system: str
    machine: str
    packages: dict[str, str]


class StageRecord(_Part):
    """How one stage came about; `executed_in` names the run whose execution the cache gave back."""

    stage: str
    state: Literal["executed", "cached"]
    executed_in: str
    seconds: float
    parameters: dict[str, Value]
    key: str  # of the cache: the hash of all that the stage depends on


class File(_Part):
    """One file of the run."""

    sha256: str
    bytes: int


class RerunOf(_Part):
    """Of which run this is somebody else's rerun, with the hash of that run's manifest, and whose."""

    of: str
    manifest_sha256: str
    by: str


class Manifest(_Part):
    """Everything a run was made from, and every file it consists of (paths relative to the run's folder)."""

    schema_version: Literal[2] = 2
    run_id: str
    study: str
    study_sha256: str
    created: str
    settings: dict[str, dict[str, Value]]  # parameters that were given, by stage
    only: list[str]  # the stages that ran; empty where all did
    seeds: dict[str, int]  # by stage
    data: dict[str, str]  # SHA-256 by file
    notebooks: dict[str, str]  # SHA-256 without outputs, by file
    code_sha256: str
    lock_sha256: str
    environment: Environment
    stages: list[StageRecord]
    files: dict[str, File]
    rerun: RerunOf | None = None  # of a run of one's own there is none


def environment_now() -> Environment:
    """The environment of this process; riskbench itself is left out, its code has a hash of its own."""
    packages = {d.metadata["Name"].lower().replace("_", "-"): d.version for d in distributions()}
    packages.pop("riskbench", None)
    return Environment(
        python=python_version(), system=system(), machine=machine(), packages=dict(sorted(packages.items()))
    )


def files_of(folder: Path) -> dict[str, File]:
    """Hash and size of every file below `folder` but the manifest, by its relative path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix(): _file(path) for path in paths if path != folder / MANIFEST}


def _file(path: Path) -> File:
    if path.is_symlink():  # what it points to is not part of the run and may change with it
        return File(sha256=digest({"link": os.readlink(path)}), bytes=0)
    if not path.is_file():  # a pipe or a device: to read it may never end
        return File(sha256=digest({"special": path.stat().st_mode}), bytes=0)
    return File(sha256=sha256(path), bytes=path.stat().st_size)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with the hash of its own content."""
    write_text(folder / MANIFEST, _sealed(manifest.model_dump(mode="json")))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run, checked against its own seal.

    Raises `CannotRun` when there is none, `ValueError` when a byte of it was changed.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise CannotRun(f"{folder} is not a finished run: it has no {MANIFEST}")
    if path.is_symlink():
        raise ValueError(f"{MANIFEST} was changed: it is a link, and what it points to is not part of the run")
    text = path.read_bytes()
    try:
        content = json.loads(text)
        content.pop("seal")
        manifest = Manifest.model_validate(_migrated(content))
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(f"{MANIFEST} was changed: it is not a manifest any more ({type(error).__name__})") from None
    if _sealed(content).encode() != text:
        raise ValueError(f"{MANIFEST} was changed: it does not match its own seal")
    return manifest


def _migrated(content: dict[str, Any]) -> dict[str, Any]:
    """Schema 2 added `rerun` alone, which no run of schema 1 was."""
    return content | {"schema_version": 2} if content["schema_version"] == 1 and "rerun" not in content else content


def whole(folder: Path, otherwise: str) -> Manifest:
    """The manifest of a run of which nothing was altered.

    Raises `CannotRun` where there is no finished run; `AlteredRun` where a file is not what the manifest says, in a
    sentence that `otherwise` begins: "no dossier is made of".
    """
    if not folder.is_dir():
        raise CannotRun(f"no run at {folder}")
    try:
        manifest = read_manifest(folder)
    except ValueError as error:
        raise AlteredRun(f"{otherwise} an altered run: {error}") from None
    if broken := broken_files(folder, manifest):
        told = "; ".join(f"{file}: {problem}" for file, problem in list(broken.items())[:SHOWN])
        more = f"; and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        raise AlteredRun(f"{otherwise} an altered run: {told}{more}")
    return manifest


def run_named(folder: Path) -> str:
    """The id of a run by its manifest, or where that is missing or cannot be believed, the name of its folder."""
    try:
        return read_manifest(folder).run_id
    except (CannotRun, ValueError, RecursionError):
        return folder.resolve().name


def broken_files(folder: Path, manifest: Manifest, held: Collection[str] = ()) -> dict[str, str]:
    """What differs between a run's folder and its manifest: path to `changed`, `missing` or `not in the manifest`.

    Paths that are `held` back, tables with rows that were not handed over, may be missing. Names are told as they can
    be printed: one that nobody wrote could otherwise move the cursor and hide the line that tells of it.
    """
    found = files_of(folder)
    broken = dict.fromkeys(manifest.files.keys() - found.keys() - set(held), "missing")
    broken |= dict.fromkeys(found.keys() - manifest.files.keys(), "not in the manifest")
    common = manifest.files.keys() & found.keys()
    broken |= {path: "changed" for path in common if manifest.files[path] != found[path]}
    return {printable(path): problem for path, problem in sorted(broken.items())}


def _sealed(content: dict[str, Any]) -> str:
    return canonical_json(content | {"seal": digest(content)})
