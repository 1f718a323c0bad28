"""One amount against another: ratios, shares, utilisation, change."""

from sqlglot import exp

from riskbench.data.features.function import Number


def ratio(a: Number, b: Number) -> exp.Expr:
    """The first number over the second.

    Unit: that of `a` for one of `b`. Zero: missing where `b` is zero. Negative: missing where `b` is negative, since
    over a negative number more of `a` gives less; where the sign is meant, write `a / nullif(b, 0)`. Missing: where
    either is.

    >>> from riskbench.data.features.formulas import value
    >>> value("ratio(debt, income)", debt=600, income=1500)
    0.4
    >>> value("ratio(debt, income)", debt=600, income=0)
    nan
    """
    return exp.case().when(b > 0, a / b)


def share(part: Number, whole: Number) -> exp.Expr:
    """The part of a whole, kept between 0 and 1.

    Unit: a share. Zero and negative: missing where `whole` is zero or less; a negative part counts as 0, one that is
    larger than the whole as 1. Missing: where either is.

    >>> from riskbench.data.features.formulas import value
    >>> value("share(open_lines, all_lines)", open_lines=3, all_lines=12)
    0.25
    """
    return clip(ratio(part, whole), exp.Literal.number(0), exp.Literal.number(1))


def utilisation(balance: Number, limit: Number) -> exp.Expr:
    """The used part of a credit limit; over 1 where the limit is exceeded.

    Unit: a share. Zero: missing where `limit` is zero or less. Negative: a balance in the customer's favour uses
    nothing and counts as 0. Missing: where either is.

    >>> from riskbench.data.features.formulas import value
    >>> value("utilisation(bill, credit)", bill=1200, credit=1000)
    1.2
    >>> value("utilisation(bill, credit)", bill=-50, credit=1000)
    0.0
    """
    return ratio(exp.case().when(balance < 0, exp.Literal.number(0)).else_(balance), limit)


def change(now: Number, before: Number) -> exp.Expr:
    """By how much an amount has grown, as a share of what it was before: 0 is no change, -1 is all gone.

    Unit: a share. Zero and negative: missing where `before` is zero or less. Missing: where either is.

    >>> from riskbench.data.features.formulas import value
    >>> value("change(amount, last_amount)", amount=150, last_amount=100)
    0.5
    """
    return ratio(now, before) - 1


def clip(x: Number, low: Number, high: Number) -> exp.Expr:
    """A number kept between two bounds: what lies beyond a bound counts as that bound.

    Unit: that of `x`. Missing: where `x` is (SQL's own `greatest(x, low)` would give the bound). A missing bound does
    not bind.

    >>> from riskbench.data.features.formulas import value
    >>> value("clip(x, -1, 5)", x=7), value("clip(x, -1, 5)", x=None)
    (5.0, nan)
    """
    return exp.case().when(x < low, low).when(x > high, high).else_(x)


FUNCTIONS = (ratio, share, utilisation, change, clip)
