"""Did the jobs run? Each says when it has begun and ended; whoever looks, and is not the job, says which are late.

A clock may be set back: then the last completion lies in the future and would hide a dead job for as long. From the
look that finds it so, time is counted anew, and the look says so.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.alerts.tables import HEARTBEATS
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import told

RULE, KIND = "watchdog", "job"
SLACK = dt.timedelta(minutes=1)  # at least that much later than promised is not late yet


@dataclass(frozen=True)
class JobState:
    """A job at a look: when it last began and ended (UTC), how often it should, whether it is late; `note` tells."""

    job: str
    begun: dt.datetime | None
    done: dt.datetime | None
    every: dt.timedelta | None
    late: bool
    note: str


def beat(
    connection: Connection,
    job: str,
    *,
    begun: dt.datetime | None = None,
    done: dt.datetime | None = None,
    every: dt.timedelta | None = None,
) -> None:
    """Write down that a job has begun or ended, and how often it means to."""
    values: dict[str, object] = {"begun": begun} if begun else {}
    if done:
        values |= {"done": done, "counted_from": done}
    if every:
        values["every"] = int(every.total_seconds())
    known = HEARTBEATS.c.job == job
    if not connection.execute(HEARTBEATS.update().where(known).values(**values)).rowcount:
        new = {"every": 0, "counted_from": begun or done} | values
        connection.execute(HEARTBEATS.insert().values(job=job, **new))


def look(connection: Connection, now: dt.datetime, settings: Settings) -> list[JobState]:
    """All jobs that have ever spoken or stand in the settings, by name; one that never spoke is counted from now on."""
    rows = {row.job: row for row in connection.execute(sa.select(HEARTBEATS))}
    states = []
    for job in sorted({*rows, *settings.jobs}):
        if job not in rows:
            connection.execute(HEARTBEATS.insert().values(job=job, every=0, counted_from=now))
            states.append(JobState(job, None, None, settings.jobs[job].every, False, "it has not run yet"))
            continue
        row, set_back = rows[job], ""
        since = row.counted_from
        if since > now:
            set_back = f"the clock was set back by {told(since - now)}; counted anew from now"
            connection.execute(HEARTBEATS.update().where(HEARTBEATS.c.job == job).values(counted_from=now))
            since = now
        promised = settings.jobs[job].every if job in settings.jobs else dt.timedelta(seconds=row.every) or None
        late = promised is not None and now - since > promised + max(promised / 4, SLACK)
        note = set_back or (_why(row, now - since) if late else "")
        states.append(JobState(job, row.begun, row.done, promised, late, note))
    return states


def readings(states: list[JobState], now: dt.datetime) -> list[Reading]:
    """What the watchdog says at a look: an alarm for each job that is late."""
    return [
        Reading(
            rule=RULE,
            kind=KIND,
            state="signal" if state.late else "quiet" if state.every else "not_evaluated",
            at=now,
            severity="alarm",
            subject={"job": state.job},
            text=f"The job {state.job} did not run: {state.note}" if state.late else "",
            advice="see whether its timer and its machine run, then start it by hand" if state.late else "",
            reason="" if state.every else "nobody said how often it runs",
        )
        for state in states
    ]


def _why(row: sa.Row[tuple[object, ...]], gone: dt.timedelta) -> str:
    ended = f"it last ended {told(gone)} ago" if row.done else f"it has not ended once in {told(gone)}"
    hangs = row.begun is not None and (row.done is None or row.begun > row.done)
    return f"{ended}{f', and what began at {row.begun:%Y-%m-%d %H:%M} UTC has not ended' if hangs else ''}"
