"""The life of an incident, as pure steps: what a signal, a quiet look, a person and the passing of time make of it.

Each step gives the incident as it is afterwards and the events to be written down. An event names the levels that are
told of it; where it names none, nobody is disturbed.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from riskbench.core.errors import RiskbenchError
from riskbench.monitoring.alerts.settings import SEVERITIES, Settings
from riskbench.monitoring.alerts.wording import Said
from riskbench.monitoring.reading import Severity
from riskbench.monitoring.warning.durations import told

State = Literal["open", "acknowledged", "resolved"]
What = Literal[
    "opened",
    "worsened",
    "reopened",
    "escalated",
    "acknowledged",
    "acknowledgement ended",
    "resolved",
    "stayed resolved",
]
HOUSE = "riskbench"  # who acted where no person did
OVERTAKEN = dt.timedelta(minutes=5)  # a look takes no longer
LONGEST = dt.timedelta(days=31)  # that an acknowledgement may silence


class RefusedStep(RiskbenchError):
    """A step that an incident does not allow in its state; nothing was changed."""


@dataclass(frozen=True)
class Incident:
    """What a rule has said about one subject since it first did; `id` is given by the database.

    Times are UTC. `times` counts looks that signalled, `quiet_since` is the first quiet look after the last of them,
    `level` how far up it was told, `waiting_since` when that was, `reopened` how often it came back, `settled` that all
    who were told of it were told of its end.
    """

    key: str
    rule: str
    kind: str
    subject: str
    severity: Severity
    text: str
    advice: str
    opened: dt.datetime
    seen: dt.datetime
    waiting_since: dt.datetime
    times: int = 1
    state: State = "open"
    level: int = 0
    reopened: int = 0
    quiet_since: dt.datetime | None = None
    acknowledged_by: str = ""
    until: dt.datetime | None = None
    resolved: dt.datetime | None = None
    resolved_by: str = ""
    why: str = ""
    settled: bool = False
    id: int | None = None

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels that know of it."""
        return tuple(range(self.level + 1))


@dataclass(frozen=True)
class Event:
    """What happened to an incident, by whom; `tell` are the levels that are told."""

    at: dt.datetime
    what: What
    who: str
    text: str
    tell: tuple[int, ...] = ()


Step = tuple[Incident, list[Event]]


def opened(said: Said, at: dt.datetime) -> Step:
    """A new incident; `said` is what the reading says, safe to be shown."""
    new = Incident(
        said.key, said.rule, said.kind, said.subject, said.severity, said.text, said.advice, at, at, waiting_since=at
    )
    return new, [Event(at, "opened", HOUSE, said.text, new.levels)]


def signalled(old: Incident | None, said: Said, at: dt.datetime, settings: Settings) -> Step:
    """What a signal at `at` makes of the newest incident of its key, or of none.

    A look from just before the resolution was overtaken by it and changes nothing. One from long before is believed:
    rather a clock was set back, and a signal must not be lost.
    """
    if old is None or (old.resolved and at > old.resolved + settings.cooldown):
        return opened(said, at)
    if old.resolved and old.resolved - OVERTAKEN <= at <= old.resolved:
        return old, []
    events = []
    worse = SEVERITIES.index(said.severity) > SEVERITIES.index(old.severity)
    now = replace(old, seen=max(old.seen, at), times=old.times + 1, quiet_since=None)
    if at >= old.seen:
        now = replace(now, text=said.text, advice=said.advice)
    if old.resolved:
        silent: State = "acknowledged" if old.until and at < old.until else "open"
        now = replace(
            now, state=silent, reopened=old.reopened + 1, resolved=None, resolved_by="", why="", settled=False
        )
        events.append(_reopened(old, now, at, settings))
    if worse:
        now = replace(
            now, severity=said.severity, state="open", acknowledged_by="", until=None, waiting_since=max(old.seen, at)
        )
        # two sentences about one look are one too many
        events = [replace(event, tell=()) for event in events]
        events.append(Event(at, "worsened", HOUSE, f"From {old.severity} to {said.severity}. {said.text}", now.levels))
    return now, events


