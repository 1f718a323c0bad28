"""The last look at each study, kept in the monitoring database for whoever shows it."""

import datetime as dt

import sqlalchemy as sa
from pydantic import ValidationError

from riskbench.core.errors import CannotRun
from riskbench.decision.log.database import PATIENCE, Opened, engine_of, named, transaction
from riskbench.decision.log.record import time_text
from riskbench.monitoring.places import WHAT
from riskbench.monitoring.watch.looked import Looked

_METADATA = sa.MetaData()
LOOKS = sa.Table(
    "watch_looks",
    _METADATA,
    sa.Column("study", sa.Text, primary_key=True),
    sa.Column("at", sa.String(27), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)


class Memory(Opened):
    """The last look at each study, in SQLite or PostgreSQL. Raises `CannotRun` where the database refuses."""

    def __init__(self, url: str, *, patience: float = PATIENCE):
        self._engine = engine_of(url, WHAT, patience=patience)
        self.name = named(url, WHAT)
        try:
            with transaction(self._engine, self.name, writes=True) as connection:
                if connection.dialect.name == "postgresql":  # of several that find no table, one makes it
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(2003788904)")
                _METADATA.create_all(connection)
        except BaseException:
            self.close()
            raise

    def keep(self, looked: Looked) -> None:
        """Keep a look in the place of the one before; one that was overtaken by a later one is not kept."""
        row = {"at": time_text(looked.at), "document": looked.model_dump_json()}
        mine = LOOKS.c.study == looked.study
        with transaction(self._engine, self.name, writes=True) as connection:
            before = connection.execute(sa.select(LOOKS.c.at).where(mine).with_for_update()).scalar_one_or_none()
            if before is None:
                connection.execute(LOOKS.insert().values(study=looked.study, **row))
            elif before <= row["at"] or before > time_text(looked.at + dt.timedelta(days=1)):  # a clock was set back
                connection.execute(LOOKS.update().where(mine).values(**row))

    def last(self) -> list[Looked]:
        """The last look at each study, by its name. Raises `CannotRun` for one that a newer riskbench wrote."""
        with transaction(self._engine, self.name, writes=False) as connection:
            rows = connection.execute(sa.select(LOOKS.c.study, LOOKS.c.document).order_by(LOOKS.c.study)).all()
        try:
            return [Looked.model_validate_json(document) for _, document in rows]
        except ValidationError:
            told = "holds a look that cannot be read here. What to do: use the riskbench that wrote it, or a newer one"
            raise CannotRun(f"{self.name} {told}") from None
