"""What lending is expected to cost and to earn.

The inputs are model outputs, so the sums carry no interval: how far PD, LGD and margin can be trusted is the question
of calibration, and how far realised losses scatter is the question of a capital model.
"""

import numpy as np
from numpy.typing import ArrayLike

from riskbench.core.results import Estimate
from riskbench.metrics.arguments import Floats, probabilities, risks


def loan_loss(pd: ArrayLike, lgd: ArrayLike, ead: ArrayLike) -> Floats:
    """Expected loss of each loan, PD · LGD · EAD, in the currency of `ead`; lgd may be one number for all.

    >>> loan_loss([0.02, 0.10], 0.45, [1000, 500]).round(2).tolist()
    [9.0, 22.5]
    """
    p = probabilities(pd)
    return p * probabilities(_each(lgd, p), "lgd") * _amounts(_each(ead, p), "ead")


def loan_profit(pd: ArrayLike, margin: ArrayLike, lgd: ArrayLike, ead: ArrayLike, cost: ArrayLike = 0.0) -> Floats:
    """Expected profit of each loan: EAD · ((1 − PD) · margin − PD · LGD) − cost, in the currency of `ead`.

    `margin` is what a loan repaid earns over its life after funding, as a share of EAD; `cost` is money a loan,
    whatever becomes of it. `margin`, `lgd`, `ead` and `cost` may each be one number for all.

    >>> loan_profit([0.02, 0.10], 0.06, 0.45, 1000, cost=5).round(2).tolist()
    [44.8, 4.0]
    """
    p = probabilities(pd)
    earned = (1 - p) * risks(_each(margin, p), "margin") * _amounts(_each(ead, p), "ead")
    return earned - loan_loss(p, lgd, ead) - risks(_each(cost, p), "cost")


def expected_loss(pd: ArrayLike, lgd: ArrayLike, ead: ArrayLike) -> Estimate:
    """Expected loss of the portfolio: Σ PD · LGD · EAD, in the currency of `ead`.

    >>> round(expected_loss([0.02, 0.10], 0.45, [1000, 500]).value, 2)
    31.5
    """
    return _total(loan_loss(pd, lgd, ead), "Σ PD · LGD · EAD")


def expected_profit(
    pd: ArrayLike, margin: ArrayLike, lgd: ArrayLike, ead: ArrayLike, cost: ArrayLike = 0.0
) -> Estimate:
    """Expected profit of the portfolio, the sum of `loan_profit`, in the currency of `ead`.

    >>> round(expected_profit([0.02, 0.10], 0.06, 0.45, 1000, cost=5).value, 2)
    48.8
    """
    return _total(loan_profit(pd, margin, lgd, ead, cost), "Σ EAD · ((1 − PD) · margin − PD · LGD) − cost")


def expected_return(
    pd: ArrayLike, margin: ArrayLike, lgd: ArrayLike, ead: ArrayLike, cost: ArrayLike = 0.0
) -> Estimate:
    """Expected profit per unit lent: `expected_profit` over Σ EAD, a share.

    >>> round(expected_return([0.02, 0.10], 0.06, 0.45, 1000, cost=5).value, 4)
    0.0244
    """
    profits = loan_profit(pd, margin, lgd, ead, cost)
    lent = float(np.sum(_each(ead, profits)))
    if not lent:
        return Estimate.missing("nothing is lent", profits.size, "expected profit / Σ EAD")
    return Estimate(float(profits.sum()) / lent, n=profits.size, method="expected profit / Σ EAD")


def _total(loans: Floats, method: str) -> Estimate:
    return Estimate(float(loans.sum()), n=loans.size, method=method)


def _each(value: ArrayLike, like: Floats) -> Floats:
    column = np.asarray(value, dtype=float)
    if column.ndim and column.shape != like.shape:
        raise ValueError(f"columns must have the same length, got {column.size} beside {like.size} PDs")
    return np.broadcast_to(column, like.shape)


def _amounts(values: Floats, name: str) -> Floats:
    amounts = risks(values, name)
    if (amounts < 0).any():
        raise ValueError(f"{name} must not be negative, got {amounts.min():g}")
    return amounts
