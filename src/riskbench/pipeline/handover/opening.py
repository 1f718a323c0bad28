"""A hand-over received: unpacked into a temporary place and held to its own checksums."""

import errno
import stat
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from riskbench.core.errors import CannotRun
from riskbench.core.files import printable, sha256
from riskbench.governance.manifest import MANIFEST
from riskbench.pipeline.code import UNREADABLE
from riskbench.pipeline.handover.archive import CHECKSUMS, DOSSIER, HELD_BACK, READ_ME, REGISTRY, is_of_rows
from riskbench.pipeline.handover.crate import CRATE_FILE
from riskbench.pipeline.run_folder import APPENDIX, EVIDENCE_FILE

LOOSE = (READ_ME, HELD_BACK, CRATE_FILE)  # files that lie in no folder, the checksums aside


@dataclass(frozen=True)
class Opened:
    """What was unpacked: the run, the registry, the tables that are held back, and what is wrong by file."""

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
                odd = _odd(content.infolist())
                content.extractall(there)
        except UNREADABLE as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT):
                raise  # the machine is at fault, not the archive
            raise CannotRun(f"{archive} is no archive that can be read ({error}): ask for it again") from None
        runs = [path.parent for path in there.glob(f"*/{MANIFEST}") if path.parent.name not in (REGISTRY, DOSSIER)]
        if len(runs) != 1 or not (there / CHECKSUMS).is_file():
            raise CannotRun(f"{archive} is no hand-over: it holds {len(runs)} runs and must hold one, with {CHECKSUMS}")
        file = there / HELD_BACK
        held = set(file.read_text("utf-8", "replace").splitlines()) if file.is_file() else set()
        gone = sorted(name for name in held if is_of_rows(name) and not (runs[0] / name).exists())
        broken = {
            printable(name): told
            for name, told in (_unlike(there, runs[0]) | _unlike_run(there, runs[0]) | odd).items()
        }
        yield Opened(runs[0], there / REGISTRY, tuple(gone), dict(sorted(broken.items())))


def _odd(members: Iterable[zipfile.ZipInfo]) -> dict[str, str]:
    """Members that another program would unpack otherwise: it could show a page that nobody checked here."""
    members = list(members)
    often = Counter(member.filename.replace("\\", "/").casefold() for member in members)
    found = {}
    for member in members:
        name = member.orig_filename
        if often[member.filename.replace("\\", "/").casefold()] > 1:
            found[name] = "there more than once: which of them is shown depends on the program that unpacks it"
        elif "\\" in name or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            found[name] = "it would be unpacked elsewhere than where it stands"
        elif stat.S_ISLNK(member.external_attr >> 16):
            found[name] = "it is a link, and what it leads to was not handed over"
    return found


def _unlike(there: Path, run: Path) -> dict[str, str]:
    """Files that their checksum does not fit, that it names and that are not there, or that do not belong."""
    lines = (there / CHECKSUMS).read_text("utf-8", "replace").splitlines()
    told = {name: hash_ for hash_, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(there).as_posix(): path for path in there.rglob("*") if path.is_file()}
    del found[CHECKSUMS]
    homes = {DOSSIER, REGISTRY, run.name}
    strange = {name for name in found if name.split("/")[0] not in homes and name not in LOOSE}
    broken = dict.fromkeys(strange, "no hand-over has such a file")
    broken |= dict.fromkeys(told.keys() - found.keys(), "missing")
    broken |= dict.fromkeys(found.keys() - told.keys(), f"not in {CHECKSUMS}")
    common = told.keys() & found.keys()
    return broken | {name: "changed" for name in common if sha256(found[name]) != told[name]}


def _unlike_run(there: Path, run: Path) -> dict[str, str]:
    """Files of the dossier that are copies of the run's, and differ from those."""
    home = there / DOSSIER
    appendix = (path.relative_to(home) for path in (home / APPENDIX).rglob("*") if path.is_file())
    names: list[Path] = [Path(EVIDENCE_FILE), Path(MANIFEST), *appendix]
    copies = {f"{DOSSIER}/{name}": (home / name, run / name) for name in names}
    broken = {name: "missing" for name, (copy, _) in copies.items() if not copy.is_file()}
    there_both = {name: pair for name, pair in copies.items() if name not in broken}
    return broken | {
        name: f"not the {own.relative_to(run)} of the run"
        for name, (copy, own) in there_both.items()
        if not own.is_file() or sha256(copy) != sha256(own)
    }
