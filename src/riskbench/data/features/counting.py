"""In how many months something was over a threshold, and how long ago that was."""

from sqlglot import exp

from riskbench.data.features.function import Number
from riskbench.data.features.ratios import ratio
from riskbench.data.features.series import ONE, ZERO, any_there, number_there


def count_over(threshold: Number, first: Number, *more: Number) -> exp.Expr:
    """How many of the values are larger than the threshold.

    Unit: a count. Missing: a missing value is not over; missing where all values are, or the threshold is.

    >>> from riskbench.data.features.formulas import value
    >>> value("count_over(0, late_april, late_may, late_june)", late_april=2, late_may=0, late_june=1)
    2.0
    """
    count: exp.Expr = _is_over(threshold, first)
    for one in more:
        count = exp.Add(this=count, expression=_is_over(threshold, one))
    return exp.case().when(_can_tell(threshold, first, *more), count)


def share_over(threshold: Number, first: Number, *more: Number) -> exp.Expr:
    """Which share of the values that are there is larger than the threshold.

    Unit: a share. Missing: values that are missing are left out; missing where all are, or the threshold is.

    >>> from riskbench.data.features.formulas import value
    >>> value("share_over(0, late_april, late_may, late_june)", late_april=2, late_may=None, late_june=0)
    0.5
    """
    return ratio(count_over(threshold, first, *more), number_there(first, *more))


def months_since_over(threshold: Number, oldest: Number, *later: Number) -> exp.Expr:
    """How many months ago the series was last over the threshold; as many as there are months where it never was.

    The values stand oldest first, one a month. Unit: months; 0 is the newest month. "Never" is the number of months,
    since it is at least so long ago. Missing: a missing value is not over; missing where all values are, or the
    threshold is.

    >>> from riskbench.data.features.formulas import value
    >>> value("months_since_over(0, april, may, june)", april=1, may=2, june=0)
    1.0
    >>> value("months_since_over(0, april, may, june)", april=0, may=0, june=0)
    3.0
    """
    series = [oldest, *later]
    since = exp.case().when(_can_tell(threshold, *series).not_(), exp.null())
    for months, one in enumerate(reversed(series)):
        since = since.when(one > threshold, exp.Literal.number(months))
    return since.else_(exp.Literal.number(len(series)))


def _is_over(threshold: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.case().when(value > threshold, ONE).else_(ZERO)


def _can_tell(threshold: exp.Expr, *values: exp.Expr) -> exp.Expr:
    return exp.and_(threshold.is_(exp.null()).not_(), any_there(*values))


FUNCTIONS = (count_over, share_over, months_since_over)
