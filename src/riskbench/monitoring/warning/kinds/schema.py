"""Does what arrives still have its agreed form? Deliveries held back or refused, and rows refused one by one."""

from typing import ClassVar, Literal

from pydantic import Field

from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.kinds.feeds import OfFeeds
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.sentences import figure


class Schema(OfFeeds):
    """It rings for a delivery that was not taken, and where more than `at_most` of a feed's rows were refused."""

    kind: Literal["schema"]
    at_most: float = Field(default=0.0, ge=0, lt=1)

    FACT: ClassVar[str] = "a delivery was not taken, or rows broke the study's rules"

    def one(self, look: Look, feed: FeedStatus) -> Reading:
        """What was held back, and the share of rows refused."""
        about, rows = {"feed": feed.feed}, feed.rows + feed.quarantined
        if not rows and not feed.held:
            return self.lacking(look, f"nothing has arrived of feed {feed.feed} yet", about)
        share = feed.quarantined / rows if rows else 0.0
        deliveries = f"{feed.held} deliver{'y was' if feed.held == 1 else 'ies were'} not taken"
        text = (
            f"Of feed {feed.feed} {deliveries}, and {feed.quarantined:,} of {rows:,} rows were refused "
            f"({figure(share, '%')}; at most {figure(self.at_most, '%')} are allowed)."
        )
        state = "signal" if feed.held or share > self.at_most else "quiet"
        return self.reading(look, state=state, subject=about, value=share, limit=self.at_most, n=rows, text=text)
