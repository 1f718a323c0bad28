"""Whose keys count: the root key and the first list, and how people come onto the list and lose their key again."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from riskbench.core.errors import CannotRun
from riskbench.core.ledger import alone, read_chain
from riskbench.governance.registry.records import NAME
from riskbench.governance.registry.states import Refused
from riskbench.governance.signing.acting import Office
from riskbench.governance.signing.entries import read_book
from riskbench.governance.signing.envelope import key_id_of
from riskbench.governance.signing.keyfile import public_of
from riskbench.governance.signing.keylist import (
    KEYS_FILE,
    Grant,
    KeyList,
    Listed,
    Now,
    admitted,
    read_keys,
    withdrawn,
    write_keys,
)
from riskbench.governance.signing.trust import LEDGER_FILE, read_memory, remember

LINE = "riskbench-ed25519"


def public_line(person: str, public: str) -> str:
    """What a person hands over, so that the key is admitted.

    >>> public_line("ana", "00ff")
    'riskbench-ed25519:ana:00ff'
    """
    return f"{LINE}:{person}:{public}"


def read_public(line: str, person: str) -> str:
    """The public key in a line that was handed over. Raises `CannotRun` for another's line, or none at all."""
    kind, _, rest = line.strip().partition(":")
    whose, _, public = rest.partition(":")
    if kind != LINE or whose != person:
        raise CannotRun(f"the key of {person} is a line like {LINE}:{person}:<64 hexadecimal digits>, got {line!r}")
    try:
        key_id_of(public)
    except ValueError as error:
        raise CannotRun(f"the key of {person} is not whole: {error}") from None
    return public


def root_file(folder: Path, person: str) -> Path:
    """Where the root key of a person lies."""
    return folder / f"{_named(person)}.root.pem"


def key_file(folder: Path, person: str) -> Path:
    """Where the key of a person lies."""
    return folder / f"{_named(person)}.pem"


def _named(person: str) -> str:
    if not re.match(NAME, person):
        raise CannotRun(f"a person is a short name of small letters, digits and _, got {person!r}")
    return person


@dataclass(frozen=True)
class Admission:
    """Who comes onto the list: the person, the public key, and the roles with their days."""

    person: str
    public: str
    grants: Sequence[Grant]


def found_list(office: Office, person: str, root: CryptoSigner, at: dt.datetime) -> Listed:
    """Write the first list of a registry, without people; its root is pinned on this machine at once.

    Raises `Refused` where the registry has a list, or had one.
    """
    folder = office.registry.folder
    with alone(folder / LEDGER_FILE):
        book = read_book(folder, read_memory(office.trust))
        if (folder / KEYS_FILE).exists() or book.problems or book.entries:
            raise Refused("the registry has a list of keys already, or had one: its root admits people")
        write_keys(folder, KeyList(version=1, at=at, root_person=person, root=public_of(root)), root)
        return _pinned(office)


def admit(office: Office, root: CryptoSigner, wanted: Admission, at: dt.datetime) -> Listed:
    """Write the next list, on which a person has a key more. Raises `Refused` where the list does not allow it."""
    with _changing(office) as (listed, now):
        grants = tuple(wanted.grants)
        write_keys(office.registry.folder, admitted(listed, wanted.person, wanted.public, grants, now(at)), root)
        return _pinned(office)


def withdraw(office: Office, root: CryptoSigner, person: str, because: str, at: dt.datetime) -> Listed:
    """Write the next list, on which the keys of a person are withdrawn: what they sign from now on is bad."""
    with _changing(office) as (listed, now):
        write_keys(office.registry.folder, withdrawn(listed, person, because, now(at)), root)
        return _pinned(office)


@contextmanager
def _changing(office: Office) -> Iterator[tuple[Listed, Callable[[dt.datetime], Now]]]:
    """The newest list, while nobody else may sign or change it."""
    folder = office.registry.folder
    with alone(folder / LEDGER_FILE):
        book = read_book(folder, read_memory(office.trust))
        if book.problems:
            told = "; ".join(f"{file}: {problem}" for file, problem in book.problems.items())
            raise Refused(f"the registry is not what was signed, so its list of keys is not changed: {told}")
        if book.listed is None:
            raise Refused("the registry has no list of keys yet: `riskbench keys init --person NAME` makes the first")
        yield book.listed, lambda at: Now(at, book.chain.known)


def _pinned(office: Office) -> Listed:
    listed = read_keys(office.registry.folder)
    if listed is None:  # it has just been written
        raise Refused("the list of keys is gone again")
    if office.trust:
        chain = read_chain(office.registry.folder / LEDGER_FILE)
        remember(office.trust, office.registry.folder, listed, chain)
    return listed
