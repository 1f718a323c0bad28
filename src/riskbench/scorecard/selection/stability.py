"""Whether a candidate's own distribution holds over time, within the sample that the card is developed on.

Each period is compared with all others on the bins of the feature, by the characteristic stability index. A feature
leaves only where the largest index is both material (over the limit) and beyond chance at the size of the period, with
the level shared among the periods (Bonferroni). Nothing is known here of outcomes, nor of later samples.
"""

import numpy as np
import pandas as pd

from riskbench.core.results import Estimate
from riskbench.metrics.divergence import csi
from riskbench.scorecard.selection.state import Reasons, State

LEVEL = 0.95


def periods_of(months: pd.Series) -> pd.Series | None:
    """Quarters of months written "2023-04" (months, where they are of one quarter); None without dates.

    >>> periods_of(pd.Series(["2023-01", "2023-03", "2023-04"])).tolist()
    ['2023 Q1', '2023 Q1', '2023 Q2']
    """
    if months.nunique() < 2 or (months == "").any():
        return None
    quarter = (months.str[5:7].astype(int) + 2) // 3
    quarters = months.str[:4] + " Q" + quarter.astype(str)
    return quarters if quarters.nunique() > 1 else months


def unstable(state: State) -> Reasons:
    """Columns whose distribution moved over time, materially and beyond chance."""
    if state.periods is None:
        return {}
    labels, period = np.unique(state.periods.to_numpy(str), return_inverse=True)
    if len(labels) < 2:
        return {}
    reasons, limit, found = Reasons(), state.limits.csi, state.facts.setdefault("csi", {})
    for name in state.left:
        worst, at = _largest(state.codes(name), period, len(labels))
        if worst.value is None:
            continue
        found[name] = worst.value
        if worst.value > max(limit, worst.critical or 0.0):
            reasons[name] = (
                f"unstable over time: CSI {worst.value:.3f} in {labels[at]} against the rest of development, over"
                f" {limit:g} and beyond chance ({worst.critical:.3f})"
            )
    return reasons


def _largest(codes: np.ndarray, period: np.ndarray, periods: int) -> tuple[Estimate, int]:
    """The largest index of one period against the others, and which period that is."""
    table = np.bincount(codes * periods + period, minlength=(codes.max() + 1) * periods).reshape(-1, periods)
    table = table[table.sum(axis=1) > 0]
    level = 1 - (1 - LEVEL) / periods
    found = [csi(table.sum(axis=1) - table[:, at], table[:, at], level) for at in range(periods)]
    at = int(np.argmax([-1.0 if e.value is None else e.value for e in found]))
    return found[at], at
