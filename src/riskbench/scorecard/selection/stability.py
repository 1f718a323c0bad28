"""Whether a candidate's own distribution holds over time, within the sample that the card is developed on.

The last period of development is compared with all before it on the bins of the candidate, by the characteristic
stability index: it is the nearest there is to the applications that the card will meet. A candidate leaves only where
the index is both material (over the limit) and beyond chance at the size of the period. The largest index of any period
against the others is shown beside it. Nothing is known here of outcomes, nor of later samples.
"""

import numpy as np
import pandas as pd

from riskbench.data.periods import periods
from riskbench.scorecard.bins_by_period import against_the_others
from riskbench.scorecard.selection.state import Reasons, State


def quarters_of(months: pd.Series) -> pd.Series | None:
    """Quarters of months written "2023-04" (months, where they are of one quarter); None without dates.

    >>> quarters_of(pd.Series(["2023-01", "2023-03", "2023-04"])).tolist()
    ['2023 Q1', '2023 Q1', '2023 Q2']
    """
    if months.nunique() < 2 or (months == "").any():
        return None
    quarters = periods(months, "quarter")
    return quarters if quarters.nunique() > 1 else months


def unstable(state: State) -> Reasons:
    """Candidates whose distribution moved in the last period, materially and beyond chance."""
    if state.periods is None or state.periods.nunique() < 2:
        return {}
    labels, period = np.unique(state.periods.to_numpy(str), return_inverse=True)
    last, largest = state.facts.setdefault("csi", {}), state.facts.setdefault("csi_largest", {})
    reasons, limit = Reasons(), state.limits.csi
    for name in state.left:
        found = against_the_others(pd.crosstab(period, state.codes(name)))
        values = [e.value for e in found if e.value is not None]
        now = found[-1]
        if now.value is None or now.critical is None:  # one bin only
            continue
        last[name], largest[name] = now.value, max(values)
        if now.value > max(limit, now.critical):
            reasons[name] = (
                f"unstable over time: CSI {now.value:.3f} in {labels[-1]} against development before it, over {limit:g}"
                f" and beyond chance ({now.critical:.3f})"
            )
    return reasons
