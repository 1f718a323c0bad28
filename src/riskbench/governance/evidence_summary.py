"""The evidence of a run in brief: what each stage recorded, which checks are not green, how many have which status."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from riskbench.core.evidence import Evidence, Kind
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.status import OPEN, Status
from riskbench.core.words import format_evidence, format_limits

KINDS: tuple[Kind, ...] = ("check", "estimate", "table", "text")
COUNTED: Mapping[Status, str] = {
    "green": "Checks that meet their limit",
    "amber": "Checks that are to be watched",
    "red": "Checks that fail",
    "not_evaluated": "Checks that were not evaluated",
}


def evidence_by_stage(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """How many pieces of evidence each stage has recorded, a column for each kind."""
    counts = Counter((e.stage, e.kind) for e in evidence.values())
    stages = dict.fromkeys(e.stage for e in evidence.values())
    return pd.DataFrame([{"stage": stage} | {kind: counts[stage, kind] for kind in KINDS} for stage in stages])


def open_checks(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """Every check that is not green, the worst first, with its value and limit, or why it has no value."""
    rows = [
        (e.stage, e.title, e.dims.sample, e.status, e.reason or f"{format_evidence(e)}; {_limit(e)}")
        for status in OPEN
        for e in evidence.values()
        if e.kind == "check" and e.status == status
    ]
    return pd.DataFrame(rows, columns=["stage", "check", "sample", "status", "because"])


def status_counts(evidence: Mapping[str, Evidence]) -> list[CheckResult]:
    """`checks.green`, `checks.amber`, `checks.red` and `checks.not_evaluated`: the number of checks of each status."""
    counts = Counter(e.status for e in evidence.values() if e.kind == "check")
    return [CheckResult(f"checks.{status}", title, Estimate(counts[status])) for status, title in COUNTED.items()]


def _limit(e: Evidence) -> str:
    own = f"; set by the study: {e.threshold.override_reason}" if e.threshold and e.threshold.override_reason else ""
    return f"limit {format_limits(e.threshold, e.unit)}{own}"
