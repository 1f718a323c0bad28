"""A hand-over received: unpacked into a temporary place and held to its own checksums."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.governance.manifest import MANIFEST
from riskbench.pipeline.handover.archive import CHECKSUMS, HELD_BACK, REGISTRY, is_of_rows


@dataclass(frozen=True)
class Opened:
    """What was unpacked: the run, the registry, the tables that are held back, and files unlike their checksum."""

    run: Path
    registry: Path
    held: tuple[str, ...]
    broken: dict[str, str] = field(default_factory=dict)


@contextmanager
def opened(archive: Path) -> Iterator[Opened]:
    """A hand-over, unpacked for the length of the block. Raises `CannotRun` where the file is none."""
    with tempfile.TemporaryDirectory(prefix="riskbench-") as place:
        there = Path(place)
        try:
            with zipfile.ZipFile(archive) as content:
                content.extractall(there)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
            raise CannotRun(f"{archive} is no archive that can be read: {error}") from None
        runs = [path.parent for path in there.glob(f"*/{MANIFEST}") if path.parent.name not in (REGISTRY, "dossier")]
        if len(runs) != 1 or not (there / CHECKSUMS).is_file():
            raise CannotRun(f"{archive} is no hand-over: it holds {len(runs)} runs and must hold one, with {CHECKSUMS}")
        file = there / HELD_BACK
        held = file.read_text("utf-8").split("\n") if file.is_file() else []
        yield Opened(runs[0], there / REGISTRY, tuple(filter(is_of_rows, held)), _unlike(there))


def _unlike(there: Path) -> dict[str, str]:
    """Files that their checksum does not fit, that it names and that are not there, or that it does not name."""
    lines = (there / CHECKSUMS).read_text("utf-8", "replace").splitlines()
    told = {name: hash_ for hash_, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(there).as_posix(): path for path in there.rglob("*") if path.is_file()}
    del found[CHECKSUMS]
    broken = dict.fromkeys(told.keys() - found.keys(), "missing")
    broken |= dict.fromkeys(found.keys() - told.keys(), f"not in {CHECKSUMS}")
    common = told.keys() & found.keys()
    changed = (name for name in common if hashlib.sha256(found[name].read_bytes()).hexdigest() != told[name])
    return dict(sorted((broken | dict.fromkeys(changed, "changed")).items()))
