"""Incidents and their history in the database: read, written, and nothing of the history changed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from riskbench.core.errors import CannotRun
from riskbench.monitoring.alerts import outbox
from riskbench.monitoring.alerts.incident import Incident, Step
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.alerts.tables import EVENTS, INCIDENTS

_COLUMNS = [INCIDENTS.c[field.name] for field in fields(Incident)]


@dataclass(frozen=True)
class Entry:
    """One line of the history of an incident; the time is UTC."""

    at: dt.datetime
    what: str
    who: str
    text: str


def newest(connection: Connection, key: str) -> Incident | None:
    """The newest incident of a key."""
    query = sa.select(*_COLUMNS).where(INCIDENTS.c.key == key).order_by(INCIDENTS.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Incident(*row) if row else None


def by_id(connection: Connection, number: int) -> Incident:
    """The incident of a number; raises `CannotRun` where there is none."""
    row = connection.execute(sa.select(*_COLUMNS).where(INCIDENTS.c.id == number)).one_or_none()
    if row is None:
        raise CannotRun(f"there is no incident {number}; riskbench alerts --all lists them")
    return Incident(*row)


def incidents(connection: Connection, *states: str) -> list[Incident]:
    """The incidents in some states, or in all, the newest first."""
    query = sa.select(*_COLUMNS).order_by(INCIDENTS.c.id.desc())
    if states:
        query = query.where(INCIDENTS.c.state.in_(states))
    return [Incident(*row) for row in connection.execute(query)]


def running(connection: Connection) -> list[Incident]:
    """The incidents that the passing of time may change: not resolved, or their end not told yet."""
    going_on = (INCIDENTS.c.state != "resolved") | sa.not_(INCIDENTS.c.settled)
    return [Incident(*row) for row in connection.execute(sa.select(*_COLUMNS).where(going_on).order_by(INCIDENTS.c.id))]


def history(connection: Connection, number: int) -> list[Entry]:
    """What happened to an incident, in order."""
    columns = [EVENTS.c[field.name] for field in fields(Entry)]
    query = sa.select(*columns).where(EVENTS.c.incident == number).order_by(EVENTS.c.id)
    return [Entry(*row) for row in connection.execute(query)]


def write(connection: Connection, step: Step, settings: Settings, now: dt.datetime) -> Incident:
    """Write a step down: the incident as it is, its events, and for each that is told a place in the outbox."""
    incident, events = step
    values = asdict(incident)
    number = values.pop("id")
    if number is None:
        number = connection.execute(INCIDENTS.insert().values(**values).returning(INCIDENTS.c.id)).scalar_one()
    else:
        connection.execute(INCIDENTS.update().where(INCIDENTS.c.id == number).values(**values))
    for event in events:
        row = {"incident": number, "at": event.at, "what": event.what, "who": event.who, "text": event.text}
        added = EVENTS.insert().values(**row, severity=incident.severity, advice=incident.advice)
        id_ = connection.execute(added.returning(EVENTS.c.id)).scalar_one()
        if event.tell:
            _tell(connection, id_, settings.told(incident.severity, event.tell), incident, settings, now)
    return replace(incident, id=number)


def _tell(
    connection: Connection,
    event: int,
    channels: Sequence[str],
    incident: Incident,
    settings: Settings,
    now: dt.datetime,
) -> None:
    quiet = settings.quiet_hours if incident.severity == "notice" else None
    outbox.queue(connection, event, channels, quiet.end(now) if quiet else now, now)
