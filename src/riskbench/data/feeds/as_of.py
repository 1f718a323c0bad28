"""What was known at a moment, of rows that have two times: the event they speak of, and when they arrived.

Known at a moment are the rows that had arrived before it and whose event is not after it. Of several versions of one
key and event the latest arrival is in force; of several events the latest is the value. Rows carry `event_`,
`arrived_` and, to settle what is left, `content_`.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import Table, Value

TICK = ibis.interval(microseconds=1)
ORDER = ("seen_", "event_", "arrived_", "content_")


def seen(rows: Table) -> Value:
    """A row is known at every moment after this one: it has arrived by then, and its event is not to come."""
    return ibis.greatest(rows.arrived_, rows.event_ - TICK)


def values_in_force(rows: Table, on: Sequence[str]) -> Table:
    """The rows that are ever the latest value of `on`, with column `seen_`: each is it until the next one is seen.

    So the value at a moment is the last row seen strictly before it, which an as-of join finds.
    """
    rows = rows.mutate(seen_=seen(rows))
    whose = ibis.window(group_by=list(on), order_by=list(ORDER))
    so_far = ibis.cumulative_window(group_by=list(on), order_by=list(ORDER))
    judged = rows.mutate(newest_=rows.event_.max().over(so_far), next_=rows.seen_.lead().over(whose))
    latest = judged.event_ == judged.newest_
    last = judged.next_.isnull() | (judged.next_ != judged.seen_)
    return judged.filter(latest & last).drop("newest_", "next_")


def versions_in_force(rows: Table, key: Sequence[str]) -> Table:
    """Every row with `seen_` and `until_`: in force at moments after `seen_` up to `until_` (missing: for ever)."""
    rows = rows.mutate(seen_=seen(rows))
    versions = ibis.window(group_by=[*key, "event_"], order_by=list(ORDER))
    return rows.mutate(until_=rows.seen_.lead().over(versions))
