"""How things stood a moment ago: asked of the monitoring database once for all who want to know at the same time."""

import asyncio
import functools
import time
from dataclasses import replace
from typing import cast

from fastapi import Request

from riskbench.core.errors import RiskbenchError
from riskbench.monitoring.alerts.settings import SEVERITIES
from riskbench.monitoring.reading import Severity
from riskbench.monitoring.watch.situation import UNSEEN, Blind, Situation, situation
from riskbench.service.desk import Desk

FRESH = 1.0  # seconds that an answer stands


class Lately:
    """The situation by the monitoring database of a service, at most `FRESH` seconds old; the gauges of `/metrics`."""

    def __init__(self, desk: Desk):
        self._desk, self._looking = desk, asyncio.Lock()
        self._known: Situation | None = None
        self._at = 0.0
        gauge = desk.counts.gauge
        for severity in SEVERITIES:
            gauge(
                "incidents_open",
                "Incidents that are not resolved, by severity.",
                functools.partial(self._open, severity),
                severity=severity,
            )
        gauge("last_look_seconds", "Seconds since monitoring looked last; absent where it never did.", self._since)
        gauge("outbox_waiting", "Messages that wait to be sent.", self._unsent)
        gauge("monitoring_blind", "1 where monitoring cannot see, 0 where it can.", self._blind)

    async def look(self, *, anew: bool = False) -> Situation:
        """How things stand; where the database cannot be read, that is how."""
        async with self._looking:
            if anew or self._known is None or time.monotonic() - self._at > FRESH:
                self._known = await asyncio.to_thread(self._asked)
                self._at = time.monotonic()
            known = self._known
        trouble = self._desk.watching.trouble()  # of this process, and never old
        return replace(known, blind=(*known.blind, Blind("service", None, text=trouble))) if trouble else known

    async def warnings(self) -> list[str]:
        """What monitoring cannot see, in sentences without a path; none where no database of it is named."""
        if not self._desk.settings.monitoring:
            return []
        told = []
        for blind in (await self.look()).blind:
            since = f" since {blind.since:%Y-%m-%d %H:%M} UTC" if blind.since else ""
            told.append(f"monitoring: {UNSEEN[blind.why].format(study=blind.study, part=blind.part)}{since}")
        return told

    def _asked(self) -> Situation:
        settings, now = self._desk.settings, self._desk.now()
        if not settings.monitoring:
            return Situation(now, blind=(Blind("never", None),))
        try:
            return situation(settings.monitoring, settings.alerts, now)
        except (RiskbenchError, OSError) as error:
            return Situation(now, blind=(Blind("database", None, text=str(error)),))

    def _open(self, severity: Severity) -> float | None:
        return self._known.open(severity) if self._known else None

    def _unsent(self) -> float | None:
        return self._known.unsent if self._known else None

    def _since(self) -> float | None:
        last = self._known and self._known.last_look
        return max((self._desk.now() - last).total_seconds(), 0.0) if last else None

    def _blind(self) -> float | None:
        return None if self._known is None else float(bool(self._known.blind))


def lately_of(request: Request) -> Lately:
    """How things stand, by the service that a request came to."""
    return cast(Lately, request.app.state.lately)
