"""Has a feed stopped? Its newest arrival is older than it promises, or than the rule allows."""

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.written.faults import Fault
from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import Duration, told
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Portfolio, Rule, unknown_names


class StaleFeed(Rule):
    """Without `feeds` all are watched; without `older_than` each is held to what it promises."""

    kind: Literal["stale_feed"]
    feeds: list[str] = Field(default_factory=list)
    older_than: Duration | None = None

    SEES: ClassVar[str] = "what arrives"
    FACT: ClassVar[str] = "nothing arrived for longer than agreed"

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Feeds are those of feeds.toml."""
        yield from unknown_names("feeds", self.feeds, portfolio.feeds, "feed")

    def read(self, look: Look) -> list[Reading]:
        """A reading for each feed."""
        if isinstance(feeds := watched(look, self.feeds), str):
            return [self.lacking(look, feeds)]
        return [self._one(look, feed) for feed in feeds]

    def _one(self, look: Look, feed: FeedStatus) -> Reading:
        about = {"feed": feed.feed}
        if feed.age_hours is None:
            return self.lacking(look, f"nothing has arrived of feed {feed.feed} yet", about)
        age = dt.timedelta(hours=feed.age_hours)
        limit = self.older_than or dt.timedelta(hours=feed.expected_every_hours)
        text = f"Nothing has arrived of feed {feed.feed} for {told(age)}; at most {told(limit)} are allowed."
        hours = limit / dt.timedelta(hours=1)
        state = "signal" if age > limit else "quiet"
        return self.reading(look, state=state, subject=about, value=feed.age_hours, limit=hours, text=text)


def watched(look: Look, names: list[str]) -> list[FeedStatus] | str:
    """The feeds that a rule asks for, or why there are none."""
    feeds = look.observed.feeds
    if feeds is None:
        return "feeds were not looked at"
    if not feeds:
        return "the study has no feed"
    found = [feed for feed in feeds if not names or feed.feed in names]
    return found or f"there is no feed {', '.join(names)}"
