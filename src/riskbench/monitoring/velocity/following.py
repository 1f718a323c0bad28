"""The window kept up to date with a decision log, whoever writes to it; after a restart it is read anew from there."""

import datetime as dt

from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.selection import Selection
from riskbench.monitoring.velocity.sighting import Sighting, sighting_in
from riskbench.monitoring.velocity.window import Window
from riskbench.monitoring.warning.observed import Clock

NONE = dt.timedelta()


class Following:
    """A window over what a log holds of the last `window.reach`.

    The first look reads back as far as the window reaches, each later one what was written since. A decision that was
    put into the window as it was made, and is read again here, counts once.
    """

    def __init__(self, log: DecisionLog, window: Window):
        self.log, self.window = log, window
        self._after = 0
        self._looked: dt.datetime | None = None

    def catch_up(self, now: dt.datetime) -> tuple[list[Sighting], Clock]:
        """Read what is new, and let go of what is old: the new decisions in their order, and how their clocks stand.

        Raises `LogError` where the log cannot be read, `BrokenLedger` where it was edited; the window stays whole then,
        and the next look reads the same again.
        """
        end = self.log.head().entries
        since = None if self._looked else now - self.window.reach
        chosen = Selection(since=since, kinds=("decision",), after_seq=self._after)
        found = [sighting_in(content) for content in self.log.contents(chosen)]
        clock = self._clock([one.at for one in found], now)
        for one in found:
            self.window.add(one)
        if self._looked is None and len(self.window) < self.window.most:
            self.window.since = min(self.window.since, now - self.window.reach)
        self._after, self._looked = end, now
        self.window.expire(now)
        return found, clock

    def _clock(self, moments: list[dt.datetime], now: dt.datetime) -> Clock:
        """How far moments lie ahead of now; and how far behind the look before, after which they were written."""
        if not moments:
            return Clock(0)
        ahead = max(max(moments) - now, NONE)
        behind = max(self._looked - min(moments), NONE) if self._looked else NONE
        return Clock(len(moments), ahead, behind)
