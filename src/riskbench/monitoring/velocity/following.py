"""The window kept up to date with a decision log, whoever writes to it; after a restart it is read anew from there."""

import datetime as dt
from dataclasses import dataclass

from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.selection import Selection
from riskbench.monitoring.velocity.sighting import Sighting, sighting_in
from riskbench.monitoring.velocity.window import Window
from riskbench.monitoring.warning.observed import Clock

NONE = dt.timedelta()


@dataclass(frozen=True)
class Read:
    """Up to where a log was read, in entries, and when (UTC)."""

    entries: int
    at: dt.datetime


class Following:
    """A window over what a log holds of the last `window.reach`.

    The first look fills the window, each later one adds what was written since. A decision that was put into the window
    as it was made, and is read again here, counts once. `read` is up to where the last look came.
    """

    def __init__(self, log: DecisionLog, window: Window):
        self.log, self.window = log, window
        self.read: Read | None = None

    def catch_up(self, now: dt.datetime, before: Read | None = None) -> tuple[list[Sighting], Clock]:
        """Read what is new, and let go of what is old: the new decisions in their order, and how their clocks stand.

        New is what stands behind `before`; without it all that the window reaches back to. The window reaches back
        from `before`, so that what came and went while nobody looked is in it. Raises `LogError` where the log cannot
        be read, `BrokenLedger` where it was edited; the window stays whole then, and the next look reads the same.
        """
        end, since = self.log.head().entries, min(before.at, now) if before else now
        begin = since - self.window.reach
        found: list[Sighting] = []
        if before is None or self.read is None:
            found = self._found(Selection(since=begin, kinds=("decision",)))
            self._add(found)
            if len(self.window) < self.window.most:
                self.window.since = min(self.window.since, begin)
        if before is not None:
            found = self._found(Selection(after_seq=before.entries, kinds=("decision",)))
            self._add(found)
        self.read = Read(end, now)
        self.window.expire(since)
        return found, _clock([one.at for one in found], before, now)

    def _found(self, chosen: Selection) -> list[Sighting]:
        return [sighting_in(content) for content in self.log.contents(chosen)]

    def _add(self, found: list[Sighting]) -> None:
        for one in found:
            self.window.add(one)


def _clock(moments: list[dt.datetime], before: Read | None, now: dt.datetime) -> Clock:
    """How far moments lie ahead of now; and how far behind the look before, after which they were written."""
    if not moments:
        return Clock(0)
    behind = max(before.at - min(moments), NONE) if before else NONE
    return Clock(len(moments), max(max(moments) - now, NONE), behind)
