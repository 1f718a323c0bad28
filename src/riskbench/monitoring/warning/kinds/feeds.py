"""What rules on feeds share: which feeds, and a reading for each."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from riskbench.core.written.faults import Fault
from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Portfolio, Rule, unknown_names


class OfFeeds(Rule):
    """A rule on what arrives; without `feeds` all are watched."""

    feeds: list[str] = Field(default_factory=list)

    SEES: ClassVar[str] = "what arrives"

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Feeds are those of feeds.toml."""
        yield from unknown_names("feeds", self.feeds, portfolio.feeds, "feed")

    def read(self, look: Look) -> list[Reading]:
        """A reading for each feed."""
        if isinstance(feeds := watched(look, self.feeds), str):
            return [self.lacking(look, feeds)]
        return [self.one(look, feed) for feed in feeds]

    @abstractmethod
    def one(self, look: Look, feed: FeedStatus) -> Reading:
        """What is said of one feed."""


def watched(look: Look, names: list[str]) -> list[FeedStatus] | str:
    """The feeds that a rule asks for, or why there are none."""
    feeds = look.observed.feeds
    if feeds is None:
        return "feeds were not looked at"
    if not feeds:
        return "the study has no feed"
    found = [feed for feed in feeds if not names or feed.feed in names]
    return found or f"there is no feed {', '.join(names)}"
