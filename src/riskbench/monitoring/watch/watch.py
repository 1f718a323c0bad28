"""One look: what is new is read, the rules are asked, and what they say is handed to the alerts.

A part that fails leaves the others at work: the rules that need it are not evaluated, the look says what it could not
see, and that is an incident itself.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from riskbench.core.errors import RiskbenchError, explained
from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.incident import HOUSE, RefusedStep
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.reading import Reading, Severity
from riskbench.monitoring.velocity.following import Following, Read
from riskbench.monitoring.velocity.sighting import Sighting
from riskbench.monitoring.warning.observed import Clock, Observed
from riskbench.monitoring.watch.looked import Feed, Looked, Part, Source, Trouble, UpTo, unevaluated
from riskbench.monitoring.watch.memory import Memory
from riskbench.monitoring.watch.of_study import is_of, of_study
from riskbench.monitoring.watch.standing import Stands, held
from riskbench.monitoring.watch.usual import series_of
from riskbench.monitoring.watch.vanished import of_another_version, vanished

T = TypeVar("T")
RULE, KIND = "monitoring", "blind"
MONITOR = "monitor"  # as rules of kind job know the job of their study
GRAVE: dict[Part, Severity] = {
    "log": "alarm",
    "counts": "alarm",
    "rules": "alarm",
    "baseline": "warning",
    "feeds": "warning",
}
ADVICE = "mend what the sentence names; until then the rules that need it are not evaluated"


@dataclass(frozen=True)
class Counted:
    """The counts of all known days, and what is to be said of them in sentences."""

    table: CountTable
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sight:
    """What is looked at. Each function may raise; one that is None is not asked.

    `following` keeps the window over the log; `counts` gives what is counted up to a moment on the edges of a baseline.
    `standing` tells, from the look before, which version is in use; `of_model` names the rules that judge it.
    """

    study: str
    source: Source
    evaluate: Callable[[Observed], Sequence[Reading]]
    baseline: Callable[[], Baseline]
    counts: Callable[[Baseline, dt.datetime], Counted]
    feeds: Callable[[dt.datetime], Sequence[FeedStatus]] | None = None
    following: Callable[[], Following] | None = None
    standing: Callable[[Looked | None], Stands] | None = None
    of_model: Collection[str] = ()

    @property
    def job(self) -> str:
        """How the watchdog knows the job."""
        return f"{MONITOR}_{self.study}"


class Watch:
    """Looks at a study again and again; `every` is how often it means to, None where a timer outside says so."""

    def __init__(self, sight: Sight, alerts: Alerts, memory: Memory, every: dt.timedelta | None = None):
        self._sight, self._alerts, self._memory, self._every = sight, alerts, memory, every
        self._troubles: list[Trouble] = []
        self._since: dict[str, dt.datetime] = {}
        self._read: Read | None = None

    def look(self, now: dt.datetime, missed: int = 0) -> Looked:
        """Look once at `now` (UTC); returns what was found, which is on the disk then.

        Raises `RiskbenchError` where the alerts themselves cannot be written: then nothing of this look is kept, and
        the next one finds it again.
        """
        sight = self._sight
        self._alerts.begin(sight.job, now, self._every)
        before = next((one for one in self._memory.last() if one.study == sight.study), None)
        self._since = {trouble.part: trouble.since for trouble in before.troubles} if before else {}
        self._read = Read(before.read.entries, before.read.at) if before and before.read else None
        self._troubles = []
        standing = sight.standing
        stands = self._part("baseline", now, lambda: standing(before), held(before)) if standing else Stands()
        seen, baseline, counted = self._seen(now)
        at = self._moment(baseline, now)
        observed = self._observed(seen, (baseline, counted), at, now)
        readings: Sequence[Reading] = self._part("rules", now, lambda: sight.evaluate(observed), ())
        # of a run that ended long ago the rules speak as of its end; an incident lives from when it is found
        found = [of_study(replace(reading, at=now), sight.study) for reading in [*readings, *self._of_itself(now)]]
        self._close_former(found, stands, now)
        known = self._alerts.incidents("open", "acknowledged")
        gone = list(vanished(known, found, sight.study, now, log_read=observed.links is not None))
        self._alerts.take([*found, *gone])
        delivered = self._part("delivery", now, self._alerts.deliver, None)
        for channel, why in (delivered.failed if delivered else {}).items():
            self._fail("delivery", now, f"channel {channel}: {why}")
        looked = self._told(readings, (seen, baseline, counted), now)
        if before and sight.source == "log" and looked.last_decision is None:
            looked = looked.model_copy(update={"last_decision": before.last_decision})
        read = sight.following().read if seen and sight.following else self._read
        looked = looked.model_copy(
            update={
                "missed": missed,
                "feeds": tuple(map(Feed.of, observed.feeds or ())),
                "read": UpTo(entries=read.entries, at=read.at) if read else None,
                "in_use": stands.version,
                "halted": stands.halted,
                "stopped": stands.stopped,
                "stops_upto": stands.upto,
                "notes": (*stands.notes, *looked.notes),
            }
        )
        self._memory.keep(looked)
        self._alerts.beat(sight.job, now, self._every)
        return looked

    def _close_former(self, found: Sequence[Reading], stands: Stands, now: dt.datetime) -> None:
        """End what was found of a version that another has taken over from, where the rules cannot judge that yet."""
        if (version := stands.version) is None:
            return
        why = f"version {version.number} (run {version.run}) has taken over from the version that it was about"
        unresolved = [one for one in self._alerts.incidents("open", "acknowledged") if is_of(one, self._sight.study)]
        # a look that came while people were signing was still about the version before
        since = now if stands.changed else version.since
        for one in of_another_version(unresolved, found, self._sight.of_model, since):
            if one.id is not None:
                with suppress(RefusedStep):  # somebody has ended it meanwhile
                    self._alerts.resolve(one.id, HOUSE, why)

    def _seen(self, now: dt.datetime) -> tuple[tuple[list[Sighting], Clock] | None, Baseline | None, Counted | None]:
        sight, seen = self._sight, None
        if (following := sight.following) is not None:
            seen = self._part("log", now, lambda: following().catch_up(now, self._read), None)
        baseline = self._part("baseline", now, sight.baseline, None)
        counted = None
        if baseline is not None:
            counted = self._part("counts", now, lambda: sight.counts(baseline, now), None)
        return seen, baseline, counted

    def _observed(
        self,
        seen: tuple[list[Sighting], Clock] | None,
        known: tuple[Baseline | None, Counted | None],
        at: dt.datetime,
        now: dt.datetime,
    ) -> Observed:
        sight, (baseline, counted) = self._sight, known
        sightings, clock = seen or ([], None)
        feeds = sight.feeds
        following = sight.following if seen else None
        return Observed(
            at=at,
            baseline=baseline,
            counts=counted.table if counted else None,
            feeds=self._part("feeds", now, lambda: feeds(now), None) if feeds else None,
            links=following().window.frame() if following else None,
            decisions=[one.decided for one in sightings] if seen else None,
            jobs=self._jobs(now),
            clock=clock,
            since=self._read.at if self._read else None,
        )

    def _jobs(self, now: dt.datetime) -> dict[str, dt.datetime]:
        """When jobs last ended; rules know that of this study as `monitor` too."""
        ended = {state.job: state.done for state in self._alerts.jobs(now) if state.done}
        return ended | ({MONITOR: ended[self._sight.job]} if self._sight.job in ended else {})

    def _moment(self, baseline: Baseline | None, now: dt.datetime) -> dt.datetime:
        """When the rules look: now, or the first moment after the last day of a run, as notebook 84 does."""
        end = baseline.until if baseline else None
        if self._sight.source == "log" or end is None:
            return now
        return dt.datetime.combine(end + dt.timedelta(days=1), dt.time(), dt.UTC)

    def _part(self, part: Part, now: dt.datetime, look: Callable[[], T], otherwise: T) -> T:
        try:
            return look()
        except RiskbenchError as error:
            self._fail(part, now, str(error))
        except (OSError, MemoryError) as error:
            self._fail(part, now, str(explained(error)))
        except Exception as error:  # a fault of one part must not blind the others
            self._fail(part, now, f"this is a fault of riskbench: {type(error).__name__}: {error}")
        return otherwise

    def _fail(self, part: Part, now: dt.datetime, text: str) -> None:
        if any((one.part, one.text) == (part, text) for one in self._troubles):
            return
        self._troubles.append(Trouble(part=part, since=min(self._since.get(part, now), now), text=text))

    def _of_itself(self, now: dt.datetime) -> list[Reading]:
        """What this look says of its own parts: blind, or quiet."""
        failed = {trouble.part: trouble for trouble in self._troubles}
        told = []
        for part, severity in GRAVE.items():
            reading = Reading(RULE, KIND, "quiet", now, severity, {"part": part})
            if trouble := failed.get(part):
                text = f"Monitoring cannot see its {part} since {trouble.since:%Y-%m-%d %H:%M} UTC: {trouble.text}"
                reading = replace(reading, state="signal", text=text, advice=ADVICE)
            told.append(reading)
        return told

    def _told(
        self,
        readings: Sequence[Reading],
        known: tuple[tuple[list[Sighting], Clock] | None, Baseline | None, Counted | None],
        now: dt.datetime,
    ) -> Looked:
        seen, baseline, counted = known
        of_run = self._sight.source == "run"
        until = baseline.until if baseline and of_run else None
        monthly = baseline is not None and baseline.record.dated == "month" and of_run
        newest = until if of_run else now.date()
        return Looked(
            study=self._sight.study,
            at=now,
            source=self._sight.source,
            run=baseline.run if baseline else "",
            until=until,
            monthly=monthly,
            new=seen[1].entries if seen else 0,
            last_decision=max((one.at for one in seen[0]), default=None) if seen else None,
            signals=tuple((one.key, one.severity) for one in readings if one.state == "signal"),
            quiet=sum(one.state == "quiet" for one in readings),
            unevaluated=unevaluated(readings),
            troubles=tuple(self._troubles),
            notes=counted.notes if counted else (),
            series=series_of(counted.table, newest, "MS" if monthly else "D", baseline.model)
            if counted and baseline and newest
            else (),
        )
