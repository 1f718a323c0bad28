"""What the evidence of a run speaks for: a recommendation by a stated rule, never a decision.

The table `WEIGHTS` says how much a failing check weighs, the table `RULES` what follows. A person decides, and signs.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from riskbench.core.evidence import Evidence
from riskbench.core.status import OPEN, WORST_FIRST, Status
from riskbench.governance.registry.records import Finding, Severity
from riskbench.governance.standing import Standing

Word = Literal["approve", "approve with conditions", "do not approve"]
HEAVIEST_FIRST: tuple[Severity, ...] = ("high", "medium", "low")
AT_REST = ("closed", "dismissed", "accepted")  # states of a finding on which nobody has to act now


@dataclass(frozen=True)
class Weight:
    """How much it weighs when a check of one of these kinds does not meet its limit, and why."""

    severity: Severity
    patterns: tuple[str, ...]  # of evidence ids
    because: str


@dataclass(frozen=True)
class Rule:
    """One line of the rule: what is recommended where its condition holds; the first that holds is taken."""

    name: str
    word: Word
    condition: str


@dataclass(frozen=True)
class Concern:
    """A check that does not meet its limit, or a finding without one; `set_aside` says by what it is answered."""

    title: str
    severity: Severity
    because: str
    status: Status
    evidence: Evidence | None = None
    finding: Finding | None = None
    set_aside: str = ""


@dataclass(frozen=True)
class Recommendation:
    """What the rule recommends, which line of it, and what made it so."""

    rule: Rule
    reasons: Sequence[str]


def weight_of(check: Evidence) -> Weight:
    """How much a check weighs where it does not meet its limit: the first line of `WEIGHTS` that fits it."""
    if check.threshold and check.threshold.basis == "rule":
        return BY_RULE
    return next(weight for weight in WEIGHTS if any(fnmatchcase(check.id, pattern) for pattern in weight.patterns))


def concerns(checks: Sequence[Evidence], standing: Standing, on: dt.date) -> list[Concern]:
    """Every check that is not green and every open finding without one: what fails first, by weight within a status.

    `on` is the day on which exceptions must be in force.
    """
    found = [_of_check(check, standing, on) for check in checks if check.status in OPEN]
    told = {check.id for check in checks if check.status in OPEN}
    found += [
        Concern(f.title, f.severity, f.severity_because, "red", finding=f, set_aside=_exception(f.id, standing, on))
        for f in standing.findings
        if f.state not in AT_REST and f.evidence not in told
    ]
    return sorted(found, key=lambda c: (WORST_FIRST.index(c.status), HEAVIEST_FIRST.index(c.severity)))


def recommend(found: Sequence[Concern], standing: Standing, absent: Sequence[str], judged: int) -> Recommendation:
    """The first line of `RULES` that holds, given what is open, the stages not run and the number of checks judged."""
    acting = [c for c in found if not c.set_aside]
    blocking = [c.title for c in acting if c.status == "red" and c.severity == "high"]
    blocking += [f"stage not run: {title}" for title in absent]
    blocking += ["no check has been judged"] * (not judged)
    if standing.verifications and not standing.verifications[-1].holds:
        blocking.append("the newest re-performance does not hold")
    if blocking:
        return Recommendation(RULES[0], blocking)
    if found:
        return Recommendation(RULES[1], [c.title for c in acting] or [c.title for c in found])
    return Recommendation(RULES[2], [])


def _of_check(check: Evidence, standing: Standing, on: dt.date) -> Concern:
    finding = next((f for f in standing.findings if f.evidence == check.id), None)
    weight = weight_of(check)
    severity, because = (
        (finding.severity, finding.severity_because) if finding else (weight.severity, weight.because)
    )  # a person may have weighed it otherwise, and says why
    aside = _exception(check.id, standing, on)
    if finding and not aside:
        aside = f"finding {finding.id} was dismissed" if finding.state == "dismissed" else ""
        aside = aside or _exception(finding.id, standing, on)
    return Concern(check.title, severity, because or weight.because, check.status, check, finding, aside)


def _exception(about: str, standing: Standing, on: dt.date) -> str:
    """The exception in force on that day for a check or finding; "" where there is none."""
    granted = (e for e in standing.exceptions if e.about == about and e.state == "granted" and e.expires >= on)
    return next((f"exception {e.id} is in force until {e.expires}" for e in granted), "")


BY_RULE = Weight("high", (), "its limit is set by a rule, not by convention")
WEIGHTS: tuple[Weight, ...] = (
    Weight("high", ("governance.security.*", "security.*"), "personal data would leave with the run"),
    Weight("high", ("attack.replication.*", "*.champion.export_*", "*.points_sum_gap"), "the card is not what it says"),
    Weight("high", ("attack.planted.missed", "attack.candidates.*"), "the figures themselves would be in doubt"),
    Weight("high", ("validation.champion.*", "validation.portfolio.*"), "it judges the whole card, on its holdout"),
    Weight("high", ("*.portfolio.jeffreys*",), "losses would be higher than the level of the PDs says"),
    Weight("high", ("fairness.*.adverse_impact_ratio*",), "a group would be approved far less often"),
    Weight("medium", ("validation.*", "population.*", "policy.*"), "a part of the portfolio would be judged wrongly"),
    Weight("medium", ("fairness.*", "alternatives.*"), "groups would be treated differently"),
    Weight("medium", ("monitoring.*",), "applicants are no longer those that the card was built on"),
    Weight("medium", ("scorecard.*", "robustness.*"), "the card may not last"),
    Weight("low", ("*",), "it bears on how well the card was built, not on how it decides"),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "R1",
        "do not approve",
        "A check of high weight fails, a finding of high severity is open, a stage was not run, or the newest "
        "re-performance does not hold, and no exception in force sets it aside.",
    ),
    Rule(
        "R2",
        "approve with conditions",
        "Otherwise a check fails, is to be watched or was not evaluated, or a finding is open.",
    ),
    Rule("R3", "approve", "Every check meets its limit, and no finding is open."),
)
