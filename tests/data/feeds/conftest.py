"""The small study with a feed of reports (newest) and one of its account (aggregates)."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from riskbench.data.engine import Engine
from riskbench.data.feeds.description import FEEDS_FILE, load_feeds
from riskbench.data.feeds.live import LiveFeeds
from riskbench.data.feeds.refresh import Order, refresh
from riskbench.data.feeds.store import FeedStore, Line

NOON = dt.datetime(2025, 1, 1, 12)  # of a refresh, where nothing else is said

FEEDS = """
schema_version = 1

[feeds.reports]
table = "reports"
key = ["who"]
event_at = "spoke"
arrived_at = "came"
source = { folder = "incoming/reports", pattern = "*" }
expected_every_hours = 24
hold_back_above = 0.5

[feeds.account]
table = "account"
key = ["who"]
event_at = "spoke"
arrived_at = "came"
source = { folder = "incoming/account", pattern = "*" }
expected_every_hours = 24
"""


class Fed:
    """A small study with feeds: deliver rows, refresh, and ask."""

    def __init__(self, small, text: str = FEEDS):
        self.small, self.folder = small, small.folder
        self.small.engine()
        (self.folder / FEEDS_FILE).write_text(text)

    def feed(self, name: str = "reports"):
        return load_feeds(self.small.study(), self.folder)[name]

    def deliver(self, file: str, rows: Sequence[dict] | pd.DataFrame, feed: str = "reports") -> Path:
        path = self.folder / "incoming" / feed / file
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = pd.DataFrame(rows)
        frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path, index=False)
        return path

    def refresh(self, name: str = "reports", at: dt.datetime = NOON, **order) -> list[Line]:
        study = self.small.study()
        feed = self.feed(name)
        return refresh(name, feed, study.tables[feed.table], self.folder, Order(clock=lambda: at, **order))

    def store(self, name: str = "reports") -> FeedStore:
        return FeedStore(self.folder, name)

    def refused(self, name: str = "reports") -> list[dict]:
        table = self.store(name).refused_rows()
        return [] if table is None else table.to_pylist()

    def engine(self) -> Engine:
        return Engine(self.small.study(), self.folder)

    def joined(self) -> pd.DataFrame:
        return self.engine().collate().set_index("app")

    def live(self) -> LiveFeeds:
        return LiveFeeds(self.small.study(), self.folder)


def report(who: str, day: dt.date, lines: object, came: object = None) -> dict:
    """A row of the feed of reports, which arrives an hour after its day began where nothing else is said."""
    start = dt.datetime.combine(day, dt.time())
    return {"who": who, "reported": day, "lines": lines, "spoke": start, "came": came or start + dt.timedelta(hours=1)}


@pytest.fixture(scope="session")
def make_fed() -> Callable[..., Fed]:
    return Fed


@pytest.fixture
def fed(small) -> Fed:
    return Fed(small)


@pytest.fixture(scope="session", name="report")
def report_of() -> Callable[..., dict]:
    return report


@pytest.fixture(scope="session")
def feeds_text() -> str:
    return FEEDS
