"""The list of keys: which person signs with which key, in which roles, from when until when.

`keys.json` is itself a signed statement, by the root key. Its version only grows; each list names the hash of the one
before, which is kept as `keys/<version>.json`, and the head of the ledger at that time. No key ever leaves the list: it
is withdrawn, and what it signed before stays good.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from securesystemslib.signer import CryptoSigner

from riskbench.core.errors import CannotRun, RiskbenchError, broken_rules
from riskbench.core.files import digest, write_text
from riskbench.core.ledger import START, Known
from riskbench.governance.registry.records import NAME
from riskbench.governance.registry.states import Refused
from riskbench.governance.signing.envelope import key_id_of, opened, seal
from riskbench.governance.signing.keyfile import public_of
from riskbench.governance.signing.signature import Role

KEYS_FILE, FORMER, KEYS_TYPE = "keys.json", "keys", "urn:riskbench:keys:1"
PERSON = NAME


class BadKeyList(RiskbenchError):
    """The list of keys is not what its root signed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Grant(_Part):
    """A role, and the first and last day on which the key may sign in it."""

    role: Role
    first: dt.date
    last: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> "Grant":
        if self.last < self.first:
            raise ValueError(f"a key is valid from a day until a later one, got {self.first} until {self.last}")
        return self


def grants_of(roles: Sequence[str], first: dt.date, last: dt.date) -> list[Grant]:
    """The same days for several roles. Raises `CannotRun` where the last day lies before the first."""
    try:
        return [Grant.model_validate({"role": role, "first": first, "last": last}) for role in roles]
    except ValidationError as error:
        raise CannotRun(broken_rules(error, "the key")[0].partition(": ")[2]) from None


class HeldKey(_Part):
    """A key of a person. `withdrawn_after` is the number of entries that the ledger had when it was withdrawn."""

    person: str = Field(pattern=PERSON)
    public: str
    grants: tuple[Grant, ...] = Field(min_length=1)
    admitted: dt.datetime
    withdrawn: dt.datetime | None = None
    withdrawn_after: int | None = None
    withdrawn_because: str = ""

    @property
    def key_id(self) -> str:
        """The id under which a signature names the key."""
        return key_id_of(self.public)

    def why_not(self, role: Role, at: dt.datetime, number: int) -> str:
        """Why entry `number` of the ledger, made at `at`, may not be signed with this key in this role; else empty."""
        if self.withdrawn and number > (self.withdrawn_after or 0):  # the place in the ledger, not a clock, says when
            return f"the key of {self.person} was withdrawn on {self.withdrawn:%Y-%m-%d}: {self.withdrawn_because}"
        grants = [grant for grant in self.grants if grant.role == role]
        if not grants:
            return f"{self.person} is not admitted as {role}, only as {', '.join(g.role for g in self.grants)}"
        day = at.astimezone(dt.UTC).date()
        if any(grant.first <= day <= grant.last for grant in grants):
            return ""
        if all(day < grant.first for grant in grants):
            return f"the key of {self.person} is not valid as {role} before {min(g.first for g in grants)}"
        return f"the key of {self.person} as {role} expired on {max(g.last for g in grants)}"


