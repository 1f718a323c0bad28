"""How fresh each feed is: its newest event and arrival, its age, and whether it keeps what it promises."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from riskbench.data.feeds.description import Feed
from riskbench.data.feeds.store import FeedStore, Line

HOUR = dt.timedelta(hours=1)
Standing = Literal["on time", "late", "nothing yet"]


@dataclass(frozen=True)
class FeedStatus:
    """One feed at a moment (UTC). Ages are hours since the newest arrival; `held` counts deliveries not taken."""

    feed: str
    table: str
    newest_event: dt.datetime | None
    newest_arrival: dt.datetime | None
    age_hours: float | None
    expected_every_hours: float
    state: Standing
    rows: int
    quarantined: int
    held: int


def feed_status(name: str, feed: Feed, folder: Path, now: dt.datetime) -> FeedStatus:
    """The status of one feed; late is a feed whose newest arrival is older than it promises."""
    store = FeedStore(folder, name)
    state, refused = store.state(), store.refused_rows()
    newest = state.newest_arrival
    age = None if newest is None else max((now - newest) / HOUR, 0.0)
    standing: Standing = "nothing yet" if age is None else "late" if age > feed.expected_every_hours else "on time"
    return FeedStatus(
        feed=name,
        table=feed.table,
        newest_event=state.newest_event,
        newest_arrival=newest,
        age_hours=age,
        expected_every_hours=feed.expected_every_hours,
        state=standing,
        rows=state.rows,
        quarantined=0 if refused is None else refused.select(["content"]).group_by("content").aggregate([]).num_rows,
        held=len(not_taken(state.lines)),
    )


def not_taken(lines: Iterable[Line]) -> list[Line]:
    """The deliveries that were refused or held back, unless their file or table brought one later that was."""
    last = {line.origin: line for line in lines if line.kind in ("delivery", "refused", "held")}
    return [line for line in last.values() if line.kind != "delivery"]
