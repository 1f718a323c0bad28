"""The evidence of a run in brief: what each stage recorded, and how many checks have which status."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from riskbench.core.evidence import Evidence, Kind
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.status import Status

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


def status_counts(evidence: Mapping[str, Evidence]) -> list[CheckResult]:
    """`checks.green`, `checks.amber`, `checks.red` and `checks.not_evaluated`: the number of checks of each status."""
    counts = Counter(e.status for e in evidence.values() if e.kind == "check")
    return [CheckResult(f"checks.{status}", title, Estimate(counts[status])) for status, title in COUNTED.items()]
