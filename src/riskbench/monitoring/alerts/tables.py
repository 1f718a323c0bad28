"""The tables of alerts, beside the counts in the monitoring database; the history is only added to."""

import datetime as dt
import secrets
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect

from riskbench.core.errors import CannotRun
from riskbench.decision.log.record import time_text
from riskbench.monitoring.alerts.incident import Incident

SCHEMA_VERSION = 1
METADATA = MetaData()
_CREATING = 0x616C6572  # of an advisory lock: writers of alerts take turns, as those of SQLite do anyway


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """A time in UTC as text of one width: texts in their order are times in theirs, in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:
        """The text of a time; raises ValueError for one without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a time must have a zone, got {value}")
        return None if value is None else time_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:
        """The time of a text."""
        return None if value is None else dt.datetime.fromisoformat(value)


META = Table(
    "alert_meta",
    METADATA,
    Column("schema_version", Integer, primary_key=True),
    Column("database", String(32), nullable=False),  # so that messages of two databases have different ids
)
_TYPES: dict[str, sa.types.TypeEngine[Any]] = dict.fromkeys(
    ("opened", "seen", "waiting_since", "quiet_since", "until", "resolved"), Moment()
) | dict.fromkeys(("times", "level", "reopened"), Integer())
INCIDENTS = Table(
    "alert_incidents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("settled", Boolean, nullable=False),
    *(
        Column(field.name, _TYPES.get(field.name, Text()), nullable=field.name in ("quiet_since", "until", "resolved"))
        for field in fields(Incident)
        if field.name not in ("id", "settled")
    ),
)
_running = INCIDENTS.c.state != "resolved"
Index("alert_one_a_key", INCIDENTS.c.key, unique=True, sqlite_where=_running, postgresql_where=_running)
Index("alert_incidents_key", INCIDENTS.c.key)

EVENTS = Table(
    "alert_events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("incident", ForeignKey("alert_incidents.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("severity", Text, nullable=False),  # as it was then
    Column("advice", Text, nullable=False),
)
OUTBOX = Table(
    "alert_outbox",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("channel", Text, nullable=False),
    # fresh: takes up what happens; waiting: its words are fixed, it was tried; then sent, dead, or of no channel
    Column("state", String(12), nullable=False),
    Column("created", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_attempt", Moment),
    Column("last_error", Text, nullable=False),
    Column("lease", Moment),  # until then it is being sent
    Column("holder", String(32)),  # by this attempt
    Column("sent", Moment),
)
_fresh = OUTBOX.c.state == "fresh"
Index("alert_one_fresh", OUTBOX.c.channel, unique=True, sqlite_where=_fresh, postgresql_where=_fresh)
Index("alert_outbox_state", OUTBOX.c.state, OUTBOX.c.due)

CONTENTS = Table(  # which events a message tells; an event is told once a channel
    "alert_contents",
    METADATA,
    Column("event", ForeignKey("alert_events.id"), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("message", ForeignKey("alert_outbox.id"), nullable=False, index=True),
)
HEARTBEATS = Table(
    "alert_heartbeats",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("begun", Moment),
    Column("done", Moment),
    Column("every", Integer, nullable=False),  # seconds; 0: not said
    Column("counted_from", Moment, nullable=False),  # the last completion, as far as the clock can be believed
)

_REFUSAL = "the history of alerts is only added to"
_TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER {EVENTS.name}_{event.lower()} BEFORE {event} ON {EVENTS.name} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for event in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        f"CREATE FUNCTION alert_events_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        f"CREATE TRIGGER {EVENTS.name}_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON {EVENTS.name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION alert_events_refuses()",
    ),
}


def take_turns(connection: Connection) -> None:
    """Have this transaction be the only one that writes alerts until it ends; SQLite sees to that by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATING})")


def ensure_tables(connection: Connection) -> str:
    """Make the tables where there are none; the id of the database. Raises `CannotRun` for those of a later version."""
    if not sa.inspect(connection).has_table(META.name):
        METADATA.create_all(connection, checkfirst=False)
        for trigger in _TRIGGERS[connection.dialect.name]:
            connection.exec_driver_sql(trigger)
        connection.execute(META.insert().values(schema_version=SCHEMA_VERSION, database=secrets.token_hex(16)))
    version, database = connection.execute(sa.select(META)).one()
    if version != SCHEMA_VERSION:
        raise CannotRun(
            f"the tables of alerts have version {version}, and this riskbench knows {SCHEMA_VERSION}. "
            "What to do: use the riskbench that wrote them, or a newer one"
        )
    return str(database)
