"""The registry as a folder: where each record lies, and how it is read and written, whole or not at all.

reports/registry/models/<model>.yaml                    reports/registry/findings/F-0001.yaml
reports/registry/versions/<model>-<number>.yaml         reports/registry/exceptions/E-0001.yaml
reports/registry/reviews/<model>-<kind>-<due>.yaml      reports/registry/verifications/<run>/<time>-<by>.yaml
reports/registry/reruns/<run>/<rerun>.yaml
reports/registry/performance/<model>/<month>-<bundle>-<revision>.yaml

`records.txt` lists every record that was ever written, one a line: what is missing, or was put there by hand, is
noticed, and a number is given once.
"""

import glob
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest, locked, sha256, write_text
from riskbench.governance.registry.records import (
    Finding,
    Model,
    Performance,
    Record,
    RerunRecord,
    Review,
    RiskException,
    Verification,
    Version,
)
from riskbench.governance.registry.states import GRAPHS, Refused, faults
from riskbench.governance.registry.writing import MERGE_MARKS, read_record, sealed

R = TypeVar("R", bound=Record)
LISTED, README, ATTRIBUTES = "records.txt", "README.md", ".gitattributes"
PATIENCE = 30.0  # seconds to wait for another command that writes


class Registry:
    """The records below `folder`; a folder that does not exist holds none."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._alone = False
        self._known: dict[tuple[Path, int, int], Record] = {}  # by file, time and size: each state is read once

    def models(self) -> list[Model]:
        """The inventory, by id."""
        return list(self._all("models/*.yaml", Model))

    def model(self, id_: str) -> Model:
        """One line of the inventory; raises `CannotRun` with those that there are."""
        models = {model.id: model for model in self.models()}
        if id_ not in models:
            raise CannotRun(f"no model {id_!r} in the inventory; there are: {', '.join(models) or 'none yet'}")
        return models[id_]

    def versions(self, model: str | None = None) -> list[Version]:
        """The versions of a model, or of all, oldest first."""
        found = [v for v in self._all("versions/*.yaml", Version) if model in (None, v.model)]
        return sorted(found, key=lambda version: (version.model, version.number))

    def version_of(self, run: str) -> Version | None:
        """The version that a run was registered as."""
        return next((version for version in self.versions() if version.run == run), None)

    def findings(self, model: str | None = None) -> list[Finding]:
        """The findings in a model, or in all, by id."""
        return [f for f in self._all("findings/*.yaml", Finding) if model in (None, f.model)]

    def exceptions(self, model: str | None = None) -> list[RiskException]:
        """The exceptions of a model, or of all, by id."""
        return [e for e in self._all("exceptions/*.yaml", RiskException) if model in (None, e.model)]

    def reviews(self, model: str | None = None) -> list[Review]:
        """The review calendar, by day."""
        return sorted((r for r in self._all("reviews/*.yaml", Review) if model in (None, r.model)), key=lambda r: r.due)

    def verifications(self, run: str) -> list[Verification]:
        """The re-performances of a run, oldest first."""
        return sorted(self._all(f"verifications/{glob.escape(run)}/*.yaml", Verification), key=lambda v: v.at)

    def next_id(self, letter: str) -> str:
        """The next number of a finding (`F`) or an exception (`E`) that was never given; asked for inside `alone`."""
        given = [int(Path(name).stem[2:]) for name in self.listed() if Path(name).stem.startswith(f"{letter}-")]
        return f"{letter}-{max(given, default=0) + 1:04d}"

    def listed(self) -> list[str]:
        """Where every record lies that was ever written, below the folder, in order."""
        path = self.folder / LISTED
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        return sorted({line for line in lines if line and not line.startswith((*MERGE_MARKS, "======="))})

    def digest(self) -> str:
        """One hash over all records as they stand: who signs it, signs what the registry said at that moment."""
        return digest({name: sha256(self.folder / name) for name in self.listed()})

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes in the block: what is read in it is still so when it writes.

        Raises `CannotRun` when another command does not end within half a minute.
        """
        if self._alone:
            yield
            return
        self._prepare()
        until = time.monotonic() + PATIENCE
        while True:
            with locked(self.folder) as free:
                if free:
                    self._alone = True
                    try:
                        yield
                    finally:
                        self._alone = False
                    return
            if time.monotonic() > until:
                raise CannotRun(f"{self.folder}: another command writes there and does not end; try again later")
            time.sleep(0.05)

    def reruns(self, run: str) -> list[RerunRecord]:
        """The reruns of a run, oldest first."""
        return sorted(self._all(f"reruns/{glob.escape(run)}/*.yaml", RerunRecord), key=lambda r: r.at)

    def performance(self, model: str) -> list[Performance]:
        """The months of a model, oldest first, of each the revisions in their order."""
        found = self._all(f"performance/{glob.escape(model)}/*.yaml", Performance)
        return sorted(found, key=lambda p: (p.month, p.bundle_sha256, p.revision))

    def write(self, record: Record) -> Path:
        """Write one record in its place, and say where that is; an unchanged record changes no byte.

        Raises `Refused` where its history does not lead to its state, or is not that of its file with steps added.
        """
        path = self.folder / place(record)
        if wrong := faults(record):
            raise Refused(f"{place(record)} is not written: {'; '.join(wrong)}")
        with self.alone():
            if path.exists():
                if path.read_text("utf-8") == sealed(record):
                    return path
                _refuse_what_loses(record, read_record(path, type(record)))
            self.put(record)
        return path

    def put(self, record: Record) -> None:
        """Write and list a record without asking what was there; `write` is what asks."""
        write_text(self.folder / place(record), sealed(record))
        if place(record) not in (known := self.listed()):
            write_text(self.folder / LISTED, "".join(f"{name}\n" for name in sorted([*known, place(record)])))

    def _prepare(self) -> None:
        """Make the folder, and say in it once what lies there and how git merges its list."""
        for name in (README, ATTRIBUTES):
            if not (self.folder / name).exists():
                text = files("riskbench.governance.registry").joinpath("folder", name.lstrip(".")).read_text("utf-8")
                write_text(self.folder / name, text)

    def _read(self, path: Path, kind: type[R]) -> R:
        state = path.stat()
        key = (path, state.st_mtime_ns, state.st_size)
        if key not in self._known:
            self._known[key] = read_record(path, kind)
        record = self._known[key]
        return record if isinstance(record, kind) else read_record(path, kind)

    def _all(self, pattern: str, kind: type[R]) -> Iterator[R]:
        """Every record of a kind, read and checked; raises `CannotRun` that names file, key and rule."""
        found = {path.relative_to(self.folder).as_posix(): path for path in sorted(self.folder.glob(pattern))}
        known = [name for name in self.listed() if Path(name).match(pattern)]
        if gone := [name for name in known if name not in found]:
            raise CannotRun(
                f"{self.folder / gone[0]}: the record is missing, and {LISTED} has it: records are never deleted; git "
                "checkout brings it back"
            )
        for name, path in found.items():
            record = self._read(path, kind)
            if name != place(record):
                raise CannotRun(
                    f"{path}: the record in it belongs into {place(record)}: a copy, or its keys were changed"
                )
            if name not in known:
                raise CannotRun(
                    f"{path}: {LISTED} does not have it: no command wrote it here; take it away, or list it"
                )
            yield record


