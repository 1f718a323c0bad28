"""The tables of a log, and the triggers by which the database itself refuses to change what was written."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 1
METADATA = MetaData()

# All but seq, content, previous and hash repeat what the content says, so that entries can be looked up.
ENTRIES = Table(
    "decision_entries",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("decision_id", String(32), ForeignKey("decision_entries.id"), index=True),
    Column("caller", String(200), nullable=False),
    Column("idempotency_key", String(200)),
    Column("request_sha256", String(64)),
    Column("at", String(27), nullable=False, index=True),
    Column("application", String(32)),
    Column("customer", String(32)),
    Column("bundle", String(64)),
    Column("action", String(8)),
    Column("arm", String(200)),
    Column("content", Text, nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("caller", "idempotency_key"),
)
for _token in ("application", "customer"):
    _known = ENTRIES.c[_token].is_not(None)
    Index(f"decision_entries_{_token}", ENTRIES.c[_token], sqlite_where=_known, postgresql_where=_known)

HEAD = Table(  # one row: where the chain ends; whoever adds to it holds this row
    "decision_head",
    METADATA,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
META = Table(
    "decision_meta",
    METADATA,
    Column("schema_version", Integer, primary_key=True),
    Column("log_id", String(32), nullable=False),
)

_REFUSAL = "the decision log is only added to"
# INSERT OR REPLACE deletes what stands in its way without asking the triggers of DELETE: hence the one of INSERT.
_SQLITE = (
    *(
        f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for table in (ENTRIES.name, META.name)
        for event in ("UPDATE", "DELETE")
    ),
    f"""CREATE TRIGGER {ENTRIES.name}_insert BEFORE INSERT ON {ENTRIES.name}
        WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM {ENTRIES.name})
          OR EXISTS (SELECT 1 FROM {ENTRIES.name} WHERE id = NEW.id OR previous = NEW.previous
                     OR (caller = NEW.caller AND idempotency_key = NEW.idempotency_key))
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}, each entry once and at its end'); END""",
    f"CREATE TRIGGER {HEAD.name}_delete BEFORE DELETE ON {HEAD.name} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"""CREATE TRIGGER {HEAD.name}_update BEFORE UPDATE ON {HEAD.name} WHEN NEW.seq <= OLD.seq
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION decision_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_REFUSAL}: % on % is refused', TG_OP, TG_TABLE_NAME; END $$""",
    *(
        f"CREATE TRIGGER {table}_refuses BEFORE {events} ON {table} FOR EACH STATEMENT "
        "EXECUTE FUNCTION decision_log_refuses()"
        for table, events in (
            (ENTRIES.name, "UPDATE OR DELETE OR TRUNCATE"),
            (META.name, "UPDATE OR DELETE OR TRUNCATE"),
            (HEAD.name, "DELETE OR TRUNCATE"),
        )
    ),
    f"""CREATE TRIGGER {HEAD.name}_only_grows BEFORE UPDATE ON {HEAD.name} FOR EACH ROW
        WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION decision_log_refuses()""",
)
TRIGGERS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def create_tables(connection: Connection, log_id: str, start: str) -> None:
    """The tables with their triggers, in the transaction of `connection`; `start` is the head of an empty chain."""
    METADATA.create_all(connection, checkfirst=False)
    for trigger in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(trigger.replace("%", "%%") if connection.dialect.name == "postgresql" else trigger)
    connection.execute(HEAD.insert().values(one=1, seq=0, hash=start))
    connection.execute(META.insert().values(schema_version=SCHEMA_VERSION, log_id=log_id))
