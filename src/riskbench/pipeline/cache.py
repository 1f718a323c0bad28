"""Finished stages by the hash of all that they depend on.

An entry holds the executed notebook, the tables, the evidence and the appendices of one stage. Its key is the hash of
the notebook, its parameters, the package, the lock, the study and what the stages before it wrote: a change upstream
that changes no output costs nothing downstream.
"""

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.files import PARTIAL, digest, locked, remove_abandoned, replacing, sha256, write_json

ENTRY_FILE = "entry.json"
ENTRY_KEYS = {"run_id", "seconds", "created", "files", "depends_on"}
KEPT_ENTRIES = 8  # a stage and study; the oldest go


@dataclass(frozen=True)
class Entry:
    """A stage found in the cache: its folder, the files in it, and the run that executed it."""

    folder: Path
    files: tuple[str, ...]
    run_id: str
    seconds: float


class Cache:
    """The entries of one study's stages below `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder

    def find(self, stage: str, depends_on: Mapping[str, str]) -> Entry | None:
        """The entry for exactly these dependencies, if there is one and its files are what they were."""
        folder = self.folder / stage / digest(dict(depends_on))
        entry = _read(folder)
        if entry is None or not all(_is(folder / path, hash_) for path, hash_ in entry["files"].items()):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        return Entry(folder, tuple(entry["files"]), entry["run_id"], entry["seconds"])

    def take(self, stage: str, depends_on: Mapping[str, str], run: Path) -> Entry | None:
        """Copy the entry for exactly these dependencies into a run; None where there is none."""
        entry = self.find(stage, depends_on)
        if entry is None:
            return None
        try:
            copy_files(entry.folder, run, entry.files)
        except FileNotFoundError:  # another run has just made room for its own
            return None
        return entry

    def why_not(self, stage: str, depends_on: Mapping[str, str]) -> str:
        """Which dependency changed since the stage was last executed, in words."""
        entries = [e for folder in (self.folder / stage).glob("*") if (e := _read(folder))]
        if not entries:
            return "not executed before"
        last = max(entries, key=lambda entry: entry["created"])["depends_on"]
        changed = [name for name in depends_on if depends_on[name] != last.get(name)]
        return f"changed: {', '.join(changed)}" if changed else "its cached files were damaged"

    def store(self, stage: str, depends_on: Mapping[str, str], run: Path, files: list[str], seconds: float) -> None:
        """Keep `files` of a run (paths relative to it) for next time; an entry appears whole or not at all."""
        home = self.folder / stage
        home.mkdir(parents=True, exist_ok=True)
        remove_abandoned(home, ".entry.")
        partial = Path(tempfile.mkdtemp(dir=home, prefix=".entry.", suffix=PARTIAL))
        try:
            with locked(partial):
                copy_files(run, partial, files)
                created = dt.datetime.now(dt.UTC).isoformat()
                hashes = {path: sha256(partial / path) for path in files}
                entry = {"run_id": run.name, "seconds": seconds, "created": created, "files": hashes}
                write_json(partial / ENTRY_FILE, entry | {"depends_on": dict(depends_on)})
                with suppress(OSError):  # another run has just stored the same stage: its entry stays
                    partial.rename(home / digest(dict(depends_on)))
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        entries = sorted((e["created"], folder) for folder in home.glob("[!.]*") if (e := _read(folder)))
        for _, folder in entries[:-KEPT_ENTRIES]:
            shutil.rmtree(folder, ignore_errors=True)


def copy_files(source: Path, target: Path, files: Iterable[str]) -> None:
    """Copy files, given by relative path, from one folder into another, each whole or not at all."""
    for path in files:
        with replacing(target / path) as temporary:
            shutil.copyfile(source / path, temporary)


def _is(path: Path, hash_: str) -> bool:
    """Whether a file is there, can be read and has this hash."""
    try:
        return sha256(path) == hash_
    except OSError:
        return False


def _read(folder: Path) -> dict | None:
    """What an entry says of itself; None where there is none or where it cannot be read any more."""
    try:
        entry = json.loads((folder / ENTRY_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) and entry.keys() >= ENTRY_KEYS else None
