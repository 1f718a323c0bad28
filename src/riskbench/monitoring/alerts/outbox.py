"""The outbox: what is to be said is committed before it is said, and marked after.

A channel has one fresh message at most; it takes up whatever happens until it is tried for the first time. So events
of one look go out together, and what happens while a receiver is down, or while a channel has had its messages of the
hour, becomes one digest; one that holds an alarm does not wait for the hour. At the first attempt its words are fixed.
Each attempt holds a lease: of two processes only one sends, and what a killed one held is free again when the lease
has run out.
"""

import datetime as dt
import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from riskbench.core.languages import Language
from riskbench.monitoring.alerts.settings import DAY, HOUR, Settings
from riskbench.monitoring.alerts.tables import CONTENTS, EVENTS, INCIDENTS, OUTBOX
from riskbench.monitoring.alerts.wording import NO_CHANNEL, Letter, Line, Say, letter

LEASE = dt.timedelta(minutes=2)  # longer than any receiver may take
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), HOUR
_PLAUSIBLE = (
    DAY + HOUR
)  # nothing waits longer, quiet hours included: what seems to, was written by a clock since set back
UNSENT = ("fresh", "waiting")
UNSPOKEN: Mapping[Language, Say] = {}  # no language but English


@dataclass(frozen=True)
class Message:
    """A row of the outbox, as the status page shows it; times in UTC."""

    id: str
    channel: str
    state: str
    created: dt.datetime
    due: dt.datetime
    subject: str
    attempts: int
    last_error: str
    sent: dt.datetime | None


@dataclass(frozen=True)
class Claim:
    """One attempt: the letter, its channel, when it was written down, the number of the attempt, and who holds it."""

    letter: Letter
    channel: str
    created: dt.datetime
    attempt: int
    holder: str


def queue(connection: Connection, event: int, channels: Sequence[str], due: dt.datetime, at: dt.datetime) -> None:
    """Have an event told to channels, from `due` on; to none of them: note that it is seen on the status page only."""
    for channel in channels or ("",):
        state, error = ("fresh", "") if channel else ("no channel", NO_CHANNEL)
        open_to_more = (OUTBOX.c.channel == channel) & (OUTBOX.c.state == "fresh")
        known = connection.execute(sa.select(OUTBOX.c.id, OUTBOX.c.due).where(open_to_more)).one_or_none()
        if known is None:
            row = {"id": secrets.token_hex(16), "channel": channel, "state": state, "created": at, "due": due}
            words = {"subject": "", "body": "", "severity": "", "attempts": 0, "last_error": error}
            connection.execute(OUTBOX.insert().values(**row, **words))
        elif due < known.due:
            connection.execute(OUTBOX.update().where(OUTBOX.c.id == known.id).values(due=due))
        message = row["id"] if known is None else known.id
        connection.execute(CONTENTS.insert().values(event=event, channel=channel, message=message))


