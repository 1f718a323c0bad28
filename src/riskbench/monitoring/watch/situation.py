"""How things stand now: open incidents, and whether monitoring itself can see. What a status page says first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from riskbench.decision.log.database import absent
from riskbench.monitoring.alerts.incident import Incident
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.alerts.settings import SEVERITIES, Settings
from riskbench.monitoring.alerts.watchdog import JobState
from riskbench.monitoring.reading import Severity
from riskbench.monitoring.watch.looked import Looked, Part
from riskbench.monitoring.watch.memory import Memory

SIGHT: tuple[Part, ...] = ("log", "counts", "rules")  # without one of them monitoring is blind
STALE = dt.timedelta(hours=25)  # a job that did not say how often it runs is meant to run once a day
Why = Literal["never", "late", "part", "service", "database"]
UNSEEN: dict[Why, str] = {
    "never": "nothing has ever been looked at",
    "late": "the job that looks at {study} is late",
    "part": "the {part} of {study} cannot be seen",
    "service": "single decisions are not looked at",
    "database": "its database cannot be read",
}
UNSENT = ("fresh", "waiting")


@dataclass(frozen=True)
class Blind:
    """One thing that monitoring cannot see: why, since when (None: ever), of which study and part, in a sentence."""

    why: Why
    since: dt.datetime | None
    study: str = ""
    part: Part | None = None
    text: str = ""


@dataclass(frozen=True)
class Situation:
    """How things stand at `at` (UTC). `incidents` are those not resolved, the gravest and then the oldest first.

    `unsent` counts messages that wait, `dead` those that were given up.
    """

    at: dt.datetime
    incidents: tuple[Incident, ...] = ()
    looks: tuple[Looked, ...] = ()
    jobs: tuple[JobState, ...] = ()
    unsent: int = 0
    dead: int = 0
    channels: int = 0
    blind: tuple[Blind, ...] = field(default=())

    @property
    def last_look(self) -> dt.datetime | None:
        """When any study was looked at last."""
        return max((one.at for one in self.looks), default=None)

    def open(self, severity: Severity) -> int:
        """How many incidents of a severity are not resolved."""
        return sum(one.severity == severity for one in self.incidents)

    @property
    def blind_since(self) -> dt.datetime | None:
        """Since when something cannot be seen; None where all can be, or nothing ever was."""
        known = [one.since for one in self.blind if one.since]
        return min(known) if known else None


def situation(url: str, settings: Settings, now: dt.datetime) -> Situation:
    """How things stand by a monitoring database.

    A database that is not there is not made: then nothing has ever looked. Raises `RiskbenchError` where it cannot be
    read.
    """
    if absent(url):
        return Situation(now, channels=len(settings.channels), blind=(Blind("never", None),))
    with open_alerts(url, settings) as alerts, Memory(url) as memory:
        looks, jobs = memory.last(), alerts.jobs(now)
        incidents = alerts.incidents("open", "acknowledged")
        messages = alerts.messages(*UNSENT, "dead")
    return Situation(
        at=now,
        incidents=tuple(sorted(incidents, key=lambda one: (-SEVERITIES.index(one.severity), one.opened))),
        looks=tuple(looks),
        jobs=tuple(jobs),
        unsent=sum(one.state in UNSENT for one in messages),
        dead=sum(one.state == "dead" for one in messages),
        channels=len(settings.channels),
        blind=tuple(_blind(looks, {state.job: state for state in jobs}, now)),
    )


def _blind(looks: list[Looked], jobs: dict[str, JobState], now: dt.datetime) -> Iterator[Blind]:
    if not looks:
        yield Blind("never", None)
    for look in looks:
        job = jobs.get(f"monitor_{look.study}")
        promised = job is not None and job.every is not None
        late = job.late if job and promised else now - look.at > STALE
        if late:
            yield Blind("late", look.at, look.study)
        for trouble in look.troubles:
            if trouble.part in SIGHT:
                yield Blind("part", trouble.since, look.study, trouble.part, trouble.text)
