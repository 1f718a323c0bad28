"""Feeds from databases: rows from the watermark on, each once, whatever happens in between."""

import datetime as dt
import sqlite3
import subprocess
import sys

import duckdb
import pyarrow.parquet as pq
import pytest
import sqlalchemy

from riskbench.core.errors import CannotRun, DataError

TABLE = 'create table reports ("who" text, "reported" date, "lines" {number}, "updated" {time})'


def feeds(source: str, more: str = "") -> str:
    return f"""
schema_version = 1
[feeds.reports]
table = "reports"
key = ["who"]
event_at = "reported"
{more}
source = {source}
expected_every_hours = 24
hold_back_above = 0.5
"""


def rows(fed):
    tables = [pq.read_table(path).to_pylist() for path in fed.store().paths()]
    return sorted((row["who"], row["lines"]) for table in tables for row in table)


@pytest.fixture
def database(postgres):
    """A table of reports in PostgreSQL, and a way to say something to it."""
    engine = sqlalchemy.create_engine(postgres)

    def say(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    say("drop table if exists reports")
    say(TABLE.format(number="numeric(10, 2)", time="timestamptz"))
    yield say
    engine.dispose()


@pytest.fixture
def fed(small, make_fed, postgres, monkeypatch):
    monkeypatch.setenv("REPORTS_HOST", postgres.partition("host=")[2])
    url = postgres.partition("host=")[0] + "host=${REPORTS_HOST}"
    return make_fed(small, feeds(f'{{ url = "{url}", table = "reports", watermark = "updated", overlap = 1 }}'))


def test_rows_inserted_between_refreshes_are_taken_and_equal_watermarks_are_not_lost(fed, database):
    database("insert into reports values ('c1', '2024-02-01', 1.5, '2024-02-01 10:00+00')")
    assert [line.rows for line in fed.refresh()] == [1]
    database("insert into reports values ('c2', '2024-02-01', 2.5, '2024-02-01 10:00+00')")
    assert [(line.rows, line.known) for line in fed.refresh()] == [(1, 1)]
    assert fed.refresh() == []
    assert rows(fed) == [("c1", 1.5), ("c2", 2.5)]


def test_a_late_commit_within_the_overlap_is_not_lost(fed, database):
    database("insert into reports values ('c1', '2024-02-01', 1, '2024-02-01 10:00+00')")
    fed.refresh()
    database("insert into reports values ('c2', '2024-02-01', 2, '2024-02-01 09:30+00')")
    assert [line.rows for line in fed.refresh()] == [1]


def test_a_row_without_a_watermark_is_not_lost(fed, database):
    database("insert into reports values ('c1', '2024-02-01', 1, '2024-02-01 10:00+00')")
    fed.refresh()
    database("insert into reports values ('c2', '2024-02-01', 2, null)")
    assert [line.rows for line in fed.refresh()] == [1]
    assert fed.refresh() == []


def test_an_update_is_a_new_version_from_its_refresh_on(fed, database):
    database("insert into reports values ('c1', '2024-02-20', 1, '2024-02-20 10:00+00')")
    fed.refresh(at=dt.datetime(2024, 3, 1))
    database("update reports set lines = 7, updated = '2024-04-01 10:00+00'")
    fed.refresh(at=dt.datetime(2024, 4, 1, 12))
    live = fed.live()
    assert live.values({"who": "c1"}, dt.datetime(2024, 4, 1, 23)).columns["lines"] == 1
    assert live.values({"who": "c1"}, dt.datetime(2024, 4, 2)).columns["lines"] == 7


def test_a_bad_row_is_put_into_quarantine_once(fed, database):
    database(
        "insert into reports values ('c1', '2024-02-01', 1, '2024-02-01 10:00+00'), (null, '2024-02-01', 1, '2024-02-01 10:00+00')"
    )
    assert [(line.rows, line.refused) for line in fed.refresh()] == [(1, 1)]
    assert fed.refresh() == []
    assert len(fed.refused()) == 1


def test_a_change_of_schema_is_an_error_and_nothing_is_lost(fed, database):
    database("insert into reports values ('c1', '2024-02-01', 1, '2024-02-01 10:00+00')")
    fed.refresh()
    database("alter table reports rename column lines to entries")
    database("insert into reports values ('c2', '2024-02-01', 2, '2024-02-02 10:00+00')")
    with pytest.raises(DataError, match="feed reports: a delivery must have the column lines"):
        fed.refresh()
    database("alter table reports rename column entries to lines")
    assert [line.rows for line in fed.refresh()] == [1]


def test_a_delivery_held_back_stays_to_be_read(fed, database):
    database("insert into reports values (null, '2024-02-01', 1, '2024-02-01 10:00+00')")
    assert [line.kind for line in fed.refresh()] == ["held"]
    assert [line.kind for line in fed.refresh()] == ["held"]
    assert len(fed.store().state().lines) == 1  # written down once
    database("update reports set who = 'c1'")
    assert [line.rows for line in fed.refresh()] == [1]


def test_a_connection_that_is_lost_is_an_error_and_nothing_is_lost(fed, database, postgres):
    database("insert into reports values ('c1', '2024-02-01', 1, '2024-02-01 10:00+00')")
    database("""create or replace view slow as select * from reports
                where (select pg_terminate_backend(pg_backend_pid())) is not null""")
    text = fed.folder / "feeds.toml"
    whole = text.read_text()
    text.write_text(whole.replace('table = "reports", watermark', 'table = "slow", watermark'))
    with pytest.raises(DataError, match=r"feed reports must be readable from postgresql: .*nothing was taken"):
        fed.refresh()
    assert fed.store().state().lines == ()
    text.write_text(whole)
    database("drop view slow")
    assert [line.rows for line in fed.refresh()] == [1]


def test_a_query_is_asked_as_a_table_is(fed, database):
    text = fed.folder / "feeds.toml"
    query = "select who, reported, lines * 2 as lines, updated from reports where lines > 1;"
    text.write_text(text.read_text().replace('table = "reports", watermark', f'query = "{query}", watermark'))
    database(
        "insert into reports values ('c1', '2024-02-01', 1, '2024-02-01 10:00+00'), ('c2', '2024-02-01', 2, '2024-02-01 10:00+00')"
    )
    fed.refresh()
    assert rows(fed) == [("c2", 4)]


def test_a_variable_that_is_not_set_is_named(fed, monkeypatch):
    monkeypatch.delenv("REPORTS_HOST")
    with pytest.raises(CannotRun, match="its url names the variable REPORTS_HOST of the environment, which is not set"):
        fed.refresh()


def test_a_password_is_in_no_message(small, make_fed, monkeypatch):
    monkeypatch.setenv("PASSWORD", "secret")
    fed = make_fed(
        small, feeds('{ url = "postgresql+psycopg://u:${PASSWORD}@127.0.0.1:1/d", table = "t", watermark = "w" }')
    )
    with pytest.raises(DataError) as refused:
        fed.refresh()
    assert "secret" not in str(refused.value)


def test_a_sqlite_file_is_read_from_its_watermark_on(small, make_fed, tmp_path):
    connection = sqlite3.connect(tmp_path / "source.db")
    connection.execute(TABLE.format(number="real", time="text"))
    url = f"sqlite:///{tmp_path / 'source.db'}"
    fed = make_fed(small, feeds(f'{{ url = "{url}", table = "reports", watermark = "updated", overlap = 2 }}'))
    for who, time in (("c1", "2024-02-01 10:00:00"), ("c2", "2024-02-01 09:00:00"), ("c3", "2024-02-01 07:00:00")):
        with connection:
            connection.execute("insert into reports values (?, '2024-02-01', 1.5, ?)", (who, time))
        fed.refresh()
    connection.close()
    assert rows(fed) == [("c1", 1.5), ("c2", 1.5)]  # the third was committed later than the overlap reaches


def test_a_duckdb_file_is_read_from_its_watermark_on(small, make_fed, tmp_path):
    fed = make_fed(small, feeds('{ duckdb = "source.duckdb", table = "reports", watermark = "number" }'))
    with pytest.raises(CannotRun, match=r"there is no DuckDB file source\.duckdb"):
        fed.refresh()
    for number in (1, 1, 2):
        with duckdb.connect(tmp_path / "source.duckdb") as source:
            source.execute("create table if not exists reports (who text, reported date, lines double, number int)")
            source.execute(f"insert into reports select 'c' || count(*), date '2024-02-01', 1, {number} from reports")
        fed.refresh()
    assert rows(fed) == [("c0", 1), ("c1", 1), ("c2", 1)]


def test_a_duckdb_file_that_another_process_writes_is_said_to_be_locked(small, make_fed, tmp_path):
    held = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path / "source.duckdb")], stdin=-1, stdout=-1, text=True
    )
    assert process.stdout.readline() == "open\n"
    fed = make_fed(small, feeds('{ duckdb = "source.duckdb", table = "reports", watermark = "number" }'))
    with pytest.raises(DataError, match=r"feed reports must be readable from DuckDB: .*nothing is lost"):
        fed.refresh()
    process.communicate("")
