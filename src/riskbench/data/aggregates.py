"""The statistic of one aggregate over the rows known before a decision, as an Ibis expression.

The rows come as pairs of an application and a row that it may know: `moment_` is what the row was known before,
`known_at_` when that was, `as_of` the moment of the decision. The order of the rows decides nothing here but the last
bits of sums, means, deviations and trends.
"""

from typing import Any

import ibis
from ibis.expr.types import Table

from riskbench.data.study.schema import Aggregate

COUNTS = ("count", "distinct")  # 0 without rows
MONTH = 30  # days: the unit of a trend
FEWEST = 3  # values that a trend needs


def statistic(pairs: Table, aggregate: Aggregate, column: str | None, condition: str | None) -> Any:
    """One aggregate over `pairs`: `column` holds what it is of, `condition` whether a row takes part."""
    window = _window(pairs, aggregate)
    meets: Any = pairs[condition].cast("boolean").fill_null(False) if condition else None
    if aggregate.how == "share":
        return meets.cast("float64").mean(where=window)
    rows = window if meets is None else meets if window is None else window & meets
    if aggregate.how == "count":
        return pairs.count(where=rows)
    if aggregate.how in ("days_since_first", "days_since_last"):
        days = pairs.as_of.cast("date").delta(pairs.known_at_.cast("date"), unit="day")
        return days.max(where=rows) if aggregate.how == "days_since_first" else days.min(where=rows)
    of = pairs[column]
    if aggregate.how in ("first", "last"):
        # of several values of one moment the smallest is first, the largest last: the order of rows decides nothing
        return getattr(of, aggregate.how)(where=rows, order_by=[pairs.known_at_, of])
    if aggregate.how == "distinct":
        return of.nunique(where=rows)
    if aggregate.how == "sd":
        return of.std(where=rows, how="sample")
    if aggregate.how == "trend":
        return _trend(pairs, of, rows)
    return getattr(of, aggregate.how)(where=rows)


def _window(pairs: Table, aggregate: Aggregate) -> Any:
    """Whether a row lies in the aggregate's own window; None where it has none."""
    bounds = []
    if aggregate.skip_days:
        bounds.append(pairs.known_at_ < pairs.moment_ - ibis.interval(days=aggregate.skip_days))
    if aggregate.reach is not None:
        bounds.append(pairs.known_at_ >= pairs.moment_ - ibis.interval(days=aggregate.reach))
    return ibis.and_(*bounds) if bounds else None


def _trend(pairs: Table, of: Any, rows: Any) -> Any:
    there = of.notnull() if rows is None else rows & of.notnull()
    months = -pairs.as_of.cast("date").delta(pairs.known_at_.cast("date"), unit="day") / MONTH
    spread = months.var(where=there, how="pop")
    slope = months.cov(of.cast("float64"), where=there, how="pop") / spread.nullif(0)
    return (of.count(where=there) >= FEWEST).ifelse(slope, None)
