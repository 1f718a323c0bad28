"""What a database refuses is said in a sentence, and costs nothing that was written."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from riskbench.core.errors import CannotRun
from riskbench.decision.log.errors import LogBusy, LogError, LogFull
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord

Make = Callable[..., DecisionRecord]


@pytest.fixture
def file(tmp_path: Path, record: Make) -> Path:
    """The file of a log of one decision, closed."""
    path = tmp_path / "log" / "log.sqlite"
    with open_log(path, create=True) as log:
        log.append([record()])
    return path


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://root:secret@host/db", "SQLite or PostgreSQL, got mysql"),
        ("://secret", "a log is named by a URL"),
        ("sqlite://", "a log must outlive its process"),
        ("sqlite:///:memory:", "a log must outlive its process"),
        ("postgresql+psycopg://user:secret@127.0.0.1:1/none", "the connection was lost"),
    ],
)
def test_a_place_that_is_none_is_refused_without_a_password(url: str, told: str) -> None:
    with pytest.raises(CannotRun, match=told) as refused:
        open_log(url)
    assert "secret" not in str(refused.value)


def test_a_log_that_is_not_there_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="it cannot be opened"):
        open_log(tmp_path / "none.sqlite", writing=False)
    assert not (tmp_path / "none.sqlite").exists()
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    with pytest.raises(LogError, match="there is no decision log at"):
        open_log(tmp_path / "empty.sqlite", writing=False)


def test_a_log_of_another_schema_version_is_not_touched(url: str, log: DecisionLog, without_triggers: Callable) -> None:
    drop = (
        "DROP TRIGGER decision_meta_update"
        if url.startswith("sqlite")
        else "ALTER TABLE decision_meta DISABLE TRIGGER USER"
    )
    without_triggers(drop, "UPDATE decision_meta SET schema_version = 7")
    with pytest.raises(LogError, match="has schema version 7, 1 can be read here; use the riskbench that wrote it"):
        open_log(url)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, and longer than the header of one is" * 10)
    before = (tmp_path / "notes.txt").read_bytes()
    with pytest.raises(LogError, match="the file is no SQLite database"):
        open_log(tmp_path / "notes.txt", create=True)
    assert (tmp_path / "notes.txt").read_bytes() == before


def test_a_damaged_file_is_told(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)  # all but the first page
    file.write_bytes(content)
    with pytest.raises(LogError, match="the file is damaged"), open_log(file, writing=False) as log:
        log.verify()


def test_a_log_that_others_hold_is_busy_and_then_free(file: Path, record: Make) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    with open_log(file, patience=0.05) as log:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogBusy, match="others held it for too long"):
            log.append([record()])
        assert log.head().entries == 1, "readers do not wait"
        other.execute("ROLLBACK")
        other.close()
        assert log.append([record()])[0].seq == 2


def test_postgresql_too_says_that_others_hold_it(pg_url: str, record: Make) -> None:
    engine = sa.create_engine(pg_url)
    with open_log(pg_url, create=True, patience=0.05) as log:
        with engine.begin() as other:
            other.exec_driver_sql("SELECT * FROM decision_head FOR UPDATE")
            with pytest.raises(LogBusy, match="others held it for too long"):
                log.append([record()])
        assert log.append([record()])[0].seq == 1
    engine.dispose()


def test_a_log_on_a_disk_that_is_read_only_is_read_and_not_written(file: Path, mount: Callable) -> None:
    content = file.read_bytes()
    mount(file.parent, "size=4m")
    file.write_bytes(content)
    mount(file.parent, "remount,ro")
    with open_log(file, writing=False) as log:
        assert log.verify().known.entries == 1
    with pytest.raises(LogError, match="cannot be opened"):
        open_log(file)


def test_a_reader_cannot_write_in_either_database(url: str, log: DecisionLog, record: Make) -> None:
    with open_log(url, writing=False) as reader, pytest.raises(LogError, match="it may only be read"):
        reader.append([record()])
    assert log.head().entries == 0


def test_a_full_disk_loses_nothing_and_takes_entries_again(tmp_path: Path, record: Make, mount: Callable) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mount(folder, "size=512k")
    written = []
    with open_log(folder / "log.sqlite", create=True) as log:

        def fill() -> None:
            for _ in range(2_000):
                written.extend(log.append([record() for _ in range(5)]))

        with pytest.raises(LogFull, match="no space is left where it lies"):
            fill()
        assert [a.record.id for a in log.read()] == [a.record.id for a in written]
        mount(folder, "remount,size=4m")
        log.append([record()])
        assert log.verify().broken is None
        assert log.head().entries == len(written) + 1 > 1


def test_postgresql_refuses_to_empty_the_table(pg_url: str) -> None:
    engine = sa.create_engine(pg_url)
    open_log(pg_url, create=True).close()
    with engine.connect() as owner, pytest.raises(DBAPIError, match="TRUNCATE on decision_entries is refused"):
        owner.exec_driver_sql("TRUNCATE decision_entries CASCADE")
    engine.dispose()


def test_a_role_of_its_own_can_add_and_nothing_else(pg_url: str, record: Make) -> None:
    with open_log(pg_url, create=True):
        pass
    engine = sa.create_engine(pg_url)
    with engine.begin() as owner:
        schema = owner.exec_driver_sql("SELECT current_schema()").scalar()
        role = f"{schema}_writer"
        for statement in (
            f"CREATE ROLE {role} LOGIN",
            f"GRANT USAGE ON SCHEMA {schema} TO {role}",
            f"GRANT SELECT, INSERT ON decision_entries TO {role}",
            f"GRANT SELECT, UPDATE ON decision_head TO {role}",
            f"GRANT SELECT ON decision_meta TO {role}",
        ):
            owner.exec_driver_sql(statement)
    writer = sa.create_engine(pg_url.replace("postgres@", f"{role}@"))
    with open_log(pg_url.replace("postgres@", f"{role}@"), create=True) as log:
        assert log.append([record()])[0].seq == 1
    for statement in (
        "UPDATE decision_entries SET action = ''",
        "TRUNCATE decision_entries",
        "DROP TABLE decision_head",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), writer.begin() as connection:
            connection.exec_driver_sql(statement)
    writer.dispose()
    engine.dispose()


def test_postgresql_waits_for_the_disk_even_where_it_was_told_not_to(pg_url: str) -> None:
    hasty = f"{pg_url}%20-csynchronous_commit%3Doff"
    with open_log(hasty, create=True) as log, log._engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_sqlite_waits_for_the_disk(file: Path) -> None:
    with open_log(file) as log, log._engine.connect() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")]
    assert settings == [2, "wal"]  # 2 is FULL
