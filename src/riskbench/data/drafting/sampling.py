"""How the draft divides the applications: an out-of-time period where decisions are dated, else only a hash split."""

from dataclasses import dataclass

import numpy as np

from riskbench.core.errors import DataError
from riskbench.data.drafting.facts import Facts
from riskbench.data.study.sections import Period

LAST_MONTHS = 0.28  # of all months go out of time: between a quarter and a third


@dataclass(frozen=True)
class Periods:
    """Development and out-of-time periods, or none; and in a sentence why they are what they are."""

    development: Period | None
    out_of_time: Period | None
    why: str


def decision_days(facts: Facts, file: str) -> np.ndarray:
    """The day of the decision of every row.

    Raises `DataError` when the column holds no dates, when a row has none, or one lies in the future.
    """
    if facts.kind != "date":
        rule = f"the decision date must be a date, the column was read as {facts.kind}: {facts.how}"
        raise DataError(rule, file=file, column=facts.name, remedy="correct its form, or leave out --date")
    if facts.missing:
        rows = (np.flatnonzero(~facts.filled)[:5] + 1).tolist()
        rule = f"every row must have a decision date, {facts.missing:,} have none"
        raise DataError(rule, file=file, column=facts.name, rows=rows, remedy="fill them in or leave the rows out")
    today = np.datetime64("today")
    if (later := facts.days > today).any():
        rows = (np.flatnonzero(later)[:5] + 1).tolist()
        rule = f"a decision cannot lie in the future, {int(later.sum()):,} do"
        raise DataError(rule, file=file, column=facts.name, rows=rows, remedy="correct them or leave the rows out")
    return facts.days


def propose_periods(days: np.ndarray, y: np.ndarray) -> Periods:
    """The last months, about 28 in 100, out of time, moved as little as needed to have both classes on each side."""
    months = days.astype("datetime64[M]")
    found, position = np.unique(months, return_inverse=True)
    bads = np.bincount(position[y == 1], minlength=len(found)).cumsum()
    goods = np.bincount(position[y == 0], minlength=len(found)).cumsum()
    cuts = np.arange(1, len(found))  # months of development
    before, after = np.minimum(bads, goods)[:-1], np.minimum(bads[-1] - bads, goods[-1] - goods)[:-1]
    possible = cuts[(before > 0) & (after > 0)]
    if not len(possible):
        span = "one month alone" if len(found) == 1 else f"{len(found)} months, of which no later part has both classes"
        return Periods(None, None, f"the decisions fall in {span}, so there is no out-of-time period")
    wanted = (1 - LAST_MONTHS) * len(found)
    cut = int(possible[np.argmin(np.abs(possible - wanted))])
    why = f"the last {len(found) - cut} of {len(found)} months with decisions are out of time"
    return Periods(_period(found[0], found[cut - 1]), _period(found[cut], found[-1]), why)


def _period(first: np.datetime64, last: np.datetime64) -> Period:
    """From the first day of one month to the last day of another."""
    end = (last + 1).astype("datetime64[D]") - 1
    return Period(first=first.astype("datetime64[D]").item(), last=end.item())
