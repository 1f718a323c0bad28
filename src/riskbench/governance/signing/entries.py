"""The ledger read as acts: each entry with its statement, and why it does not hold where it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from riskbench.core.ledger import START, Chain, Known, read_chain
from riskbench.governance.signing.keylist import FORMER, KEYS_FILE, BadKeyList, Listed, former_lists, read_keys
from riskbench.governance.signing.order import out_of_order
from riskbench.governance.signing.statement import Statement, read_statement
from riskbench.governance.signing.trust import LEDGER_FILE, Memory, against, of


@dataclass(frozen=True)
class Entry:
    """One line of the ledger; without a statement it says nothing that could be read."""

    line: int
    before: str  # the head before it
    hash: str
    key_id: str
    statement: Statement | None
    problem: str = ""


@dataclass(frozen=True)
class Book:
    """All that is signed in a registry: the list of keys, the chain, its entries, and what is wrong by file."""

    registry: Path
    listed: Listed | None
    chain: Chain
    entries: Sequence[Entry]
    problems: dict[str, str]

    @property
    def good(self) -> list[tuple[Entry, Statement]]:
        """The entries that hold, with their statements, oldest first."""
        return [(entry, entry.statement) for entry in self.entries if entry.statement and not entry.problem]

    def acts(self, model: str) -> list[Statement]:
        """What was done with a model, as far as it holds, oldest first."""
        return [statement for _, statement in self.good if statement.model == model]


def read_book(registry: Path, memory: Memory | None = None, head: str = "") -> Book:
    """Read and check all that is signed in a registry, whatever bytes it holds.

    `memory` is what this machine has seen before, `head` one that the caller knows from elsewhere.
    """
    memory = memory or Memory()
    problems: dict[str, str] = {}
    listed: Listed | None = None
    versions: dict[int, str] = {}
    try:
        listed = read_keys(registry)
    except BadKeyList as error:
        problems[registry_file(error)] = str(error).partition(" ")[2]
    else:
        problems |= against(memory, registry, listed)
    seen = of(memory, registry) or (memory.roots.get(listed.list.root_id) if listed else None)
    chain = read_chain(registry / LEDGER_FILE, _furthest(seen.known if seen else None, listed))
    if listed:
        versions, wrong = former_lists(registry, listed)
        problems |= wrong
    if chain.broken:
        place = f"{LEDGER_FILE}, line {chain.broken.line}"
        problems[place if chain.broken.kind != "truncated" else LEDGER_FILE] = chain.broken.text
    elif head and head not in {START, *(chain.before(i + 2) for i in range(len(chain.lines)))}:
        problems[LEDGER_FILE] = f"the head {head[:16]}… that was asked for is not in it: truncated, or another history"
    believed = None if problems.keys() & {KEYS_FILE} else listed
    entries = _entries(chain, believed, versions)
    if listed is None and not problems and (entries or (registry / FORMER).exists()):
        problems[KEYS_FILE] = "missing: the registry was signed, and nobody can say whose keys it was"
    if listed and any(s.keys_version > listed.list.version for e in entries if (s := e.statement)):
        problems.setdefault(KEYS_FILE, "an older list: the ledger has entries that were signed under a newer one")
    for entry in entries:
        at = f"{LEDGER_FILE}, line {entry.line}"
        if entry.problem and at not in problems and not (chain.broken and entry.line > chain.broken.line):
            problems[at] = entry.problem
    return Book(registry, listed, chain, entries, problems)


def registry_file(error: BadKeyList) -> str:
    """The file that an error about the list of keys names first."""
    return str(error).partition(" ")[0]


def _furthest(seen: Known | None, listed: Listed | None) -> Known | None:
    """The later of the two states of the ledger that somebody vouches for: this machine, or the root."""
    told = [known for known in (seen, listed.list.known if listed else None) if known and known.entries]
    return max(told, key=lambda known: known.entries, default=None)


def _entries(chain: Chain, listed: Listed | None, versions: dict[int, str]) -> list[Entry]:
    found: list[Entry] = []
    good: list[Statement] = []
    for line in range(1, len(chain.lines) + 1):
        before, hash_ = chain.before(line), chain.before(line + 1)
        try:
            statement, sealed = read_statement(chain.content(line))
        except (ValueError, ValidationError):
            found.append(Entry(line, before, hash_, "", None, "it was edited: this is no signed statement"))
            continue
        problem = _broken_before(chain, line)
        if not problem and (statement.number, statement.previous) != (line, before):
            problem = "it was moved: it was signed for another place in the ledger"
        holder = listed.list.holder(sealed.key_id) if listed else None
        if not problem and holder is None:
            problem = "signed with a key that is not on the list" if listed else "the list of keys cannot be believed"
        if not problem and holder and not sealed.signed_by(holder.public):
            problem = "the signature is wrong: this is not what the person signed"
        if not problem and holder:
            problem = (
                _not_theirs(statement, holder.person)
                or _other_list(statement, good, versions)
                or holder.why_not(statement.role, statement.at, line)
                or out_of_order(statement, good)
            )
        if not problem:
            good.append(statement)
        found.append(Entry(line, before, hash_, sealed.key_id, statement, problem))
    return found


def _broken_before(chain: Chain, line: int) -> str:
    broken = chain.broken
    if broken is None or line < broken.line or broken.kind == "truncated":
        return ""
    return f"the ledger is broken from line {broken.line}: {broken.text}"


def _not_theirs(statement: Statement, holder: str) -> str:
    return "" if statement.person == holder else f"signed with the key of {holder}, in the name of {statement.person}"


def _other_list(statement: Statement, good: Sequence[Statement], versions: dict[int, str]) -> str:
    if versions.get(statement.keys_version) != statement.keys_sha256:
        if statement.keys_version > max(versions, default=0):
            return f"it names version {statement.keys_version} of the list of keys, which is newer than the one here"
        return f"it names another list of keys as version {statement.keys_version} than the one here"
    if good and statement.keys_version < good[-1].keys_version:
        return "it names an older list of keys than the entry before it"
    return ""
