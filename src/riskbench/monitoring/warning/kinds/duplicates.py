"""The same customer, or the same application, again within a time."""

from typing import ClassVar, Literal

from pydantic import Field

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import Duration, told
from riskbench.monitoring.warning.kinds.links import Asked, Cluster, clusters, told_by
from riskbench.monitoring.warning.kinds.velocity import NOT_LOOKED_AT
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Rule


class Duplicates(Rule):
    """It rings where a customer applies `at_least` times `within` a time, or one application is asked so often.

    Of a customer distinct applications are counted, of an application each time that it was asked.
    """

    kind: Literal["duplicates"]
    by: Literal["customer", "application"]
    within: Duration
    at_least: int = Field(default=2, ge=2)

    SEES: ClassVar[str] = "single applications"
    FACT: ClassVar[str] = "the same came again"

    def read(self, look: Look) -> list[Reading]:
        """A signal for each that came too often, or one quiet reading."""
        links = look.observed.links
        if links is None:
            return [self.lacking(look, NOT_LOOKED_AT)]
        mine = links[look.observed.windows(self.within) & (links[self.by] != "")]
        mine = mine.drop_duplicates(["at", "application"])  # an application stands once for each of its links
        if mine.empty:
            return [self.lacking(look, "nothing was decided in the time looked at")]
        if self.by == "application":
            mine = mine.assign(asked=range(len(mine)))
        asked = Asked(self.at_least, self.within, look.observed.judged(self.within))
        found = clusters(mine, self.by, "application" if self.by == "customer" else "asked", asked)
        text = f"No {self.by} came {self.at_least} times within {told(self.within)}, of {len(mine):,} requests."
        return [self._signal(look, cluster) for cluster in found] or [
            self.reading(look, state="quiet", limit=self.at_least, n=len(mine), text=text)
        ]

    def _signal(self, look: Look, cluster: Cluster) -> Reading:
        what = "applications of one customer" if self.by == "customer" else "requests for one application"
        text = f"{cluster.size} {what} within {told(self.within)}, until {cluster.last:%d %B %Y %H:%M} UTC."
        return self.reading(look, **told_by(cluster, self.by), limit=self.at_least, text=text)