class KeyList(_Part):
    """One version of the list, as the root signed it."""

    schema_version: Literal[1] = 1
    version: int = Field(ge=1)
    previous: str = ""  # SHA-256 of the list before; empty for the first
    at: dt.datetime
    root_person: str = Field(pattern=PERSON)
    root: str  # the public key
    keys: tuple[HeldKey, ...] = ()
    entries: int = 0  # of the ledger, when this was signed
    head: str = START

    @model_validator(mode="after")
    def _one_holder_a_key(self) -> "KeyList":
        ids = [key.key_id for key in self.keys]
        if len({*ids, key_id_of(self.root)}) <= len(ids):
            raise ValueError("a key belongs to one person, and the root key to the root alone")
        return self

    @property
    def root_id(self) -> str:
        """The id of the root key: its fingerprint is read from it."""
        return key_id_of(self.root)

    @property
    def known(self) -> Known:
        """The state of the ledger that the root saw."""
        return Known(self.entries, self.head)

    def holder(self, key_id: str) -> HeldKey | None:
        """The key with this id."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def of(self, person: str) -> list[HeldKey]:
        """The keys of a person, oldest first."""
        return [key for key in self.keys if key.person == person]


@dataclass(frozen=True)
class Listed:
    """A list with the hash of the file that it stands in."""

    list: KeyList
    sha256: str


@dataclass(frozen=True)
class Now:
    """The moment of a change: the time, and how the ledger stands."""

    at: dt.datetime
    ledger: Known


def fingerprint(key_id: str) -> str:
    """A key's id as it is read aloud: its first 32 digits in groups of four.

    >>> fingerprint("0123456789abcdef" * 4)
    '0123 4567 89ab cdef 0123 4567 89ab cdef'
    """
    return " ".join(key_id[i : i + 4] for i in range(0, 32, 4))


def read_keys(registry: Path) -> Listed | None:
    """The newest list, its signature by the root that it names checked; None where the registry has none.

    Whether that root is the right one, only a pin can say (`trust.py`). Raises `BadKeyList` for anything else.
    """
    path = registry / KEYS_FILE
    if not path.is_file():
        return None
    try:
        text = path.read_bytes()
        sealed = opened(text.decode().removesuffix("\n"))
        found = KeyList.model_validate_json(json.dumps(sealed.predicate))
        right = sealed.predicate_type == KEYS_TYPE and sealed.signed_by(found.root) and text.endswith(b"\n")
    except (ValueError, ValidationError, OSError):
        raise BadKeyList(f"{KEYS_FILE} was changed: this is no signed list of keys") from None
    if not right or sealed.key_id != found.root_id:
        raise BadKeyList(f"{KEYS_FILE} was changed: the signature of the root key does not fit it")
    return Listed(found, hashlib.sha256(text).hexdigest())


def former_lists(registry: Path, newest: Listed) -> tuple[dict[int, str], dict[str, str]]:
    """The hash of every list by version, as the newest tells it, and what is wrong with the files of former ones."""
    hashes, problems = {newest.list.version: newest.sha256}, {}
    wanted = newest.list.previous
    for version in range(newest.list.version - 1, 0, -1):
        hashes[version] = wanted
        name = former(version)
        text = (registry / name).read_bytes() if (registry / name).is_file() else None
        if text is None or hashlib.sha256(text).hexdigest() != wanted:
            problems[name] = "missing" if text is None else "changed: it is not the list that the next one names"
            return hashes, problems  # what stood before it, nobody can say
        wanted = _previous_of(text)
    for path in sorted((registry / FORMER).glob("*")):
        version = int(path.stem) if path.stem.isdecimal() and len(path.stem) < 9 else 0
        if path.name != Path(former(version)).name or version > newest.list.version:
            problems[f"{FORMER}/{path.name}"] = "added: no list of keys names it"
    return hashes, problems


def former(version: int) -> str:
    """Where a former list is kept, below the registry."""
    return f"{FORMER}/{version:04d}.json"


def write_keys(registry: Path, keys: KeyList, root: CryptoSigner) -> None:
    """Sign a list with the root key and put it in the place of the one before, which is kept.

    Raises `Refused` for the key of another root.
    """
    if public_of(root) != keys.root:
        raise Refused(f"this is not the root key of the registry, whose holder is {keys.root_person}")
    path = registry / KEYS_FILE
    if path.is_file():
        write_text(registry / former(keys.version - 1), path.read_text("utf-8"))
    predicate = keys.model_dump(mode="json")
    write_text(path, seal(root, KEYS_TYPE, {KEYS_FILE: digest(predicate)}, predicate) + "\n")


def admitted(listed: Listed, person: str, public: str, grants: Sequence[Grant], now: Now) -> KeyList:
    """The next list, with one key more. Raises `Refused` for the root's holder, or a key that somebody holds."""
    keys = listed.list
    if person == keys.root_person:
        raise Refused(f"{person} holds the root key: who admits keys signs nothing else")
    if public == keys.root or any(key.public == public for key in keys.keys):
        raise Refused("this key is on the list already: one key belongs to one person, with the roles it came with")
    try:
        key = HeldKey(person=person, public=public, grants=tuple(grants), admitted=now.at)
        key_id_of(public)
    except (ValidationError, ValueError) as error:
        told = broken_rules(error, "the key")[0] if isinstance(error, ValidationError) else str(error)
        raise CannotRun(f"this key cannot be admitted: {told}") from None
    return _next(listed, (*keys.keys, key), now)


def withdrawn(listed: Listed, person: str, because: str, now: Now) -> KeyList:
    """The next list, with every key of a person withdrawn from this moment. Raises `Refused` where there is none."""
    active = [key.key_id for key in listed.list.of(person) if key.withdrawn is None]
    if not active:
        raise Refused(f"{person} has no key to withdraw")
    told = {"withdrawn": now.at, "withdrawn_after": now.ledger.entries, "withdrawn_because": because}
    keys = [key.model_copy(update=told) if key.key_id in active else key for key in listed.list.keys]
    return _next(listed, tuple(keys), now)


def _next(listed: Listed, keys: tuple[HeldKey, ...], now: Now) -> KeyList:
    if now.at < listed.list.at:
        raise Refused(f"the clock runs backwards: the list before this one was signed at {listed.list.at.isoformat()}")
    told = {"version": listed.list.version + 1, "previous": listed.sha256, "at": now.at, "keys": keys}
    return listed.list.model_copy(update=told | {"entries": now.ledger.entries, "head": now.ledger.head})


def _previous_of(text: bytes) -> str:
    try:
        return str(opened(text.decode().removesuffix("\n")).predicate["previous"])
    except (ValueError, KeyError):
        return ""