def _reopened(old: Incident, now: Incident, at: dt.datetime, settings: Settings) -> Event:
    """The event of coming back; only the first time is told, so that what comes and goes raises no storm."""
    by = "" if old.resolved_by == HOUSE else f", which {old.resolved_by} had resolved"
    flapping = f"If it comes and goes, that is not told again within {told(settings.cooldown)} of its resolution"
    tell = now.levels if now.reopened == 1 and now.state == "open" else ()
    return Event(at, "reopened", HOUSE, f"It signals again{by}. {flapping}. {now.text}", tell)


def quieted(old: Incident, at: dt.datetime, settings: Settings) -> Step:
    """What a quiet look makes of an unresolved incident: resolved, once it has been quiet for `resolve_after`."""
    if at <= old.seen:
        return old, []
    now = replace(old, quiet_since=min(old.quiet_since or at, at))
    since = now.quiet_since or at
    if at - since < settings.resolve_after:
        return now, []
    why = f"quiet since {since:%Y-%m-%d %H:%M} UTC"
    return _resolved(now, HOUSE, why, at)


def passed(old: Incident, now: dt.datetime, settings: Settings) -> Step:
    """What the passing of time makes of an incident: an acknowledgement ends, nobody answers, it stays resolved."""
    if old.resolved:
        if old.settled or now <= old.resolved + settings.cooldown:
            return old, []
        often = f"{old.reopened} time{'s' * (old.reopened != 1)}"
        text = f"It came back {often}; quiet since {old.resolved:%Y-%m-%d %H:%M} UTC"
        return replace(old, settled=True), [Event(now, "stayed resolved", HOUSE, text, old.levels)]
    if old.state == "acknowledged" and old.until and now >= old.until:
        text = f"The acknowledgement by {old.acknowledged_by} has ended, and it is not resolved. {old.text}"
        ended = replace(old, state="open", acknowledged_by="", until=None, waiting_since=now)
        return ended, [Event(now, "acknowledgement ended", HOUSE, text, ended.levels)]
    if old.waiting_since > now:  # the clock was set back: patience begins anew
        return replace(old, waiting_since=now), []
    patience = settings.escalate_after.get(old.severity)
    higher = old.level + 1 < len(settings.ladder)
    if old.state != "open" or patience is None or not higher or now - old.waiting_since < patience:
        return old, []
    text = f"Nobody has acknowledged it within {told(patience)}. {old.text}"
    above = replace(old, level=old.level + 1, waiting_since=now)
    return above, [Event(now, "escalated", HOUSE, text, (above.level,))]


def acknowledged(old: Incident, by: str, until: dt.datetime, at: dt.datetime) -> Step:
    """Silence an incident until a moment, or until it gets more severe. Raises `RefusedStep`."""
    if old.state == "resolved":
        raise RefusedStep(f"incident {old.id} is resolved; there is nothing to acknowledge")
    if not at < until <= at + LONGEST:
        raise RefusedStep(
            f"an acknowledgement ends within {LONGEST.days} days from now, got {until:%Y-%m-%d %H:%M} UTC"
        )
    now = replace(old, state="acknowledged", acknowledged_by=by, until=until)
    return now, [Event(at, "acknowledged", by, f"Silent until {until:%Y-%m-%d %H:%M} UTC")]


def resolved(old: Incident, by: str, why: str, at: dt.datetime) -> Step:
    """A person ends an incident and says why. Raises `RefusedStep` where it has ended."""
    if old.state == "resolved":
        raise RefusedStep(f"incident {old.id} was resolved by {old.resolved_by} at {old.resolved:%Y-%m-%d %H:%M} UTC")
    return _resolved(old, by, why, at)


def _resolved(old: Incident, by: str, why: str, at: dt.datetime) -> Step:
    at = max(at, old.seen)
    first = not old.reopened  # what comes and goes is told to have gone when it has stayed away
    now = replace(old, state="resolved", resolved=at, resolved_by=by, why=why, quiet_since=None, settled=first)
    return now, [Event(at, "resolved", by, f"{why[:1].upper()}{why[1:]}", now.levels if first else ())]
