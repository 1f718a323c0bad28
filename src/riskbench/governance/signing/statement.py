"""What a signature states: one act of one person, on what, and everything that it relied on."""

import datetime as dt
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from securesystemslib.signer import CryptoSigner

from riskbench.governance.signing.envelope import Sealed, opened, seal
from riskbench.governance.signing.keylist import PERSON
from riskbench.governance.signing.signature import ROLES, Act, Role

ACT_TYPE = "urn:riskbench:act:1"
SHA256 = r"^[0-9a-f]{64}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(_Part):
    """A record as it stood: the SHA-256 of its bytes, and of the steps of its history, so many of them."""

    sha256: str = Field(pattern=SHA256)
    steps: int = 0
    history: str = ""


class Write(_Part):
    """A record that the act changes: its text afterwards, and the hash of what stood there before (empty: nothing)."""

    before: str
    text: str


class Basis(_Part):
    """What the act stands on: records by their place, each of them also marked in `records`."""

    verification: str = ""
    findings: tuple[str, ...] = ()  # those that were considered
    exceptions: tuple[str, ...] = ()  # those that set an open high finding aside


class Statement(_Part):
    """One act. `number` and `previous` are its place in the ledger; the keys are the list that was in force."""

    schema_version: Literal[1] = 1
    number: int = Field(ge=1)
    previous: str = Field(pattern=SHA256)
    keys_version: int
    keys_sha256: str = Field(pattern=SHA256)
    at: dt.datetime
    act: Act
    person: str = Field(pattern=PERSON)
    role: Role
    model: str
    version: int | None = None
    run: str = ""
    folder: str = ""  # the name of the run's folder when it was signed: mostly that of the run
    manifest_sha256: str = ""
    bundle_sha256: str = ""
    because: str = ""
    conditions: tuple[str, ...] = ()
    expires: dt.date | None = None
    basis: Basis = Basis()
    records: dict[str, Mark] = {}  # of the model, by place, as they stand once the act is done
    writes: dict[str, Write] = {}
    covers: tuple[str, ...] = ()  # records that are new, or moved on, since the act before: signed for here first

    @model_validator(mode="after")
    def _role_of_the_act(self) -> "Statement":
        if self.role not in ROLES[self.act]:
            raise ValueError(f"{self.act} is signed by the {' or '.join(ROLES[self.act])}, not by the {self.role}")
        if self.at.utcoffset() is None:
            raise ValueError("a time says its zone")
        return self

    @property
    def subjects(self) -> dict[str, str]:
        """What is signed, as name and SHA-256: manifest and bundle of the run, or the records that the act changes."""
        named = {f"{self.run}/manifest.json": self.manifest_sha256, f"{self.run}/bundle": self.bundle_sha256}
        about = [place for place in (*self.basis.exceptions, self.basis.verification) if place in self.records]
        found = {name: sha256 for name, sha256 in named.items() if sha256}
        return (found | {place: self.records[place].sha256 for place in about}) or {"ledger.jsonl": self.previous}


def signed(statement: Statement, signer: CryptoSigner) -> str:
    """The statement in its envelope, as a line of the ledger holds it."""
    return seal(signer, ACT_TYPE, statement.subjects, statement.model_dump(mode="json"))


def read_statement(content: str) -> tuple[Statement, Sealed]:
    """The statement in an envelope and the envelope; its signature is still to be checked.

    Raises ValueError for anything else, also where the subjects are not those of the act.
    """
    sealed = opened(content)
    if sealed.predicate_type != ACT_TYPE:
        raise ValueError("this is no statement of an act")
    statement = Statement.model_validate_json(_json(sealed.predicate))
    if dict(sealed.subjects) != statement.subjects:
        raise ValueError("the subjects are not those of the act")
    return statement, sealed


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False)
