"""Whether every figure of a run can be followed back to where it came from: the share that can, as a check."""

from collections.abc import Mapping

import pandas as pd

from riskbench.core.evidence import Evidence, provenance_gaps
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds

LIMIT = "governance.provenance"


def provenance_check(evidence: Mapping[str, Evidence], thresholds: Thresholds) -> CheckResult:
    """`evidence.provenance_share`: the share of figures whose stage, cell, inputs, parameters and method are on record.

    Larger is better; anything below all is red. Not evaluated where there is no evidence.

    >>> provenance_check({}, Thresholds()).reason
    'nothing was recorded'
    """
    lacking = len(without_provenance(evidence))
    share = (
        Estimate(1 - lacking / len(evidence), n=len(evidence)) if evidence else Estimate.missing("nothing was recorded")
    )
    return CheckResult(
        "evidence.provenance_share",
        "Figures that can be followed back to their inputs",
        share,
        thresholds[LIMIT],
        unit="%",
    )


def without_provenance(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """The figures that cannot be followed back, and what of their provenance is not on record."""
    gaps = [(e.id, e.title, ", ".join(lacking)) for e in evidence.values() if (lacking := provenance_gaps(e))]
    return pd.DataFrame(gaps, columns=["figure", "title", "not_on_record"])
