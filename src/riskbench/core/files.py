"""Files that are whole or absent, and their hashes."""

import fcntl
import glob
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from riskbench.core.errors import explained

PARTIAL = ".partial"  # how the name of a file that is still being written ends


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of a JSON value in canonical form.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, two-space indents, no NaN and a final newline: equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def printable(name: str) -> str:
    r"""A file's name, with what a terminal or page would obey rather than show written as an escape.

    >>> printable("bad\x1b[2Kname"), printable("政策.html")
    ('bad\\x1b[2Kname', '政策.html')
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Whether this process alone holds the lock of a file or folder, for the length of the block.

    The system takes the lock back when the process ends, however it ends: nothing stale can stay behind.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        yield _lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int, wait: int = fcntl.LOCK_NB) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | wait)
    except BlockingIOError:
        return False
    except OSError:  # a network disk without locks: whoever must be alone makes sure of it in another way too
        return True
    return True


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed onto it when the block ends well, removed when it does not.

    What a killed process left there is removed on the way. Raises `MachineError` with `path` when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(path.parent, f".{path.name}.")
        handle, temporary = _reserve(path)
    except OSError as error:
        raise explained(error, path) from error
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        at = error.filename2 or error.filename  # of a copy, the second is where it went
        if error.errno is None or at not in (None, str(temporary), temporary):
            raise  # it came from another file that the block reads
        raise explained(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


def _reserve(path: Path) -> tuple[int, Path]:
    """A new file beside `path`, locked for as long as its handle is open: so it is told from an abandoned one."""
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PARTIAL)
        _lock(handle, wait=0)
        if os.fstat(handle).st_nlink:  # not taken for an abandoned one in between
            return handle, Path(name)
        os.close(handle)


def remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove the partial files and folders in `folder` whose names begin with `prefix` and that nobody writes now."""
    for left in folder.glob(f"{glob.escape(prefix)}*{PARTIAL}"):
        with suppress(OSError), locked(left) as free:  # it may be gone, or not ours
            if free and left.is_dir():
                shutil.rmtree(left)
            elif free:
                left.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write canonical JSON whole or not at all."""
    write_text(path, canonical_json(value))
