"""A signature as a page prints it and as an approval counts it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Role = Literal["modeller", "validator", "approver"]
Act = Literal["development", "validation", "approval", "exception", "promotion", "stop", "rollback"]


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

    @property
    def holds(self) -> bool:
        """Whether the signature is good: key known, valid at the time, role allowed, and what it signs unchanged."""
        return not self.problem
