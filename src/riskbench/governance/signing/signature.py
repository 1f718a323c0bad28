"""A signature as a page prints it and as an approval counts it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Role = Literal["modeller", "validator", "approver"]
Act = Literal["development", "validation", "exception", "approval", "promotion", "stop", "rollback", "records"]

ROLES: dict[Act, tuple[Role, ...]] = {
    "development": ("modeller",),
    "validation": ("validator",),
    "exception": ("approver",),
    "approval": ("approver",),
    "promotion": ("approver",),
    "stop": ("modeller", "validator", "approver"),
    "rollback": ("approver",),
    "records": ("modeller", "validator", "approver"),  # signs for records that moved on
}


@dataclass(frozen=True)
class Signature:
    """Who signed what, in which role, and whether it holds; `problem` says why it does not."""

    person: str
    role: Role
    act: Act
    run: str
    manifest_sha256: str
    at: dt.datetime
    key_id: str
    head: str  # of the ledger, before this signature
    problem: str = ""
    line: int = 0  # of the ledger
    model: str = ""
    version: int | None = None
    because: str = ""
    conditions: tuple[str, ...] = ()
    expires: dt.date | None = None
    bundle_sha256: str = ""
    hash: str = ""  # of the entry: the head of the ledger after this signature

    @property
    def holds(self) -> bool:
        """Whether the signature is good: key known, valid at the time, role allowed, and what it signs unchanged."""
        return not self.problem
