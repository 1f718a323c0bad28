"""The limits that judged a run: which file they come from, and where the study set its own."""

from collections import Counter

import pandas as pd

from riskbench.core.thresholds import Thresholds
from riskbench.core.words import format_limits


def told(thresholds: Thresholds) -> str:
    """The version of the file of limits, what its lines rest on, and how many the study has set otherwise.

    >>> told(Thresholds()).split(":")[0]
    'Limits of version 2026.11'
    """
    basis = Counter(threshold.basis for threshold in thresholds)
    return (
        f"Limits of version {thresholds.version}: {basis['convention']} rest on a convention and {basis['rule']} on a "
        f"rule; the study has set {len(thresholds.overridden()) or 'none'} of them otherwise."
    )


def overridden(thresholds: Thresholds) -> pd.DataFrame:
    """One row a limit that the study set itself: threshold, limit_of_the_file, limit_here, because."""
    rows = [
        (own.key, format_limits(file), format_limits(own), own.override_reason) for file, own in thresholds.overridden()
    ]
    return pd.DataFrame(rows, columns=["threshold", "limit_of_the_file", "limit_here", "because"])
