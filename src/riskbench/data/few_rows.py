"""The plain aggregates of the few rows of one customer, without a query: what `aggregates.py` says, for one moment.

Plain is an aggregate of a column or of the rows, without formula, condition or square. Tests hold both against each
other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from riskbench.data.study.schema import Aggregate, How

PLAIN: tuple[How, ...] = (
    "count", "distinct", "mean", "sum", "min", "max", "first", "last", "days_since_first", "days_since_last",
)  # fmt: skip


@dataclass(frozen=True)
class FewRows:
    """Rows that a decision may know: their columns, and when each was known.

    `known_at` and `moment` are whole numbers of one unit, of which a day has `per_day`: a clock or days.
    """

    columns: Mapping[str, Sequence[Any]]
    known_at: np.ndarray
    moment: int
    per_day: int


def is_plain(aggregate: Aggregate) -> bool:
    """Whether an aggregate is computed here."""
    return aggregate.how in PLAIN and aggregate.formula is None and aggregate.where is None


def statistic_of(rows: FewRows, aggregate: Aggregate) -> Any:
    """One plain aggregate; None where it is missing.

    >>> from riskbench.data.study.schema import Aggregate
    >>> rows = FewRows({"paid": [5.0, None, 8.0]}, np.array([1, 2, 9]), moment=10, per_day=1)
    >>> [statistic_of(rows, Aggregate(column="paid", how=how, description="")) for how in ("count", "mean", "last")]
    [3, 6.5, 8.0]
    >>> statistic_of(rows, Aggregate(column="paid", how="count", within_days=3, description=""))
    1
    """
    inside = np.ones(len(rows.known_at), dtype=bool)
    if aggregate.skip_days:
        inside &= rows.known_at < rows.moment - aggregate.skip_days * rows.per_day
    if aggregate.reach is not None:
        inside &= rows.known_at >= rows.moment - aggregate.reach * rows.per_day
    places = np.flatnonzero(inside).tolist()
    if aggregate.how == "count":
        return len(places)
    if aggregate.how in ("days_since_first", "days_since_last"):
        days = [rows.moment // rows.per_day - int(rows.known_at[place]) // rows.per_day for place in places]
        return (max if aggregate.how == "days_since_first" else min)(days, default=None)
    column = rows.columns[str(aggregate.column)]
    there = [place for place in places if column[place] is not None]
    values = [column[place] for place in there]
    if aggregate.how == "distinct":
        return len(set(values))
    if not values:
        return None
    if aggregate.how in ("first", "last"):
        choose = min if aggregate.how == "first" else max
        return choose((int(rows.known_at[place]), column[place]) for place in there)[1]
    if aggregate.how in ("min", "max"):
        return min(values) if aggregate.how == "min" else max(values)
    total = sum(values)
    return total if aggregate.how == "sum" else total / len(values)