def _refuse_what_loses(new: Record, old: Record) -> None:
    """Refuse to write over what a record has already: its past, or the change that another command made meanwhile."""
    if isinstance(new, Verification):
        raise Refused(f"{place(new)} is written already: a re-performance is never changed")
    if isinstance(new, Performance):
        raise Refused(f"{place(new)} is written already: another figure is another revision")
    if type(new) not in GRAPHS:
        return
    past, present = (getattr(record, "history", []) for record in (old, new))
    if present[: len(past)] != past:
        raise Refused(f"{place(new)} has steps that the record to be written lacks: read it again and decide anew")
    if len(present) == len(past) and past:
        raise Refused(f"{place(new)} would change without a step: a change is made by `move` or `amend`")


def kind_of(folder: Path, path: Path) -> tuple[type[Record], str]:
    """The kind of record that a file below the registry's folder holds, and its name there.

    Raises `CannotRun` where it lies elsewhere.
    """
    inside = path.resolve().relative_to(folder.resolve()) if path.resolve().is_relative_to(folder.resolve()) else None
    if inside is None or inside.parts[0] not in KINDS:
        raise CannotRun(f"{path} is no record of {folder}; records lie in {', '.join(KINDS)}")
    return KINDS[inside.parts[0]], inside.as_posix()


def place(record: Record) -> str:
    """Where a record lies, below the registry's folder."""
    match record:
        case Model():
            return f"models/{record.id}.yaml"
        case Version():
            return f"versions/{record.model}-{record.number}.yaml"
        case Finding():
            return f"findings/{record.id}.yaml"
        case RiskException():
            return f"exceptions/{record.id}.yaml"
        case Review():
            return f"reviews/{record.model}-{record.kind}-{record.due}.yaml"
        case Verification():
            return f"verifications/{record.run}/{record.at:%Y%m%dT%H%M%SZ}-{record.by}.yaml"
        case RerunRecord():
            return f"reruns/{record.of}/{record.run}.yaml"
        case Performance():
            return f"performance/{record.model}/{record.month}-{record.bundle_sha256[:12]}-{record.revision}.yaml"
    raise TypeError(f"the registry keeps no {type(record).__name__}")


KINDS: Mapping[str, type[Record]] = {
    "models": Model,
    "versions": Version,
    "findings": Finding,
    "exceptions": RiskException,
    "reviews": Review,
    "verifications": Verification,
    "reruns": RerunRecord,
    "performance": Performance,
}
