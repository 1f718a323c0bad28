"""What people decided about a run, in words that several pages print: versions, conditions, signatures, days."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from riskbench.core.evidence import Evidence, Table
from riskbench.governance.recommendation import Word
from riskbench.governance.signing.signature import Role, Signature
from riskbench.governance.standing import Standing

Fact = tuple[str, str]
ROLES: Mapping[Role, str] = {"modeller": "developed it", "validator": "validated it", "approver": "approved it"}
STRICTEST_FIRST: Sequence[Word] = ("do not approve", "approve with conditions", "approve")
PROPOSED = "governance.conditions.proposed"  # evidence: a table with the column `condition`


def day(date: dt.date | None) -> str:
    """A day as pages print it.

    >>> day(dt.date(2026, 3, 4)), day(None)
    ('4 March 2026', '–')
    """
    return f"{date.day} {date:%B %Y}" if date else "–"


def minute(at: dt.datetime) -> str:
    """A time as pages print it, to the minute, in UTC."""
    at = at.astimezone(dt.UTC)
    return f"{day(at.date())}, {at:%H:%M} UTC"


def state_word(state: str) -> str:
    """A state as pages print it.

    >>> state_word("in_remediation")
    'in remediation'
    """
    return state.replace("_", " ")


def version_told(standing: Standing) -> str:
    """Which version of which model the run is, and in which state, in one sentence."""
    if standing.version is None:
        return "This run is not registered as a version of a model."
    version = standing.version
    return f"Version {version.number} of {version.model}, {state_word(version.state)}."


def conditions_told(standing: Standing, evidence: Mapping[str, Evidence]) -> tuple[str, list[str]]:
    """Whether conditions are approved or proposed, and the conditions themselves, in the order that they are given."""
    if standing.version and standing.version.conditions:
        conditions = standing.version.conditions
        said = [f"{c.text} Due {day(c.due)}." if c.due else c.text for c in conditions]
        return "approved", said
    proposed = evidence.get(PROPOSED)
    if proposed and isinstance(proposed.value, Table) and "condition" in proposed.value.columns:
        at = proposed.value.columns.index("condition")
        return "proposed", list(dict.fromkeys(str(row[at]) for row in proposed.value.rows))
    return "none", []


@dataclass(frozen=True)
class Decision:
    """What an approver decided and signed; `against` where the rule recommends something stricter."""

    word: Word
    approval: Signature
    against: bool

    @property
    def told(self) -> str:
        """What was decided, as pages print it."""
        return self.word.replace("approve", "approved", 1)


def decision_told(standing: Standing, advised: Word) -> Decision | None:
    """The newest approval that holds, beside what was recommended; None where nobody has decided."""
    approval = next((s for s in reversed(standing.signatures) if s.act == "approval" and s.holds), None)
    if approval is None:
        return None
    conditions = approval.conditions or (standing.version and standing.version.conditions)
    word: Word = "approve with conditions" if conditions else "approve"
    return Decision(word, approval, STRICTEST_FIRST.index(word) > STRICTEST_FIRST.index(advised))


def signed_days(signatures: Sequence[Signature]) -> list[tuple[str, str]]:
    """Who signed on which day, each once however often they signed on it."""
    return list(dict.fromkeys((s.person, day(s.at.date())) for s in signatures))


def signers_told(standing: Standing) -> list[tuple[str, str, Sequence[Signature]]]:
    """For each role, what who holds it does, and the signatures in that role that hold."""
    return [
        (role, does, [s for s in standing.signatures if s.role == role and s.holds]) for role, does in ROLES.items()
    ]
