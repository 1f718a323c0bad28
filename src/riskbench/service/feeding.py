"""Inputs from the feeds of a study, read as of the moment of the decision, as training and batch would join them."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskbench.core.errors import DataError
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.live import LiveFeeds
from riskbench.data.feeds.status import feed_status
from riskbench.data.feeds.store import utc_now
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.service.enriching import Enriching, NoFeeds


class StudyFeeds:
    """The fed tables of a study, by customer. What a request gives stands before what a feed knows."""

    def __init__(self, folder: Path):
        study = load_study(folder / STUDY_FILE)
        self._live, self._folder, self._customer = LiveFeeds(study, folder), folder, study.base.customer
        self._sources = {name: feed.table for name, feed in self._live.feeds.items()}
        tables = [study.tables[table] for table in self._sources.values()]
        self.columns = frozenset(name for table in tables for name in table.joined)

    def complete(
        self, customer: str | None, inputs: Mapping[str, Any], at: dt.datetime
    ) -> tuple[dict[str, Any], dict[str, float | None]]:
        """All inputs, those given first, and the age of each fed table in hours; nothing is added for nobody."""
        if customer is None:
            return dict(inputs), {}
        try:
            known = self._live.values({**inputs, str(self._customer): customer}, at)
        except DataError:  # a table is joined by what the request lacks: the check of the inputs says so
            return dict(inputs), {}
        found = {name: _cell(value) for name, value in known.columns.items()}
        return {**found, **inputs}, {self._sources[name]: age for name, age in known.ages.items()}

    def stale(self) -> list[str]:
        """The feeds that are later than they promise."""
        now = utc_now()
        told = [feed_status(name, feed, self._folder, now) for name, feed in self._live.feeds.items()]
        return [f"{of.feed} is {of.age_hours:.1f} hours old" for of in told if of.state == "late"]


def feeds_of(folder: Path) -> Enriching:
    """The feeds of the study in a folder, or none where it has none."""
    return StudyFeeds(folder) if load_feeds(load_study(folder / STUDY_FILE), folder) else NoFeeds()


def _cell(value: Any) -> Any:
    """A value as a request would give it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dt.date():
            return value.isoformat()
        case None | int() | str():
            return value
    return None if (number := float(value)) != number else number
