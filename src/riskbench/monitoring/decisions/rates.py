"""Did decisions move with the population: what the policy and the lender decide, by month and against the reference.

The policy of the run is asked of all applications, so a rate that moves is moved by who applies. What the lender did is
what happened then; where it approved what the policy would decline, that is a low-side override, and a high-side one
where it declined what the policy would lend to (`validation/population/overrides.py`).
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.data.applications import amounts, decisions_in_force
from riskbench.data.study import Study
from riskbench.decision.policy.section import LENDING, SEVERITY
from riskbench.metrics.arguments import Bools
from riskbench.metrics.intervals import difference, wilson_bounds
from riskbench.metrics.multiple_tests import holm
from riskbench.monitoring.population.points import welch
from riskbench.monitoring.population.window import Window

LENDER = "lender approves"
LOW_SIDE = "lender approves, policy declines"
HIGH_SIDE = "lender declines, policy lends"
DRAWN = (*SEVERITY, LENDER)  # in a figure; overrides are in its table
CHANGES = ["decided", "share_before", "share_now", "change", "lower", "upper"]


def decided(study: Study, applications: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """One column of truths for each thing that may be decided, one row an application.

    The four actions of the policy first; where the study knows the lender's decisions, its approvals and the overrides.
    """
    action = decisions["action"]
    columns: dict[str, Bools] = {name: (action == name).to_numpy() for name in SEVERITY}
    try:
        approved = decisions_in_force(study, applications).to_numpy(dtype=bool)
    except NotEvaluated:
        return pd.DataFrame(columns)
    lends = action.isin(LENDING).to_numpy()
    columns |= {LENDER: approved, LOW_SIDE: approved & columns["decline"], HIGH_SIDE: ~approved & lends}
    return pd.DataFrame(columns)


def rates_by_month(truths: pd.DataFrame, window: Window) -> pd.DataFrame:
    """The share of each month's applications for which each column of `truths` holds, with Wilson's interval.

    Returns `month, series, n, value, lower, upper`, months in their order and empty ones without a value. Raises
    NotEvaluated where the window has no months.
    """
    months = pd.Index(window.by_month())
    inside = window.month[window.current].to_numpy()
    n = pd.Series(1, index=inside).groupby(level=0).sum().reindex(months, fill_value=0).to_numpy()
    parts = []
    for name in truths:
        hits = pd.Series(truths[name].to_numpy()[window.current], index=inside).groupby(level=0).sum()
        with np.errstate(invalid="ignore"):
            share = hits.reindex(months, fill_value=0).to_numpy(float) / n
        lower, upper = wilson_bounds(share, n)
        columns = {"month": months, "series": name, "n": n, "value": share, "lower": lower, "upper": upper}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def changes(truths: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a column of `truths`: its share in the reference and in the window, and the change with its interval.

    Returns `decided, share_before, share_now, change, lower, upper, p_adjusted`; the interval is Newcombe's, p that of
    two shares with a pooled variance, adjusted for all rows.
    """
    rows, p = [], []
    n, m = int(window.reference.sum()), int(window.current.sum())
    for name in truths:
        truth = truths[name].to_numpy()
        before, now = int(truth[window.reference].sum()), int(truth[window.current].sum())
        rows.append((name, before / n, now / m, *difference(now, m, before, n).bounded))
        p.append(pooled_p(before, n, now, m))
    return pd.DataFrame(rows, columns=CHANGES).assign(p_adjusted=holm(p))


def pooled_p(before: int, n: int, now: int, m: int) -> float:
    """The two-sided p-value of two shares being one, by the pooled variance; 1 where neither side or all have it.

    >>> round(pooled_p(50, 100, 60, 100), 4)
    0.1552
    """
    pooled = (before + now) / (n + m)
    error = (pooled * (1 - pooled) * (1 / n + 1 / m)) ** 0.5
    return 1.0 if error == 0 else float(2 * ndtr(-abs(now / m - before / n) / error))


def approval(decisions: pd.DataFrame, window: Window) -> Estimate:
    """The share that the policy approves, limited ones included, in the window less that in the reference; Newcombe."""
    lends = decisions["action"].isin(LENDING).to_numpy()
    n, m = int(window.reference.sum()), int(window.current.sum())
    return difference(int(lends[window.current].sum()), m, int(lends[window.reference].sum()), n)


def amount_changes(
    study: Study, applications: pd.DataFrame, decisions: pd.DataFrame, window: Window
) -> list[CheckResult]:
    """`amounts.asked_change` and `amounts.lent_change`: how mean amounts have changed, in the study's currency.

    Asked for by all; lent by the policy, of those it lends to. Raises NotEvaluated where the study has no amounts.
    """
    asked = amounts(study, applications).to_numpy(float)
    lends = decisions["action"].isin(LENDING).to_numpy()
    lent, unit = decisions["amount"].to_numpy(float), study.currency
    everybody = _change(asked, window.reference, window.current)
    of_loans = _change(lent, window.reference & lends, window.current & lends)
    return [
        CheckResult("amounts.asked_change", "Change of the mean amount asked for", everybody, unit=unit),
        CheckResult("amounts.lent_change", "Change of the mean amount lent", of_loans, unit=unit),
    ]


def _change(values: np.ndarray, before: Bools, now: Bools) -> Estimate:
    known = np.isfinite(values)
    return welch(values[before & known], values[now & known])
