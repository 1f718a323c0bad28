"""What rules read at a moment: counts, the baseline, feeds, links, single decisions, jobs. Any of it may be absent.

A rule whose part is absent says so and is not evaluated. Nothing is remembered between looks: what a chart needs of
the past stands in the counts.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import CountTable

LAG = dt.timedelta(minutes=5)  # an entry is written down no longer after its time
LINK_COLUMNS = ["at", "by", "token", "application", "customer"]


@dataclass(frozen=True)
class Decided:
    """One decision for the rules that look at each: its id, when (UTC), score, PD, action, and the rules that hit."""

    decision: str
    at: dt.datetime
    score: float | None
    pd: float | None
    action: str
    hits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clock:
    """Entries of the log read since the look before: how many, how far from their time at worst.

    `ahead` is how far the newest entry lies in the future of the reader, `behind` how old the oldest was when it was
    written down: both zero or more.
    """

    entries: int
    ahead: dt.timedelta = dt.timedelta()
    behind: dt.timedelta = dt.timedelta()


@dataclass(frozen=True)
class Observed:
    """All that is known at `at` (UTC).

    `counts` hold every known day of the model in use, development left out or not: rules take from them what lies after
    the baseline's last day. `links` has the columns `LINK_COLUMNS`, one row a link of an application: `by` is the name
    of the link ("device"), `token` stands for its value, `application` and `customer` are tokens as well. `jobs` holds
    when each job last ended. None, or no rows of it, means that it was not looked at. `since` is when it was looked at
    before: windows that have ended by then were judged then.
    """

    at: dt.datetime
    baseline: Baseline | None = None
    counts: CountTable | None = None
    feeds: Sequence[FeedStatus] | None = None
    links: pd.DataFrame | None = None
    decisions: Sequence[Decided] | None = None
    jobs: Mapping[str, dt.datetime] | None = field(default=None)
    clock: Clock | None = None
    since: dt.datetime | None = None

    def windows(self, within: dt.timedelta) -> pd.Series:
        """Which rows of `links` lie in a window of that length that ends at the moment, or has since the look before.

        A look that comes late, as after a night without one, judges what the looks left out would have judged. Raises
        `ValueError` without links.
        """
        if self.links is None:
            raise ValueError("there are no links to look at")
        begin = min(self.since or self.at, self.at) - within
        return (self.links["at"] > pd.Timestamp(begin)) & (self.links["at"] <= pd.Timestamp(self.at))

    def judged(self, within: dt.timedelta) -> dt.datetime:
        """Until when windows of that length have passed and were judged by a look before.

        That look may have come before the last entries of its time were written down.
        """
        return min((self.since or self.at) - LAG, self.at - within)
