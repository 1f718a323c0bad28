"""The draft of a finding that a check which fails opens: what it says, and how severe it is by rule.

A person confirms a draft, with an owner and a day, or a validator dismisses it with a reason. Until then it weighs.
"""

from collections.abc import Collection, Iterable

from riskbench.core.evidence import Evidence
from riskbench.core.migration import new_id
from riskbench.core.words import NBSP, format_evidence, format_limits
from riskbench.governance.registry.deadlines import DONE
from riskbench.governance.registry.records import Finding, Severity

OPENED_BY = "riskbench"


def failing(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The checks that fail, in the order of the run."""
    return [e for e in evidence if e.kind == "check" and e.status == "red"]


def severity_of(e: Evidence) -> tuple[Severity, str]:
    """How severe it is that this check fails, and by which rule; a person may see it otherwise (`finding set`)."""
    if e.threshold is not None and e.threshold.basis == "rule":
        return "high", "By rule: the limit rests on a law or a supervisor's rule"
    if e.stage in JUDGES_THE_MODEL:
        return "medium", f"By rule: the limit rests on a convention, and {e.stage} judges the model as it is used"
    return "low", f"By rule: the limit rests on a convention, and {e.stage} judges how the model was made"


def draft(e: Evidence, id_: str, model: str, version: int, run: str) -> Finding:
    """The draft of a finding for a check that fails, not begun yet."""
    severity, because = severity_of(e)
    return Finding(
        id=id_,
        model=model,
        version=version,
        title=e.title,
        text=told(e),
        severity=severity,
        severity_because=because,
        raised_by=OPENED_BY,
        evidence=e.id,
        run=run,
    )


def told(e: Evidence) -> str:
    """Value, limit and the source of the limit in words."""
    said = f"Found: {format_evidence(e)}. Limit: {format_limits(e.threshold, e.unit)}"
    if e.threshold is None:
        return f"{said}."
    own = f" The study sets it so itself: {e.threshold.override_reason}." if e.threshold.override_reason else ""
    source = e.threshold.source.rstrip(".")
    return f"{said} ({e.threshold.basis}: {source}).{own}".replace(NBSP, " ")


def still_there(check: str, findings: Iterable[Finding]) -> Finding | None:
    """The finding that this check has opened before, of the same model, and that is not done with."""
    return next((f for f in findings if f.state not in DONE and f.evidence and new_id(f.evidence) == check), None)


def mended(evidence: Iterable[Evidence], findings: Iterable[Finding]) -> list[Finding]:
    """The findings not done with whose check has a value and does not fail now; a person decides what follows."""
    met = {e.id for e in evidence if e.kind == "check" and e.status in ("green", "amber")}
    return [f for f in findings if f.state not in DONE and f.evidence and new_id(f.evidence) in met]


JUDGES_THE_MODEL: Collection[str] = (
    "policy",
    "simulation",
    "validation",
    "population",
    "fairness",
    "monitoring",
    "governance",
)
