"""The ledger: lines that are only ever added, each with the hash of the line before it.

What a line holds is opaque here. A chain of hashes shows every change inside it, but whoever can write the file can
forge the whole chain again, or cut its end off: against the first the contents are signed (`governance/signing/`),
against the second somebody must know a later head.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from riskbench.core.errors import RiskbenchError
from riskbench.core.files import replacing

_LINE = json.JSONEncoder(sort_keys=True, separators=(",", ":"))  # made once: there are millions of lines
START = "0" * 64  # the head of a ledger without lines
Kind = Literal["edited", "missing", "reordered", "repeated", "truncated", "rewritten"]


class BrokenLedger(RiskbenchError):
    """The ledger is not what was written; nothing is added to it."""


@dataclass(frozen=True)
class Break:
    """The first line at which a ledger is not what was written (from 1), and in which way."""

    line: int
    kind: Kind
    text: str


@dataclass(frozen=True)
class Known:
    """A state of the ledger that somebody has seen before: how many lines, and the hash of the last."""

    entries: int
    head: str


@dataclass(frozen=True)
class Chain:
    """The lines of a ledger as they stand in the file, and the first break, if there is one."""

    lines: Sequence[bytes]
    broken: Break | None

    @property
    def head(self) -> str:
        """The hash of the last line."""
        return self.before(len(self.lines) + 1)

    def before(self, line: int) -> str:
        """The head before a line (from 1)."""
        return hash_of(self.lines[line - 2]) if line > 1 else START

    def content(self, line: int) -> str:
        """What a line (from 1) holds; empty where it is no line of a ledger."""
        parts = _parsed(self.lines[line - 1])
        return parts.content if parts else ""

    @property
    def known(self) -> Known:
        """The state of the ledger now, to be remembered."""
        return Known(len(self.lines), self.head)


@dataclass(frozen=True)
class _Parts:
    number: int
    previous: str
    content: str


def hash_of(line: bytes) -> str:
    """SHA-256 of a line without its end, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def line_of(number: int, previous: str, content: str) -> bytes:
    """A line in the one form that it may have.

    >>> line_of(1, "00", "text")
    b'{"content":"text","number":1,"previous":"00"}'
    """
    entry = {"content": content, "number": number, "previous": previous}
    return _LINE.encode(entry).encode()


def read_chain(path: Path, known: Known | None = None) -> Chain:
    """The ledger in a file, checked from its first line; a file that is not there is a ledger without lines.

    `known` is a state that was seen before: without it nobody can tell that the end was cut off. Any bytes will do:
    what is wrong with them is in `broken`.
    """
    whole = path.read_bytes() if path.is_file() else b""
    lines = whole.split(b"\n")
    end = lines.pop()  # nothing, where the last line was finished
    if end:
        lines.append(end + b" (unfinished)")  # no line of a ledger reads so: it is found below
    return Chain(tuple(lines), _broken(lines) or (_not_as_known(lines, known) if known else None))


def _broken(lines: Sequence[bytes]) -> Break | None:
    parts = [_parsed(line) for line in lines]
    numbers = {p.number for p in parts if p}
    head = START
    for i, (line, part) in enumerate(zip(lines, parts, strict=True), start=1):
        if part is None:
            return Break(i, "edited", "it was edited: this is no line of a ledger")
        if part.number != i:
            return _misplaced(i, part.number, numbers)
        if part.previous != head:
            if i == 1:
                return Break(1, "edited", "it was edited: the first line follows no other")
            return Break(i - 1, "edited", f"it was edited: line {i} was written after another one")
        head = hash_of(line)
    return None


def _misplaced(line: int, number: int, numbers: set[int]) -> Break:
    if number < line:
        return Break(line, "repeated", f"it was repeated: entry {number} stands here once more")
    if line in numbers:
        return Break(line, "reordered", f"it was reordered: entry {number} stands in the place of entry {line}")
    return Break(line, "missing", f"entry {line} is missing: entry {number} stands in its place")


def _not_as_known(lines: Sequence[bytes], known: Known) -> Break | None:
    if len(lines) < known.entries:
        text = f"it was truncated: {known.entries} entries were seen before, here are {len(lines)}"
        return Break(len(lines) + 1, "truncated", text)
    if known.entries and hash_of(lines[known.entries - 1]) != known.head:
        text = f"it was rewritten: entry {known.entries} was seen before with the hash {known.head[:16]}…"
        return Break(known.entries, "rewritten", text)
    return None


def _parsed(line: bytes) -> _Parts | None:
    try:
        entry = json.loads(line)
        parts = _Parts(entry["number"], entry["previous"], entry["content"])
        same = line_of(parts.number, parts.previous, parts.content) == line
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    right = type(parts.number) is int and isinstance(parts.previous, str) and isinstance(parts.content, str)
    return parts if same and right else None


class Appending:
    """The end of a ledger, held by this process alone: `head` and `number` of the next line, and `add`."""

    def __init__(self, path: Path, chain: Chain):
        self._path, self.chain = path, chain

    @property
    def head(self) -> str:
        """The hash that the next line carries as the one before it."""
        return self.chain.head

    @property
    def number(self) -> int:
        """The number of the next line."""
        return len(self.chain.lines) + 1

    def add(self, content: str) -> str:
        """Add one line, whole or not at all, down on the disk before this returns; the new head."""
        lines = [*self.chain.lines, line_of(self.number, self.head, content)]
        with replacing(self._path) as temporary, temporary.open("wb") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        _sync(self._path.parent)
        self.chain = Chain(tuple(lines), None)
        return self.chain.head


@contextmanager
def appending(path: Path, known: Known | None = None) -> Iterator[Appending]:
    """The right to add to a ledger, for the length of the block; others wait, so that the chain never forks.

    Raises `BrokenLedger` where the ledger is not what was written: nothing may be built on it.
    """
    with alone(path):
        chain = read_chain(path, known)
        if chain.broken:
            raise BrokenLedger(f"{path.name}, line {chain.broken.line}: {chain.broken.text}; nothing is added to it")
        yield Appending(path, chain)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process changes a file that is replaced as a whole, and keep it for the length of the block.

    What is locked is an empty file beside it, which stays: the file itself is another one after each change.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
