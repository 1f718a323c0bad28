"""What all routes share: settings, keys, counts, the log, and what decides now. One for each process."""

import asyncio
import datetime as dt
from dataclasses import dataclass, field, replace

from riskbench.decision.log.record import StopRecord, SwitchRecord
from riskbench.service.allowance import Allowances
from riskbench.service.api_keys import KeyFile
from riskbench.service.counting import Counts
from riskbench.service.deciding import Decider, Deciding, Standing, Stop
from riskbench.service.enriching import Enriching, NoFeeds
from riskbench.service.journal import Journal
from riskbench.service.settings import Settings
from riskbench.service.shelf import Shelf
from riskbench.service.watching import NotWatching, Watching


@dataclass
class Desk:
    """The state of a service. `standing` is replaced as a whole and never changed: a request takes it once."""

    settings: Settings
    journal: Journal
    keys: KeyFile
    allowances: Allowances
    counts: Counts
    decider: Decider
    shelf: Shelf
    feeds: Enriching = field(default_factory=NoFeeds)
    watching: Watching = field(default_factory=NotWatching)
    standing: Standing = field(default_factory=Standing)
    followed: str = ""  # why the registry or the log could not be looked at last; empty: they could
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)  # one switch, stop or override at a time

    async def switch(self, deciding: Deciding, who: str) -> None:
        """Let another bundle decide: written down first. Requests that have begun end with the one before."""
        before = self.standing.deciding
        if before is None or (before.address, before.run) != (deciding.address, deciding.run):
            record = SwitchRecord(
                caller=who,
                before=before.address if before else None,
                after=deciding.address,
                who=who,
                approved=deciding.approved,
            )
            await self.journal.write(record)
            self.counts.add("switches_total")
        self.standing = replace(self.standing, deciding=deciding, withdrawn="")

    async def stop(self, who: str, reason: str, *, resumed: bool = False) -> None:
        """Refer everything from now on, or let the bundle decide again: written down first."""
        record = StopRecord(caller=who, who=who, reason=reason, resumed=resumed)
        await self.journal.write(record)
        self.stopped_by(record)

    def stopped_by(self, record: StopRecord) -> None:
        """Take note of a stop or of its end, as the log has it."""
        stop = None if record.resumed else Stop(record.at, record.who, record.reason)
        self.standing = replace(self.standing, stop=stop)

    def withdraw(self, why: str) -> None:
        """Refer everything, since the registry lets nothing decide."""
        if why != self.standing.withdrawn:
            self.counts.add("switches_total")
            self.standing = replace(self.standing, withdrawn=why)

    def now(self) -> dt.datetime:
        """The time in UTC."""
        return dt.datetime.now(dt.UTC)
