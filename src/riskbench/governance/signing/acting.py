"""Signing: one act goes into the ledger, then the records follow it.

All of it happens while nobody else may add to the ledger. The entry is on the disk before any record is written, and
holds their new texts: the ledger is the truth. Where a crash comes between the two, the next act writes what is
missing.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner

from riskbench.core.files import sha256, write_text
from riskbench.core.ledger import Appending, appending, read_chain
from riskbench.governance.registry.records import Record
from riskbench.governance.registry.states import Refused
from riskbench.governance.registry.store import Registry, place
from riskbench.governance.registry.writing import sealed
from riskbench.governance.signing import covered
from riskbench.governance.signing.check import record_problems
from riskbench.governance.signing.entries import Book, read_book
from riskbench.governance.signing.keylist import HeldKey, Listed
from riskbench.governance.signing.order import out_of_order
from riskbench.governance.signing.signature import ROLES, Act, Role
from riskbench.governance.signing.statement import Statement, Write, signed
from riskbench.governance.signing.trust import LEDGER_FILE, read_memory, remember


@dataclass(frozen=True)
class Office:
    """Where people sign: the registry, the folder of the runs, and what this machine remembers (None: nothing)."""

    registry: Registry
    reports: Path
    trust: Path | None = None


@dataclass(frozen=True)
class Hand:
    """Who signs, with which key, and when."""

    person: str
    key: CryptoSigner
    at: dt.datetime


@dataclass(frozen=True)
class Session:
    """The ledger, held by this process alone, with all that was signed before read and found whole."""

    office: Office
    book: Book
    listed: Listed
    end: Appending

    def acts(self, model: str) -> list[Statement]:
        """What was done with a model so far, oldest first."""
        return self.book.acts(model)

    def role(self, hand: Hand, act: Act, version: int | None, model: str) -> Role:
        """The role in which a person acts, where the act leaves a choice: held on this version, or the key's."""
        held = [s.role for s in self.acts(model) if s.person == hand.person and s.version in (version, None)]
        granted = [grant.role for grant in self.holder(hand).grants]
        return next(role for role in (*held, *granted, *ROLES[act]) if role in ROLES[act])

    def holder(self, hand: Hand) -> HeldKey:
        """The line of the list for the key in this hand. Raises `Refused` for an unknown or another's key."""
        holder = self.listed.list.holder(hand.key.public_key.keyid)
        if holder is None:
            raise Refused(f"the key of {hand.person} is not on the list: the holder of the root key admits it")
        if holder.person != hand.person:
            raise Refused(f"this is the key of {holder.person}: nobody signs as {hand.person} with it")
        return holder

    def covering(self, model: str) -> dict[str, str]:
        """The records of a model that the next signature covers for the first time, and why.

        Raises `Refused` where a record is not what was signed, by place.
        """
        found = record_problems(self.book, model)
        wrong = {at: told for at, told in found.items() if not covered.may_be_signed_for(told)}
        if wrong:
            told = "; ".join(f"{at}: {problem}" for at, problem in wrong.items())
            raise Refused(f"records are not what was signed, so nothing is signed on top of them: {told}")
        return found

    def sign(self, hand: Hand, told: Mapping[str, Any], changed: Sequence[Record] = ()) -> Statement:
        """Add an act to the ledger and write the records that it changes; `told` are fields of the statement.

        Raises `Refused` where key, role, time or order do not allow it.
        """
        folder = self.office.registry.folder
        statement = self._statement(hand, told, changed)
        self._refuse(hand, statement)
        self.end.add(signed(statement, hand.key))
        for record in changed:
            self.office.registry.put(record)
        if self.office.trust:
            remember(self.office.trust, folder, self.listed, self.end.chain)
        return statement

    def check(self, hand: Hand, told: Mapping[str, Any]) -> None:
        """Refuse what key, role, time or order do not allow, before anything else is asked of the act."""
        self._refuse(hand, self._statement(hand, told, ()))

    def _refuse(self, hand: Hand, statement: Statement) -> None:
        why_not = self.holder(hand).why_not(statement.role, hand.at, statement.number)
        if problem := why_not or out_of_order(statement, [s for _, s in self.book.good]):
            raise Refused(problem)

    def _statement(self, hand: Hand, told: Mapping[str, Any], changed: Sequence[Record]) -> Statement:
        folder = self.office.registry.folder
        writes = {place(record): _write(folder, record) for record in changed}
        acts = self.acts(str(told["model"]))
        marks = covered.marks(folder, str(told["model"]), acts[-1].records if acts else {})
        marks |= {at: covered.mark_of(writes[at].text.encode(), r) for r in changed if (at := place(r))}
        own = {
            "number": self.end.number,
            "previous": self.end.head,
            "keys_version": self.listed.list.version,
            "keys_sha256": self.listed.sha256,
            "at": hand.at,
            "person": hand.person,
            "records": marks,
            "writes": writes,
            "covers": tuple(self.covering(str(told["model"]))),
        }
        return Statement.model_validate(own | dict(told))


@contextmanager
def session(office: Office) -> Iterator[Session]:
    """The right to sign, for the length of the block; records that a crash left behind are brought up to the ledger.

    Raises `Refused` where keys or ledger are not what was signed.
    """
    folder = office.registry.folder
    with appending(folder / LEDGER_FILE) as end, office.registry.alone():
        book = read_book(folder, read_memory(office.trust))
        if book.problems:
            told = "; ".join(f"{file}: {problem}" for file, problem in book.problems.items())
            raise Refused(f"the registry is not what was signed, so nothing is signed on top of it: {told}")
        if book.listed is None:
            raise Refused("the registry has no list of keys yet: `riskbench keys init --person NAME` makes the first")
        heal(office.registry, book)
        yield Session(office, book, book.listed, end)


def heal(registry: Registry, book: Book) -> list[str]:
    """Write the records that the last act of each model changed and a crash left behind; their places."""
    healed = []
    for model in sorted({statement.model for _, statement in book.good}):
        for at, problem in record_problems(book, model).items():
            if problem == covered.BEHIND:
                text = book.acts(model)[-1].writes[at].text
                write_text(registry.folder / at, text)
                if record := covered.record_in(registry.folder, at):
                    registry.put(record)  # and lists it
                healed.append(at)
    return healed


def take_note(office: Office) -> None:
    """Remember the registry as it stands, where it is whole: called once it was checked."""
    book = read_book(office.registry.folder, read_memory(office.trust))
    if office.trust and book.listed and not book.problems:
        remember(office.trust, office.registry.folder, book.listed, read_chain(office.registry.folder / LEDGER_FILE))


def _write(folder: Path, record: Record) -> Write:
    path = folder / place(record)
    before = sha256(path) if path.is_file() else ""
    return Write(before=before, text=sealed(record))