def claim(
    connection: Connection,
    now: dt.datetime,
    settings: Settings,
    done: Iterable[str] = (),
    voices: Mapping[Language, Say] = UNSPOKEN,
) -> Claim | None:
    """The next attempt, with its lease taken; None where nothing may be sent now. `done` are messages to leave alone.

    A channel that is due for something new tries what waits as well, the oldest first. Words are fixed in the language
    of the channel where `voices` has it, and in English otherwise.
    """
    free = OUTBOX.c.lease.is_(None) | (OUTBOX.c.lease <= now) | (OUTBOX.c.lease > now + LEASE)
    due = (OUTBOX.c.due <= now) | (OUTBOX.c.due > now + _PLAUSIBLE)
    fresh, waiting = (OUTBOX.c.state == state for state in UNSENT)
    speaking = connection.scalars(sa.select(OUTBOX.c.channel).where(fresh, due))
    ready = [channel for channel in speaking.all() if _room(connection, channel, now, settings)]
    query = (
        sa.select(OUTBOX)
        .where(free, OUTBOX.c.id.not_in(list(done)))
        .where((waiting & due) | ((waiting | (fresh & due)) & OUTBOX.c.channel.in_(ready)))
        .order_by(OUTBOX.c.created, OUTBOX.c.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    written, attempt, holder = _letter(connection, row, settings, voices), row.attempts + 1, secrets.token_hex(16)
    values = {
        "state": "waiting",
        "subject": written.subject,
        "body": written.body,
        "severity": written.severity,
        "attempts": attempt,
        "first_attempt": row.first_attempt or now,
        "lease": now + LEASE,
        "holder": holder,
    }
    connection.execute(OUTBOX.update().where(OUTBOX.c.id == row.id).values(**values))
    return Claim(written, row.channel, row.created, attempt, holder)


def settle(connection: Connection, held: Claim, now: dt.datetime, error: str, settings: Settings) -> str:
    """Write down how an attempt ended, without an `error` well; the state of the message afterwards.

    An attempt that has lost its lease to a later one only writes down that it was sent.
    """
    mine = (OUTBOX.c.id == held.letter.id) & OUTBOX.c.state.in_(UNSENT)
    if not error:
        values: dict[str, Any] = {"state": "sent", "sent": now, "last_error": ""}
    else:
        mine &= OUTBOX.c.holder == held.holder
        gone = now - held.created
        dead = gone >= settings.give_up_after
        values = {"state": "dead" if dead else "waiting", "last_error": error, "due": now + wait(held.attempt)}
    connection.execute(OUTBOX.update().where(mine).values(lease=None, holder=None, **values))
    return str(values["state"])


def revive(connection: Connection, now: dt.datetime) -> int:
    """Have dead messages tried again, as if they were written now; how many."""
    again = OUTBOX.update().where(OUTBOX.c.state == "dead").values(state="waiting", due=now, created=now)
    return connection.execute(again).rowcount


def wait(attempt: int, chance: float | None = None) -> dt.timedelta:
    """How long to wait after a failed attempt: twice as long each time up to an hour, less up to a half by chance.

    >>> [wait(n, chance=0.0).total_seconds() for n in (1, 2, 3, 9)]
    [30.0, 60.0, 120.0, 3600.0]
    """
    longest = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT)
    return longest * (1 - 0.5 * (random.random() if chance is None else chance))


def messages(connection: Connection, *states: str, incident: int | None = None) -> list[Message]:
    """The messages in some states, or in all, of one incident or of all, from the oldest."""
    columns = [OUTBOX.c[name] for name in Message.__dataclass_fields__]
    query = sa.select(*columns).order_by(OUTBOX.c.created, OUTBOX.c.id)
    if states:
        query = query.where(OUTBOX.c.state.in_(states))
    if incident is not None:
        events = sa.select(EVENTS.c.id).where(EVENTS.c.incident == incident)
        query = query.where(OUTBOX.c.id.in_(sa.select(CONTENTS.c.message).where(CONTENTS.c.event.in_(events))))
    return [Message(*row) for row in connection.execute(query)]


def _room(connection: Connection, channel: str, now: dt.datetime, settings: Settings) -> bool:
    """Whether a channel may begin another message: it has begun fewer within the last hour than it takes.

    A message that tells of an alarm is begun all the same: a storm of notices must not hide it.
    """
    begun = sa.select(sa.func.count()).where(
        OUTBOX.c.channel == channel, OUTBOX.c.first_attempt > now - HOUR, OUTBOX.c.first_attempt <= now
    )
    spec = settings.channels.get(channel)
    return spec is None or connection.execute(begun).scalar_one() < spec.most_an_hour or _alarms(connection, channel)


def _alarms(connection: Connection, channel: str) -> bool:
    """Whether the fresh message of a channel tells of an alarm that goes on; that one has ended may wait."""
    held = sa.join(OUTBOX, CONTENTS, OUTBOX.c.id == CONTENTS.c.message).join(EVENTS, CONTENTS.c.event == EVENTS.c.id)
    grave = (EVENTS.c.severity == "alarm") & EVENTS.c.what.not_in(("resolved", "stayed resolved"))
    query = sa.select(OUTBOX.c.id).select_from(held)
    return (
        connection.scalars(query.where(OUTBOX.c.channel == channel, OUTBOX.c.state == "fresh", grave)).first()
        is not None
    )


def _letter(connection: Connection, row: sa.Row[Any], settings: Settings, voices: Mapping[Language, Say]) -> Letter:
    if row.state == "waiting":
        return Letter(row.id, row.subject, row.body, row.severity)
    told = sa.join(CONTENTS, EVENTS, CONTENTS.c.event == EVENTS.c.id).join(
        INCIDENTS, EVENTS.c.incident == INCIDENTS.c.id
    )
    columns = [
        EVENTS.c.incident,
        INCIDENTS.c.rule,
        INCIDENTS.c.subject,
        EVENTS.c.severity,
        EVENTS.c.what,
        EVENTS.c.at,
        EVENTS.c.text,
        EVENTS.c.advice,
    ]
    query = sa.select(*columns).select_from(told).where(CONTENTS.c.message == row.id).order_by(EVENTS.c.id)
    lines = [Line(*line) for line in connection.execute(query)]
    return letter(row.id, lines, settings.status_page, voices.get(settings.language(row.channel), str))
