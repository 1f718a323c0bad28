"""Many applications by one device, phone or address within a time: the mark of a ring."""

from typing import ClassVar, Literal

from pydantic import Field

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import Duration, told
from riskbench.monitoring.warning.kinds.links import Asked, Cluster, clusters, told_by
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Rule

NOT_LOOKED_AT = "links of applications were not looked at"


class Velocity(Rule):
    """It rings where `at_least` customers (or applications) share one value of the link `by` `within` a time."""

    kind: Literal["velocity"]
    by: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    within: Duration
    at_least: int = Field(ge=2)
    of: Literal["customers", "applications"] = "customers"

    SEES: ClassVar[str] = "single applications"
    FACT: ClassVar[str] = "that many applications shared a link"

    def read(self, look: Look) -> list[Reading]:
        """A signal for each value that is shared too often, or one quiet reading."""
        links = look.observed.links
        if links is None:
            return [self.lacking(look, NOT_LOOKED_AT)]
        mine = links[(links["by"] == self.by) & look.observed.windows(self.within)]
        if mine.empty:
            return [self.lacking(look, f"no application told its {self.by} in the time looked at")]
        asked = Asked(self.at_least, self.within, look.observed.judged(self.within))
        found = clusters(mine, "token", self.of.removesuffix("s"), asked)
        n = int(mine["application"].nunique())
        text = (
            f"No {self.by} was shared by {self.at_least} {self.of} within {told(self.within)}, of {n:,} applications."
        )
        return [self._signal(look, cluster) for cluster in found] or [
            self.reading(look, state="quiet", limit=self.at_least, n=n, text=text)
        ]

    def _signal(self, look: Look, cluster: Cluster) -> Reading:
        text = (
            f"{cluster.size} {self.of} applied by one {self.by} within {told(self.within)}, until "
            f"{cluster.last:%d %B %Y %H:%M} UTC; {self.at_least} are asked for."
        )
        return self.reading(look, **told_by(cluster, self.by), limit=self.at_least, text=text)
