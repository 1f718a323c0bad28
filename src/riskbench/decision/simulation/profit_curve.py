"""Every other cut-off: what a lender would earn who approved up to each PD, by the score alone."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.decision.policy.economics import Economics
from riskbench.decision.weighted import ratio
from riskbench.metrics.arguments import Floats, probabilities


def profit_curve(
    pd_: ArrayLike, asked: ArrayLike, economics: Economics, points: int = 200, weight: ArrayLike = 1.0
) -> pd.DataFrame:
    """Approve everyone up to each PD: what share that is, how bad they are and what they earn.

    `pd_` and the amounts `asked` for (1 for unit exposure) are columns of one length, `weight` (see `outcome_weights`)
    a column or one number. Returns at most `points` rows by rising `cut_off` with `approval_share`, `bad_rate`
    (expected), `profit` per unit asked for, the quantity a lender maximises, and `profit_lent` per unit lent, each
    with an interval for the sampling of applicants. Equal PDs are approved together.
    """
    risk, amount = probabilities(pd_), np.asarray(asked, dtype=float)
    if risk.shape != amount.shape or not risk.size:
        raise ValueError(f"pd and amount must be columns of one length, at least 1, got {risk.size} and {amount.size}")
    order = np.argsort(risk, kind="stable")
    risk, amount = risk[order], amount[order]
    w = np.broadcast_to(np.asarray(weight, dtype=float), risk.shape)[order]
    last = np.flatnonzero(np.append(np.diff(risk) > 0, True))  # the last of each run of equal PDs
    last = last[np.unique(np.linspace(0, len(last) - 1, min(points, len(last))).round().astype(int))]
    n, total, apply_cost = len(risk), w.sum(), economics.cost_per_application
    earned = economics.expected_profit(risk, amount)

    def upto(values: Floats) -> Floats:
        return np.cumsum(values)[last]

    # Sums over all applicants, each approved one bringing earned − cost, each other −cost, over amounts a.
    profit = upto(w * (earned - apply_cost)) - apply_cost * (total - upto(w))
    profit_squared = upto((w * (earned - apply_cost)) ** 2) + apply_cost**2 * ((w**2).sum() - upto(w**2))
    approved_cross = upto(w**2 * (earned - apply_cost) * amount)
    by_lent = profit, upto(w * amount), profit_squared, approved_cross, upto((w * amount) ** 2)
    cross = approved_cross - apply_cost * ((w**2 * amount).sum() - upto(w**2 * amount))
    by_asked = profit, (w * amount).sum(), profit_squared, cross, ((w * amount) ** 2).sum()
    value, lower, upper = ratio(*by_asked, n)
    lent_value, lent_lower, lent_upper = ratio(*by_lent, n)
    return pd.DataFrame(
        {
            "cut_off": risk[last],
            "approval_share": upto(w) / total,
            "bad_rate": upto(w * risk) / upto(w),
            "profit": value,
            "lower": lower,
            "upper": upper,
            "profit_lent": lent_value,
            "lent_lower": lent_lower,
            "lent_upper": lent_upper,
        }
    )
