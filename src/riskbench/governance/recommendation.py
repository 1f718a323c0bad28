"""What the evidence of a run speaks for: a recommendation by a stated rule, never a decision.

The table `DECISIVE` names the checks that judge the whole model as it is used; how severe it is that any other fails,
the registry says, as it does in the draft of a finding. `RULES` says what follows. A person decides, and signs.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from riskbench.core.evidence import Evidence
from riskbench.core.status import OPEN, WORST_FIRST, Status
from riskbench.governance.registry.deadlines import in_force, weighs
from riskbench.governance.registry.drafts import severity_of
from riskbench.governance.registry.records import Finding, Severity
from riskbench.governance.standing import Standing

Word = Literal["approve", "approve with conditions", "do not approve"]
HEAVIEST_FIRST: tuple[Severity, ...] = ("high", "medium", "low")


@dataclass(frozen=True)
class Weight:
    """The checks that decide by themselves where one of them fails, by the patterns of their ids, and why they do."""

    patterns: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Rule:
    """One line of the rule: what is recommended where its condition holds; the first that holds is taken."""

    name: str
    word: Word
    condition: str


@dataclass(frozen=True)
class Concern:
    """A check that does not meet its limit, or a finding that weighs and has no such check.

    `decisive` checks judge the whole model; `set_aside` says by what a concern is answered for a time, or for good.
    """

    title: str
    severity: Severity
    because: str
    status: Status
    decisive: bool = False
    evidence: Evidence | None = None
    finding: Finding | None = None
    set_aside: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it alone speaks against approval."""
        return self.status == "red" and (self.decisive or self.severity == "high") and not self.set_aside


@dataclass(frozen=True)
class Recommendation:
    """What the rule recommends, which line of it, and what made it so."""

    rule: Rule
    reasons: Sequence[str]


def decisive(check: Evidence) -> str:
    """Why a check decides by itself where it fails; "" where it does not."""
    found = (weight.because for weight in DECISIVE if any(fnmatchcase(check.id, p) for p in weight.patterns))
    return next(found, "")


def concerns(checks: Sequence[Evidence], standing: Standing, on: dt.date) -> list[Concern]:
    """Every check that is not green and every finding that weighs without one, what matters most first.

    What fails stands before what is to be watched, there what decides by itself, then by severity. `on` is the day on
    which exceptions must be in force.
    """
    found = [_of_check(check, standing, on) for check in checks if check.status in OPEN]
    told = {check.id for check in checks if check.status in OPEN}
    found += [
        Concern(f.title, f.severity, f.severity_because, "red", finding=f)
        for f in standing.findings
        if f.evidence not in told and weighs(f, standing.exceptions, on)
    ]
    return sorted(found, key=lambda c: (WORST_FIRST.index(c.status), not c.decisive, HEAVIEST_FIRST.index(c.severity)))


def recommend(found: Sequence[Concern], standing: Standing, absent: Sequence[str], judged: int) -> Recommendation:
    """The first line of `RULES` that holds, given what is open, the stages not run and the number of checks judged."""
    blocking = [c.title for c in found if c.blocks]
    blocking += [f"stage not run: {title}" for title in absent]
    blocking += ["no check has been judged"] * (not judged)
    if standing.verifications and not standing.verifications[-1].holds:
        blocking.append("the newest re-performance does not hold")
    if blocking:
        return Recommendation(RULES[0], blocking)
    return Recommendation(RULES[1], [c.title for c in found]) if found else Recommendation(RULES[2], [])


def _of_check(check: Evidence, standing: Standing, on: dt.date) -> Concern:
    finding = next((f for f in standing.findings if f.evidence == check.id), None)
    severity, because = (finding.severity, finding.severity_because) if finding else severity_of(check)
    decides = decisive(check)
    return Concern(
        check.title,
        severity,
        decides or because,
        check.status,
        bool(decides),
        check,
        finding,
        _set_aside(check, finding, standing, on),
    )


def _set_aside(check: Evidence, finding: Finding | None, standing: Standing, on: dt.date) -> str:
    """By what a check is answered: an exception in force for it or its finding, or a finding that was dismissed."""
    about = {check.id, finding.id} if finding else {check.id}
    granted = (e for e in standing.exceptions if e.about in about and in_force(e, on))
    if exception := next(granted, None):
        return f"exception {exception.id} is in force until {exception.expires}"
    return f"finding {finding.id} was dismissed" if finding and finding.state == "dismissed" else ""


DECISIVE: tuple[Weight, ...] = (
    Weight(("validation.champion.*", "validation.portfolio.*"), "it judges the whole card, on its holdout"),
    Weight(("*.portfolio.jeffreys*",), "losses would be higher than the level of the PDs says"),
    Weight(("fairness.*.adverse_impact_ratio*",), "a group would be approved far less often"),
    Weight(
        ("*.identifiers_found", "*.identifiers.*", "security.protected.*"), "personal data would leave with the run"
    ),
    Weight(("attack.replication.*", "*.champion.export_*", "*.points_sum_gap"), "the card is not what it says"),
    Weight(("attack.planted.missed", "attack.candidates.*"), "the figures themselves would be in doubt"),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "R1",
        "do not approve",
        "A decisive check fails, a finding of high severity is open, a stage was not run, or the newest "
        "re-performance does not hold, and no exception in force sets it aside.",
    ),
    Rule(
        "R2",
        "approve with conditions",
        "Otherwise a check fails, is to be watched or was not evaluated, or a finding is open.",
    ),
    Rule("R3", "approve", "Every check meets its limit, and no finding is open."),
)
