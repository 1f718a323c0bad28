"""Records, and logs in both databases."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, Said

MakeRecord = Callable[..., DecisionRecord]
_number = itertools.count()


@pytest.fixture
def record() -> MakeRecord:
    """A decision: approved with 510 points, unless told otherwise."""

    def make(**fields: Any) -> DecisionRecord:
        said = Said(action="approve", band="high", rule="", unknown=False, amount=100.0)
        usual = {
            "caller": "web",
            "application": "a" * 32,
            "bundle": "b" * 64,
            "inputs": {"income": 1200.5, "employment": "salaried", "enquiries": None},
            "ages": {"bureau": 3.5},
            "arm": "champion",
            "score": 510,
            "pd": 0.04,
            "said": said,
            "reasons": (("income", 2),),
        }
        return DecisionRecord(**(usual | fields))

    return make


@pytest.fixture
def keyed(record: MakeRecord) -> Callable[[str, str], DecisionRecord]:
    """A decision that was asked for with an idempotency key; the request is named by one digit."""
    return lambda key, request: record(idempotency_key=key, request_sha256=request * 64)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a log of its own, in each database."""
    return f"sqlite:///{tmp_path / 'log.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("pg_url")


@pytest.fixture
def pg_url(postgres: str) -> str:
    """A place for a log of its own in PostgreSQL."""
    schema = f"log{next(_number)}"
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    engine.dispose()
    return f"{postgres}&options=-csearch_path%3D{schema}"


@pytest.fixture
def log(url: str) -> Iterator[DecisionLog]:
    """An empty log, in each database."""
    with open_log(url, create=True, patience=5) as opened:
        yield opened


@pytest.fixture
def by_hand(url: str) -> Callable[..., None]:
    """Say something to the database, past the log: `by_hand("DELETE FROM decision_entries")`."""

    def run(*statements: str) -> None:
        engine = sa.create_engine(url)
        try:
            with engine.begin() as connection:
                for statement in statements:
                    connection.execute(sa.text(statement))
        finally:
            engine.dispose()

    return run


@pytest.fixture
def without_triggers(url: str, by_hand: Callable[..., None]) -> Callable[..., None]:
    """The same as the owner of the tables may do it, who drops triggers first."""
    of_sqlite = [f"decision_entries_{event}" for event in ("update", "delete", "insert")]
    drop = (
        [f"DROP TRIGGER {name}" for name in (*of_sqlite, "decision_head_update")]
        if url.startswith("sqlite")
        else [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in ("decision_entries", "decision_head")]
    )
    return lambda *statements: by_hand(*drop, *statements)
