"""The rows of a table with both of their times: those of the study's file, and all that a feed has brought.

A row of the file was known from `known_at` on, a day meaning its end; without a date (join `one`) it was always known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
from ibis.expr.types import Table

from riskbench.data.feeds.as_of import TICK, seen, values_in_force, versions_in_force
from riskbench.data.feeds.description import Feed
from riskbench.data.study.schema import LEFT_OUT, TableSpec

ALWAYS = "1677-10-01 00:00:00"  # before every moment that a timestamp can hold
TIMES = ("event_", "arrived_", "content_")


@dataclass(frozen=True)
class Fed:
    """The feed of a table, and the parts that it has brought."""

    feed: Feed
    paths: Sequence[Path]


def in_force(backend: Any, table: Table, spec: TableSpec, fed: Fed | None = None) -> Table:
    """The rows of a table with `event_`, `arrived_`, `content_` and `seen_`, each as long as it is in force.

    For join `aggregate` with `until_`. `table` is the study's own file, `fed` what has arrived since.
    """
    fed = fed if fed and fed.paths else None
    rows = _of_file(table, spec, fed.feed if fed else None)
    if fed:
        arrived = backend.read_parquet([str(path) for path in fed.paths], table_name=f"{fed.feed.table}_arrived_")
        kinds = rows.schema()
        rows = rows.union(arrived.select(**{column: arrived[column].cast(kinds[column]) for column in rows.columns}))
    if spec.join != "aggregate":
        return values_in_force(rows, [spec.on] if spec.on else [])
    if fed:
        return versions_in_force(rows, fed.feed.key)
    return rows.mutate(seen_=seen(rows), until_=ibis.null("timestamp(6)"))


def _of_file(table: Table, spec: TableSpec, feed: Feed | None) -> Table:
    wanted = [name for name, column in spec.columns.items() if column.role not in LEFT_OUT]
    event_at = feed.event_at if feed else spec.event_at
    if spec.known_at is None:
        arrived = event = ibis.literal(ALWAYS).cast("timestamp(6)")
    else:
        table = table.filter(table[spec.known_at].notnull())
        known = table[spec.known_at]
        event = (table[event_at] if event_at in table.columns else known).cast("timestamp(6)")
        arrived = known.cast("timestamp(6)") + ibis.interval(days=1) - TICK if known.type().is_date() else known
        event = event.fill_null(arrived.cast("timestamp(6)"))
    return table.select(*wanted, event_=event, arrived_=arrived.cast("timestamp(6)"), content_=ibis.literal(""))
