"""The same amount month by month: sums, means, extremes, trends, volatility.

The values of a series stand in the order of time, the oldest first. A missing value is left out, not taken for zero.
"""

from collections.abc import Sequence
from fractions import Fraction

from sqlglot import exp

from riskbench.data.features.function import Number
from riskbench.data.features.ratios import ratio

ZERO, ONE = exp.Literal.number(0), exp.Literal.number(1)


def sum_of(first: Number, *more: Number) -> exp.Expr:
    """The sum of the values that are there.

    Unit: that of the values. Missing: values that are missing are left out; missing where all are.

    >>> from riskbench.data.features.formulas import value
    >>> value("sum_of(paid_april, paid_may)", paid_april=20, paid_may=None)
    20.0
    """
    return exp.case().when(any_there(first, *more), _sum(first, *more))


def mean_of(first: Number, *more: Number) -> exp.Expr:
    """The mean of the values that are there.

    Unit: that of the values. Missing: values that are missing are left out; missing where all are.

    >>> from riskbench.data.features.formulas import value
    >>> value("mean_of(april, may, june)", april=10, may=None, june=20)
    15.0
    """
    return ratio(_sum(first, *more), number_there(first, *more))


def largest_of(first: Number, *more: Number) -> exp.Expr:
    """The largest of the values that are there: the worst one, where more is worse.

    Unit: that of the values. Missing: values that are missing are left out; missing where all are.

    >>> from riskbench.data.features.formulas import value
    >>> value("largest_of(late_april, late_may)", late_april=0, late_may=3)
    3.0
    """
    return exp.Greatest(this=first, expressions=list(more), ignore_nulls=True)


def smallest_of(first: Number, *more: Number) -> exp.Expr:
    """The smallest of the values that are there: the worst one, where less is worse.

    Unit: that of the values. Missing: values that are missing are left out; missing where all are.

    >>> from riskbench.data.features.formulas import value
    >>> value("smallest_of(balance_april, balance_may)", balance_april=None, balance_may=-40)
    -40.0
    """
    return exp.Least(this=first, expressions=list(more), ignore_nulls=True)


def trend(oldest: Number, second: Number, third: Number, *later: Number) -> exp.Expr:
    """The slope of the least-squares line through a series: by how much it rises from one month to the next.

    The values stand oldest first, one a month. Unit: that of the values, a month. Missing: a month without value keeps
    its place and is left out of the line; missing where fewer than three values are there. Formula: (Σty - ΣtΣy/n) over
    (Σt² - (Σt)²/n), with month t and value y of the n that are there.

    >>> from riskbench.data.features.formulas import value
    >>> value("trend(april, may, june)", april=10, may=30, june=20)
    5.0
    """
    series = [oldest, second, third, *later]
    middle = Fraction(len(series) - 1, 2)  # months counted from the middle keep the sums small and exact
    months = [_number(position - middle) for position in range(len(series))]
    there, values = [_is_there(y) for y in series], [_or_zero(y) for y in series]
    n, t, y = _total(there), _total(_products(months, there)), _total(values)
    tt = _total(_products(_products(months, months), there))
    ty = _total(_products(months, values))
    return _of_three(n, series, (ty - t * y / n) / (tt - t * t / n))


def relative_trend(oldest: Number, second: Number, third: Number, *later: Number) -> exp.Expr:
    """The trend of a series as a share of its mean: 0.1 is a tenth of the mean more from one month to the next.

    The values stand oldest first, one a month. Unit: a share a month. Zero and negative: missing where the mean is zero
    or less. Missing: as for `trend`.

    >>> from riskbench.data.features.formulas import value
    >>> value("relative_trend(april, may, june)", april=10, may=30, june=20)
    0.25
    """
    return ratio(trend(oldest, second, third, *later), mean_of(oldest, second, third, *later))


def volatility(first: Number, second: Number, third: Number, *more: Number) -> exp.Expr:
    """The coefficient of variation: standard deviation over mean, n - 1 in the denominator of the variance.

    Unit: a share of the mean. Zero and negative: missing where the mean is zero or less. Missing: values that are
    missing are left out; missing where fewer than three are there.

    >>> from riskbench.data.features.formulas import value
    >>> value("volatility(april, may, june)", april=10, may=20, june=30)
    0.5
    """
    series = [first, second, third, *more]
    values = [_or_zero(y) for y in series]
    n, total, squares = number_there(*series), _total(values), _total(_products(values, values))
    variance = (squares - total * total / n) / (n - 1)
    above = exp.Greatest(this=variance, expressions=[ZERO], ignore_nulls=True)  # rounding may leave it below zero
    return ratio(_of_three(n, series, exp.Sqrt(this=above)), mean_of(*series))


def any_there(*values: exp.Expr) -> exp.Expr:
    """Whether one of the values is there."""
    return exp.Coalesce(this=values[0], expressions=list(values[1:])).is_(exp.null()).not_()


def number_there(*values: exp.Expr) -> exp.Expr:
    """How many of the values are there."""
    return _total([_is_there(value) for value in values])


def _of_three(n: exp.Expr, series: Sequence[exp.Expr], statistic: exp.Expr) -> exp.Expr:
    """A statistic of how the values differ: missing for fewer than three, exactly 0 where they do not differ."""
    same = largest_of(*series).eq(smallest_of(*series))
    return exp.case().when(n < 3, exp.null()).when(same, ZERO).else_(statistic)


def _sum(*values: exp.Expr) -> exp.Expr:
    return _total([_or_zero(value) for value in values])


def _or_zero(value: exp.Expr) -> exp.Expr:
    return exp.Coalesce(this=value, expressions=[ZERO])


def _is_there(value: exp.Expr) -> exp.Expr:
    return exp.case().when(value.is_(exp.null()), ZERO).else_(ONE)


def _products(left: Sequence[exp.Expr], right: Sequence[exp.Expr]) -> list[exp.Expr]:
    return [a * b for a, b in zip(left, right, strict=True)]


def _total(terms: Sequence[exp.Expr]) -> exp.Expr:
    total = terms[0]
    for term in terms[1:]:
        total = exp.Add(this=total, expression=term)
    return exp.Paren(this=total)


def _number(value: Fraction) -> exp.Expr:
    return exp.cast(exp.Literal.number(float(value)), "DOUBLE")  # a literal alone would be a decimal


FUNCTIONS = (sum_of, mean_of, largest_of, smallest_of, trend, relative_trend, volatility)
