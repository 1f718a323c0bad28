"""What this machine has seen of registries: which root signs their keys, and how far their ledgers had come.

It lies outside every project. Whoever can rewrite a whole registry cannot rewrite this: another root, an older list of
keys, a ledger that was cut short or replaced are found here. On a machine that has never seen a registry, or has seen
only an earlier state of it, a rollback of everything to a consistent earlier state cannot be told: there, demand the
head that a printed dossier shows.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from riskbench.core.errors import CannotRun
from riskbench.core.files import write_json
from riskbench.core.ledger import Chain, Known, alone
from riskbench.governance.signing.keylist import KEYS_FILE, BadKeyList, Listed, fingerprint, read_keys

LEDGER_FILE = "ledger.jsonl"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seen(_Part):
    """The newest that was seen under one root."""

    person: str
    keys_version: int
    keys_sha256: str
    entries: int
    head: str

    @property
    def known(self) -> Known:
        """The state of the ledger."""
        return Known(self.entries, self.head)


class Memory(_Part):
    """Roots by the place of the registry that they sign for, and what was seen under each root."""

    schema_version: Literal[1] = 1
    registries: dict[str, str] = {}
    roots: dict[str, Seen] = {}


def read_memory(file: Path | None) -> Memory:
    """What a machine remembers; nothing where no file is named or there. Raises `CannotRun` for a damaged file."""
    if file is None or not file.is_file():
        return Memory()
    try:
        return Memory.model_validate_json(file.read_bytes())
    except ValidationError:
        raise CannotRun(f"{file} is damaged: restore it, for without it nobody knows which root to trust") from None


def of(memory: Memory, registry: Path) -> Seen | None:
    """What was seen of the registry in this folder."""
    return memory.roots.get(memory.registries.get(str(registry.resolve()), ""))


def against(memory: Memory, registry: Path, listed: Listed | None) -> dict[str, str]:
    """What the list of keys contradicts of that which this machine has seen, by file."""
    pinned = memory.registries.get(str(registry.resolve()))
    if listed is None:
        told = f"missing, and this machine has seen it (root {fingerprint(pinned)})" if pinned else ""
        return {KEYS_FILE: told} if told else {}
    keys = listed.list
    if pinned and keys.root_id != pinned:
        told = f"signed by another root ({fingerprint(keys.root_id)}) than this machine has seen here"
        return {KEYS_FILE: f"{told} ({fingerprint(pinned)}): refused"}
    seen = memory.roots.get(keys.root_id)
    if seen and keys.version < seen.keys_version:
        return {KEYS_FILE: f"an older list, version {keys.version}: this machine has seen version {seen.keys_version}"}
    if seen and keys.version == seen.keys_version and listed.sha256 != seen.keys_sha256:
        return {KEYS_FILE: f"another list of version {keys.version} than this machine has seen"}
    return {}


def first_contact(file: Path, registry: Path) -> str:
    """What to tell who meets the root of a registry for the first time; empty where it is known, or cannot be read."""
    if (listed := _met_first(file, registry)) is None:
        return ""
    return (
        f"First contact with this registry. Its keys are signed by the root key of {listed.list.root_person}:\n"
        f"  {fingerprint(listed.list.root_id)}\n"
        f"Compare these digits with {listed.list.root_person} by voice. From now on no other root is believed here."
    )


def unknown_root(file: Path, registry: Path) -> str:
    """What to tell who only reads a registry whose root this machine never met; empty where it is known."""
    if (listed := _met_first(file, registry)) is None:
        return ""
    person = listed.list.root_person
    return (
        f"This machine never met the root key that signs these keys: {fingerprint(listed.list.root_id)}, it says of "
        f"{person}. Compare the digits with {person} by voice: anybody can make one, and sign in every name under it."
    )


def _met_first(file: Path, registry: Path) -> Listed | None:
    """The list of keys of a registry, where it can be read and its root is not known here."""
    memory = read_memory(file)
    try:
        listed = read_keys(registry)
    except BadKeyList:
        return None
    known = listed is None or of(memory, registry) or listed.list.root_id in memory.roots
    return None if known else listed


def remember(file: Path, registry: Path, listed: Listed, chain: Chain) -> None:
    """Pin the root of a registry, and remember its list of keys and the head of its ledger, once they were checked."""
    with alone(file):
        memory = read_memory(file)
        seen = memory.roots.get(listed.list.root_id)
        newest = Seen(
            person=listed.list.root_person,
            keys_version=listed.list.version,
            keys_sha256=listed.sha256,
            entries=chain.known.entries,
            head=chain.known.head,
        )
        if seen == newest and memory.registries.get(str(registry.resolve())) == listed.list.root_id:
            return
        told = {
            "registries": memory.registries | {str(registry.resolve()): listed.list.root_id},
            "roots": memory.roots | {listed.list.root_id: newest},
        }
        write_json(file, memory.model_copy(update=told).model_dump(mode="json"))
