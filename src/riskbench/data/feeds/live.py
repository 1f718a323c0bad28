"""What feeds knew of one customer at a moment, in well under a few milliseconds, as the engine would join it.

The rows of each fed table lie in memory by customer (`live_table.py`); when a ledger has grown, its table is read anew.
"""

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.live_table import LiveTable
from riskbench.data.feeds.store import FeedStore
from riskbench.data.study import Study


@dataclass(frozen=True)
class Known:
    """What feeds knew at a moment: values by column (None where missing) and two ages in hours by feed.

    `ages` are hours since the newest arrival of the feed, `value_ages` since that of the row that the value is of (of
    aggregates, the newest row that takes part); None where nothing had arrived by then.
    """

    columns: Mapping[str, Any]
    ages: Mapping[str, float | None]
    value_ages: Mapping[str, float | None]


class LiveFeeds:
    """The fed tables of a study, in memory; one instance may be asked by several threads."""

    def __init__(self, study: Study, folder: Path, background: bool = False):
        """`background`: a grown ledger is read in a thread of its own, and the rows of before answer until it is."""
        self.study, self.folder, self.background = study, folder, background
        self.feeds = load_feeds(study, folder)
        self._marks: dict[str, tuple[int, int]] = {}
        self._tables: dict[str, LiveTable] = {}
        self._loading = threading.Lock()
        self.reload()

    def reload(self) -> None:
        """Read the tables again whose ledgers have grown."""
        with self._loading:
            marks = self._marks_now()
            stale = [name for name in self.feeds if marks[name] != self._marks.get(name)]
            fresh = {name: LiveTable(self.study, self.folder, name, self.feeds[name]) for name in stale}
            self._tables = self._tables | fresh  # replaced as a whole: who is reading goes on with the old ones
            self._marks = marks

    def _marks_now(self) -> dict[str, tuple[int, int]]:
        return {name: FeedStore(self.folder, name).mark() for name in self.feeds}

    def _keep_up(self) -> None:
        if self._marks_now() == self._marks:
            return
        if not self.background:
            self.reload()
        elif not self._loading.locked():
            threading.Thread(target=self.reload, daemon=True).start()

    def values(self, keys: Mapping[str, Any], at: dt.datetime) -> Known:
        """What was known of the one whom `keys` name, at a moment (UTC; one with a zone is brought to it).

        `keys` holds what tables join on, for example `{"customer_id": "C000000001"}`; the key of the application may
        stand beside it, so that its own rows are left out where a table is joined through applications.
        Raises `DataError` where a key is missing.
        """
        self._keep_up()
        if at.tzinfo is not None:
            at = at.astimezone(dt.UTC).replace(tzinfo=None)
        columns: dict[str, Any] = {}
        ages: dict[str, float | None] = {}
        value_ages: dict[str, float | None] = {}
        for name, table in self._tables.items():
            found, value_ages[name] = table.known(keys, at)
            columns |= found
            ages[name] = table.age(at)
        return Known(columns, ages, value_ages)
