"""Has a feed stopped? Its newest arrival is older than it promises, or than the rule allows."""

import datetime as dt
from typing import ClassVar, Literal

from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import Duration, told
from riskbench.monitoring.warning.kinds.feeds import OfFeeds
from riskbench.monitoring.warning.look import Look


class StaleFeed(OfFeeds):
    """Without `feeds` all are watched; without `older_than` each is held to what it promises."""

    kind: Literal["stale_feed"]
    older_than: Duration | None = None

    FACT: ClassVar[str] = "nothing arrived for longer than agreed"

    def one(self, look: Look, feed: FeedStatus) -> Reading:
        """Its age against the limit."""
        about = {"feed": feed.feed}
        if feed.age_hours is None:
            return self.lacking(look, f"nothing has arrived of feed {feed.feed} yet", about)
        age = dt.timedelta(hours=feed.age_hours)
        limit = self.older_than or dt.timedelta(hours=feed.expected_every_hours)
        text = f"Nothing has arrived of feed {feed.feed} for {told(age)}; at most {told(limit)} are allowed."
        hours = limit / dt.timedelta(hours=1)
        state = "signal" if age > limit else "quiet"
        return self.reading(look, state=state, subject=about, value=feed.age_hours, limit=hours, text=text)
