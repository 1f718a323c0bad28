"""What a loan costs in all: the annual rate that its instalments are worth against what is paid out.

The lender keeps the fee back, so a customer who is charged interest on the whole amount receives less than it.
"""

import math
from typing import Literal

from scipy.optimize import brentq

Convention = Literal["nominal", "effective"]

MONTHS = 12


def all_in_rate(rate: float, term: int, fee: float = 0.0, convention: Convention = "effective") -> float:
    """The all-in annual rate, a share, of a loan repaid in equal instalments at the end of each month.

    `rate` is the monthly interest in [0, 1], `term` the number of instalments, at least 1, and `fee` the share of the
    amount in [0, 1) that is kept back. The monthly rate is the i at which instalment · a(i) = 1 − fee, with
    a(i) = (1 − (1 + i)^−term) / i (the internal rate of return); a year is 12 · i where `nominal` and
    (1 + i)^12 − 1 where `effective`. Larger is dearer. Raises ValueError outside of these.

    >>> round(all_in_rate(0.02, 6), 4)  # without a fee: 1.02^12 - 1
    0.2682
    >>> round(all_in_rate(0.02, 1, fee=0.03, convention="nominal"), 4)  # one instalment: 12 · (1.02 / 0.97 - 1)
    0.6186
    """
    monthly = monthly_cost(rate, term, fee)
    return MONTHS * monthly if convention == "nominal" else math.expm1(MONTHS * math.log1p(monthly))


def monthly_cost(rate: float, term: int, fee: float = 0.0) -> float:
    """The all-in rate a month, by the same arguments as `all_in_rate`; without a fee it is the interest."""
    _refuse(rate, term, fee)
    if fee == 0:
        return rate
    instalment = 1 / _annuity(rate, term)
    if term == 1:
        return instalment / (1 - fee) - 1

    def above_paid_out(i: float) -> float:
        return instalment * _annuity(i, term) - (1 - fee)

    # At the interest the instalments are worth the whole amount, more than is paid out. None of them is ever worth more
    # than 1 / (1 + i) of itself, so at the upper end all are worth no more than that.
    highest = (1 + 1e-9) * term * instalment / (1 - fee) - 1
    if above_paid_out(rate) <= 0:  # the fee is lost in rounding
        return rate
    return float(brentq(above_paid_out, rate, highest, xtol=1e-14))


def life_margin(rate: float, term: int, fee: float = 0.0) -> float:
    """Interest and fee of a loan that is repaid as agreed, per unit lent over its life: term · instalment − 1 + fee.

    The arguments are those of `all_in_rate`; this is the `margin` of a policy's economics for one price.

    >>> round(life_margin(0.02, 1, fee=0.03), 4)
    0.05
    """
    _refuse(rate, term, fee)
    return term / _annuity(rate, term) - 1 + fee


def _refuse(rate: float, term: int, fee: float) -> None:
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must lie in [0, 1], a share a month, got {rate:g}")
    if term < 1:
        raise ValueError(f"term must be at least one instalment, got {term}")
    if not 0 <= fee < 1:
        raise ValueError(f"fee must lie in [0, 1), a share of the amount, got {fee:g}")


def _annuity(rate: float, term: int) -> float:
    """What instalments of 1 at the end of each month are worth today."""
    return -math.expm1(-term * math.log1p(rate)) / rate if rate else float(term)
