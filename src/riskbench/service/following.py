"""What is in use changes while the service runs: the registry and the log are looked at every few seconds.

A promotion, a stop, a rollback and the end of an approval act without a restart; a stop that was asked for at another
instance acts here as well. What cannot be looked at changes nothing for as long as the approval of what decides lasts.
"""

import asyncio
import datetime as dt
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from riskbench.core.errors import RiskbenchError
from riskbench.decision.bundle.bundle import BUNDLE_FILE, BundleError
from riskbench.decision.log.record import StopRecord
from riskbench.decision.log.selection import Selection
from riskbench.governance.live import Live, live_version
from riskbench.governance.registry.states import Refused
from riskbench.service.deciding import Deciding, deciding_of
from riskbench.service.desk import Desk
from riskbench.service.problems import Problem

LOG = logging.getLogger("riskbench.service")
REGISTRY = "registry"  # who switches where the registry says so


@dataclass(frozen=True)
class Registry:
    """The registry of a project, asked for one model; `reports` holds its runs."""

    folder: Path
    reports: Path
    model: str
    trust: Path | None = None

    def __call__(self) -> Live:
        """The version in use; raises `Refused` where none may decide."""
        return live_version(self.folder, self.model, trust=self.trust)

    def bundle(self, live: Live) -> Path:
        """The file of a version's bundle; raises `BundleError` where none was approved, or its run is not here."""
        if not live.bundle_sha256:  # else any file would do
            raise BundleError(
                f"version {live.version} of {live.model} was approved without a bundle: nothing may decide"
            )
        file = self.reports / live.run / BUNDLE_FILE
        if not file.is_file():
            told = f"version {live.version} of {live.model} is in use, and its run {live.run} is not here"
            raise BundleError(f"{told}. What to do: put it back among the runs, under this name")
        return file


class Follower:
    """Looks at log and registry, and has the desk act on what it finds."""

    def __init__(self, desk: Desk, registry: Registry | None):
        self._desk, self._registry, self._after = desk, registry, 0

    async def look(self) -> None:
        """Look once. Raises `RiskbenchError` or `Problem` where one of them cannot be looked at."""
        for appended in await self._desk.journal.page(Selection(kinds=("stop",), after_seq=self._after)):
            self._after = appended.seq
            if isinstance(appended.record, StopRecord):
                self._desk.stopped_by(appended.record)
        if self._registry is not None:
            await self._look_at(self._registry)

    async def follow(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._desk.settings.every)
            try:
                await self.look()
                self._desk.followed = ""
            except (RiskbenchError, Problem, OSError) as error:
                if self._desk.followed != str(error):
                    LOG.error("not looked at: %s", error)
                self._desk.followed = str(error)
                self._expire()

    async def _look_at(self, registry: Registry) -> None:
        try:
            live = await asyncio.to_thread(registry)
        except Refused as refused:
            self._desk.withdraw(str(refused))
            return
        deciding = self._desk.standing.deciding
        if deciding is None or (deciding.address, deciding.run) != (live.bundle_sha256, live.run):
            try:
                deciding = await asyncio.to_thread(self._made_ready, registry, live)
            except BundleError as error:
                # its bundle cannot be had: the version before it is no longer in use, and a person decides
                self._desk.withdraw(str(error))
                raise
        deciding = deciding if deciding.expires == live.expires else replace(deciding, expires=live.expires)
        if self._desk.standing.deciding is not deciding or self._desk.standing.withdrawn:
            async with self._desk.changing:
                await self._desk.switch(deciding, REGISTRY)

    def _made_ready(self, registry: Registry, live: Live) -> Deciding:
        bundle = self._desk.shelf.put(registry.bundle(live), live.bundle_sha256)
        made = deciding_of(bundle, self._desk.feeds.columns)
        return replace(made, run=live.run, expires=live.expires)

    def _expire(self) -> None:
        """An approval ends by the calendar, whether the registry can be read or not."""
        deciding = self._desk.standing.deciding
        if deciding and deciding.expires and dt.datetime.now(dt.UTC).date() > deciding.expires:
            self._desk.withdraw(f"the approval of run {deciding.run} expired on {deciding.expires}")
