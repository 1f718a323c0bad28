"""One query, over files beside it or over a database, which it only reads."""

import datetime as dt
import sqlite3
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskbench.core.errors import CannotRun, DataError

FEB = dt.date(2020, 2, 1)


def test_a_query_joins_files_of_its_own_folder_wherever_one_stands(read, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "loans.csv").write_text("id,x\n9,9\n")
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "loans.csv").write_text("id,x\n1,2\n")
    pq.write_table(pa.table({"id": [1], "name": ["u"]}), tmp_path / "customers.parquet")
    tape = read("select * from 'loans.csv' join 'customers.parquet' using (id);\n", "q.sql")
    assert tape.table.to_pylist() == [{"id": 1, "x": 2, "name": "u"}]
    assert "the query q.sql, run by DuckDB" in tape.how[0]


def test_a_query_sees_no_variables_and_no_network(read):
    frame = pd.DataFrame({"a": [1]})
    assert len(frame) == 1
    for table in ("frame", "'https://localhost/a.csv'"):
        with pytest.raises(DataError, match="the query must run"):
            read(f"select * from {table}", "q.sql")


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("select 1; select 2", "the file must hold one SELECT and nothing else, got 2 statements (file q.sql)"),
        ("-- nothing", "got 0 statements"),
        ("drop table loans", "got DROP"),
        ("attach 'x.db'", "got ATTACH"),
        ("copy (select 1) to 'x.csv'", "got COPY"),
        ("with x as (delete from t returning *) select * from x", "got one that also writes"),
        ("select * into y from x", "got one that also writes"),
        ("select (", "the query must be SQL"),
        ("select nope from 'loans.csv'", "file names start at the folder of the query"),
        ("select 1 as a where false", "the table must have rows"),
    ],
)
def test_only_one_select_that_gives_rows_is_accepted(read, tmp_path, query, rule):
    with pytest.raises(DataError) as refused:
        read(query, "q.sql")
    assert rule in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["q.sql"]


@pytest.fixture
def sqlite(tmp_path) -> str:
    """The address of a small SQLite database."""
    connection = sqlite3.connect(tmp_path / "loans.db")
    with connection:
        connection.execute("create table loans (id int, opened text, rate real, note)")
        rows = [(1, "2020-01-31", 0.5, "100%"), (None, "2020-02-01", None, None)]
        connection.executemany("insert into loans values (?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{tmp_path / 'loans.db'}"


def test_a_query_runs_in_a_database_and_its_text_is_taken_literally(read, sqlite):
    tape = read("select *, ':x' as colon from loans where note is null or note like '%0%'", "q.sql", sqlite)
    assert [column.type for column in tape.columns] == ["integer", "date", "number", "text", "category"]
    assert tape.table.to_pylist()[1] == {"id": None, "opened": FEB, "rate": None, "note": None, "colon": ":x"}
    assert "run in the sqlite database loans.db" in tape.how[0]


def test_many_rows_come_in_pieces_and_keep_their_order(read, sqlite):
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000)"
    tape = read(f"{numbers} select case when i > 60000 then i end as late, i, i from n", "q.sql", sqlite)
    assert tape.table.column_names == ["late", "i", "i_2"]
    assert tape.table["i"].to_pylist() == list(range(1, 120_001))
    assert tape.table["late"].null_count == 60_000


def test_values_of_several_types_in_one_column_are_refused(read, sqlite):
    with pytest.raises(DataError, match=r"a column must hold values of one type: .*column id"):
        read("select id from loans union all select 'x'", "q.sql", sqlite)


@pytest.mark.parametrize(
    ("connection", "rule"),
    [
        ("sqlite:///none.db", "there is no SQLite database none.db"),
        ("nonsense:secret", "--connection must be an SQLAlchemy URL"),
        ("postgresql+nodriver://u:secret@h/d", "--connection must be an SQLAlchemy URL"),
    ],
)
def test_a_connection_that_cannot_be_made_is_refused_without_its_password(
    read, tmp_path, monkeypatch, connection, rule
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotRun) as refused:
        read("select 1 as a", "q.sql", connection)
    assert rule in str(refused.value)
    assert "secret" not in str(refused.value)
    assert not (tmp_path / "none.db").exists()


def test_a_connection_without_sqlalchemy_names_the_extra(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(CannotRun, match=r"install riskbench\[postgres\]"):
        read("select 1 as a", "q.sql", "sqlite:///x.db")


def test_a_query_runs_in_postgresql(read, postgres):
    query = """select n as id, n / 4.0 as rate, n % 2 = 0 as even, 'level ' || n % 3 as level,
                      date '2020-01-31' + n::int as day, now() as loaded, null::int as nothing, count(*) over () as all
               from generate_series(1, 100) as n where 'a%' like '%a\\%'"""
    tape = read(query, "q.sql", postgres)
    kinds = ["integer", "number", "boolean", "category", "date", "date", "text", "integer"]
    assert [column.type for column in tape.columns] == kinds
    assert tape.table["rate"].to_pylist()[:2] == [0.25, 0.5]


def test_a_function_that_writes_is_stopped_by_the_read_only_transaction(read, postgres):
    import sqlalchemy

    engine = sqlalchemy.create_engine(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("create sequence numbers")
    engine.dispose()
    with pytest.raises(DataError, match=r"the query must run in postgresql: cannot execute nextval\(\) in a read-only"):
        read("select nextval('numbers') as n", "q.sql", postgres)
