import contextlib
import datetime as dt
import gzip
import os
import sqlite3
import sys
import uuid
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.reading import Tape, read_tape, write_tape

Read = Callable[..., Tape]
JAN, FEB = dt.date(2020, 1, 31), dt.date(2020, 2, 1)


@pytest.fixture
def read(tmp_path) -> Read:
    """Read a table from its content: text or bytes of a file, or a pyarrow table as Parquet."""

    def call(content: str | bytes | pa.Table, name: str = "", connection: str | None = None) -> Tape:
        path = tmp_path / (name or ("a.parquet" if isinstance(content, pa.Table) else "a.csv"))
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_tape(path, connection)

    return call


@pytest.fixture
def typed(read) -> Callable[..., tuple[str, list, str]]:
    """Type, values and reason of the first column of a semicolon-separated file that holds these cells."""

    def call(*cells: str, beside: str = "x") -> tuple[str, list, str]:
        tape = read("v;w\n" + "".join(f"{cell};{beside}\n" for cell in cells))
        return tape.columns[0].type, tape.table.column(0).to_pylist(), tape.columns[0].how

    return call


# The file: encoding, separator, header, rows


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_with_and_without_its_mark(read, codec):
    tape = read("年収;пол\n1,5;ж\n2;м\n".encode(codec))
    assert tape.table.to_pydict() == {"年収": [1.5, 2.0], "пол": ["ж", "м"]}


def test_western_text_that_is_not_unicode_is_read_and_the_guess_is_stated(read):
    tape = read("prénom;x\nZoë;1\n".encode("cp1252"))
    assert tape.table.column_names == ["prénom", "x"]
    assert "Windows-1252, a guess: byte 3 is not UTF-8" in tape.how[0]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("имя;x\nИван;1\n".encode("cp1251"), "the text must be UTF-8 throughout, byte 1 is not (file a.csv)"),
        ("a;b\né;è\n".encode() + b"\xff;1\n", "the text must be UTF-8 throughout, byte 11 is not (file a.csv, rows 2)"),
        (b"\xff\xfea\x00\n\xd8", "the text must be UTF-16 throughout"),
        (b"a,b\n\x00\x01,2\n", "byte 5 is zero: it is binary, or UTF-16 without its mark (file a.csv, rows 1)"),
        (b"PK\x03\x04xl", "this is a zip or Excel file"),
        (b"PAR1....", "What to do: name it .parquet"),
        (b"", "the file must hold a header and rows, it is empty"),
        (b" \n\n", "the file must hold a header and rows, it is empty"),
        (b"a,b\n", "the file must hold rows, it has only a header"),
        (b"sep=;\n", "the header must name at least two columns"),
        (b"a b\n1 2\n", "the header must name at least two columns, parted by one of: comma, semicolon, tab"),
    ],
)
def test_what_is_no_table_of_text_is_refused_with_file_place_and_remedy(read, content, rule):
    with pytest.raises(DataError) as refused:
        read(content)
    assert rule in str(refused.value)
    assert "file a.csv" in str(refused.value)
    assert "What to do:" in str(refused.value)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.txt"])
def test_a_gzipped_file_is_read_whatever_its_name(read, name):
    assert read(gzip.compress(b"a,b\n1,2\n"), name).table.to_pydict() == {"a": [1], "b": [2]}


def test_a_gzipped_file_must_be_whole(read):
    with pytest.raises(DataError, match=r"a gzipped file must be whole: .* \(file a.csv.gz\)"):
        read(gzip.compress(os.urandom(5000))[:-100], "a.csv.gz")


@pytest.mark.parametrize(("separator", "title"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_the_separator_is_found_past_quoted_cells_and_decimal_commas(read, separator, title):
    tape = read(f'"a{separator}b"{separator}c\n"1,5"{separator}"x ""y"""\n'.replace("\n", "\r\n"))
    assert tape.table.to_pydict() == {f"a{separator}b".replace("\t", " "): [1.5], "c": ['x "y"']}
    assert title in tape.how[1]


def test_a_separator_that_excel_declares_is_believed(read):
    assert read("sep=;\na,b;c\n1,5;2\n").table.to_pydict() == {"a,b": [1.5], "c": [2]}


def test_old_line_ends_blank_lines_and_breaks_in_quotes_are_read(read):
    assert read("a,b\r1,2\r3,4\r").table.num_rows == 2
    assert read('\na,b\n\n1,"x\ny"\n').table.to_pydict() == {"a": [1], "b": ["x\ny"]}


def test_ragged_rows_are_refused_with_their_numbers(read):
    with pytest.raises(DataError) as refused:
        read("a,b\n1,2\n3\n4,5\n6,7,8\n")
    assert "every row must have 2 cells, as the header has; 2 have 1 or 3 (file a.csv, rows 2, 4)" in str(refused.value)
    assert refused.value.rows == (2, 4)


def test_an_open_quote_is_refused_even_where_it_swallows_the_rest(read):
    with pytest.raises(DataError, match=r"a quoted cell must be closed by a quote \(file a.csv, rows 2\)"):
        read('a,b\n1,2\n3,"x\n4,5\n')


@pytest.mark.parametrize("content", ["1,2\n3,4\n", "A11,2020-01-05,5\nA12,2020-01-06,4\nA11,2020-01-05,3\n"])
def test_a_file_without_a_header_is_refused(read, content):
    with pytest.raises(DataError, match="the first row must name the columns, it looks like data"):
        read(content)


def test_columns_may_be_named_by_years_beside_other_names(read):
    assert read("id,2019,2020\n7,1,2\n").table.column_names == ["id", "2019", "2020"]


def test_lines_above_the_header_are_refused(read):
    with pytest.raises(DataError, match=r"it has one cell, most rows have 2 .* remove the lines above the header"):
        read("Loans of 2020\na,b\n1,2\n3,4\n5,6\n")


def test_a_header_repeated_among_the_rows_is_refused(read):
    with pytest.raises(DataError, match=r"the header must stand once, above the rows \(file a.csv, rows 2\)"):
        read("a,b\n1,2\na,b\n3,4\n")


# Names


def test_names_stay_except_where_a_rule_forces_a_change_that_is_stated(read):
    header = ["loan", "Loan", "loan_2", "", "Sample", "y", "file_row_number", " a.b 'c' ", '"two\nlines"']
    tape = read(",".join(header) + "\n" + ",".join("x" * len(header)) + "\n")
    names = ["loan", "Loan_3", "loan_2", "column_4", "Sample_", "y_", "file_row_number_", "a.b 'c'", "two lines"]
    assert [column.name for column in tape.columns] == tape.table.column_names == names
    assert [column.source_name for column in tape.columns[:4]] == ["loan", "Loan", "loan_2", ""]
    assert len([line for line in tape.how if "is called" in line]) == 6  # trimming alone is not worth a word


# Numbers, truth values, codes


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1", "-20"), [1, -20]),
        (("1234.5", "-.5", "2e3"), [1234.5, -0.5, 2000.0]),
        (("1234,5", "-0,25", "7"), [1234.5, -0.25, 7.0]),
        (("1,234.50", "12", "1,000,000.25"), [1234.5, 12.0, 1000000.25]),
        (("1.234,50", "12"), [1234.5, 12.0]),
        (("1 234,50", "1\u00a0234\u202f567"), [1234.5, 1234567.0]),
        (("1'234.50", "1’234"), [1234.5, 1234.0]),
        (("1.234.567", "5"), [1234567, 5]),
        (("12.0", "7.0"), [12, 7]),
        (("12.5%", "3 %"), [12.5, 3.0]),
        (("$1,200.50", "-$3"), [1200.5, -3.0]),
        (("5 KES", "6 KES"), [5, 6]),
    ],
)
def test_numbers_are_read_in_every_way_of_writing_them(typed, cells, values):
    kind, read, _ = typed(*cells)
    assert (kind, read) == ("integer" if isinstance(values[0], int) else "number", values)


def test_one_separator_before_three_digits_is_settled_by_other_columns_or_stays_text(typed):
    assert typed("1.234", "12.500", beside="0,5")[:2] == ("integer", [1234, 12500])
    assert typed("1.234", "12.500", beside="0.5")[:2] == ("number", [1.234, 12.5])
    kind, _, how = typed("1.234", "12.500")
    assert kind == "text"
    assert "no value decides: write them as digits with a decimal point only" in how


@pytest.mark.parametrize(
    "cells",
    [
        ("1.5", "1,5"),
        ("$5", "6"),
        ("12%", "6"),
        ("LOT12", "LOT13"),
        ("+254712345678", "+254712345679"),
        ("Junior 20", "Marketing 12"),
        ("12:30", "13:45"),
    ],
)
def test_what_is_not_plainly_a_number_or_a_date_stays_text(typed, cells):
    assert typed(*cells)[:2] == ("text", list(cells))


def test_numbers_in_two_notations_say_so(typed):
    assert "numbers written in several ways (decimal point" in typed("1.5", "1,5")[2]


def test_a_few_wrong_cells_among_numbers_are_named_by_row_and_not_by_value(typed):
    kind, _, how = typed(*map(str, range(30)), "secret")
    assert kind == "text"
    assert "nearly all are numbers (decimal point (1234.50)), but not rows 31" in how
    assert "secret" not in how


@pytest.mark.parametrize(
    ("cells", "why"), [(("00123", "45"), "leading zeros"), (("1234567890123456", "7"), "16 digits and more")]
)
def test_codes_of_digits_stay_text(typed, cells, why):
    kind, values, how = typed(*cells)
    assert (kind, values) == ("text", list(cells))
    assert why in how


@pytest.mark.parametrize("pair", [("TRUE", "false"), ("Yes", "no"), ("t", "f"), ("Y", "N")])
def test_two_words_of_truth_are_boolean(typed, pair):
    assert typed(*pair, "")[:2] == ("boolean", [True, False, None])


def test_zero_and_one_stay_numbers_and_one_word_alone_stays_text(typed):
    assert typed("0", "1")[0] == "integer"
    assert typed(*["Y"] * 4)[0] == "category"


@pytest.mark.parametrize("word", ["inf", "-Infinity", "1e999"])
def test_infinite_numbers_are_refused_with_column_and_rows(typed, word):
    with pytest.raises(DataError, match=r"a number must be finite \(file a.csv, column v, rows 2, 4\)"):
        typed("1", word, "2.5", word)


# Missing values


@pytest.mark.parametrize("marker", ["", "NA", "N/A", "null", "None", "nan", ".", "-", "?", "#N/A"])
@pytest.mark.parametrize(("cell", "value"), [("1", 1), ("0.5", 0.5), ("2020-01-31", JAN)])
def test_markers_of_missing_values_count_among_numbers_and_dates(typed, marker, cell, value):
    _, values, how = typed(cell, marker)
    assert values == [value, None]
    assert how.endswith(f"{marker!r} (1 row) taken as missing" if marker else "empty in 1 row")


def test_markers_stay_values_among_text_and_empty_cells_do_not(typed):
    kind, values, how = typed("NA", "ZA", "NA", "ZA", "")
    assert (kind, values) == ("category", ["NA", "ZA", "NA", "ZA", None])
    assert "'NA' (2 rows) kept as a value" in how


def test_a_column_without_values_is_text(typed):
    assert typed("", "-", "")[:2] == ("text", [None, None, None])


# Dates


@pytest.mark.parametrize(
    "cells",
    [
        ("2020-01-31", "2020-02-01"),
        ("2020/01/31", "2020/2/1"),
        ("31.01.2020", "01.02.2020"),
        ("31/01/2020", "01/02/2020"),
        ("01/31/2020", "02/01/2020"),
        ("20200131", "20200201"),
        ("31-Jan-2020", "1-FEB-2020"),
        ("31 January 20", "01 Feb 20"),
        ("31/01/20", "1/2/20"),
        ("2020-01-31T23:59:59.5Z", "2020-02-01 00:30:00+02:00"),
        ("31.01.2020 10:15", "01.02.2020 11:00"),
        ("1/31/2020 1:30 PM", "2/1/2020 2:45 AM"),
    ],
)
def test_dates_are_read_in_every_way_of_writing_them(typed, cells):
    assert typed(*cells)[:2] == ("date", [JAN, FEB])


def test_a_month_is_dated_by_its_first_day_and_the_pivot_of_short_years_is_stated(typed):
    kind, values, how = typed("Dec-69", "Jan-68")
    assert (kind, values) == ("date", [dt.date(1969, 12, 1), dt.date(2068, 1, 1)])
    assert "a month is dated by its first day; two-digit years from 69 on are of the 1900s" in how
    assert typed("Dec-2011", "Jan-2012")[1] == [dt.date(2011, 12, 1), dt.date(2012, 1, 1)]


def test_the_order_of_day_and_month_is_decided_by_data_and_said(typed):
    how = typed("13/02/2020", "01/02/2020", "28/02/2020")[2]
    assert how == "dates written dd/mm/yyyy; a day above 12 in 2 rows tells it from the month"


def test_without_a_deciding_value_another_column_or_the_months_decide(typed):
    assert typed("01/02/2020", beside="25/12/2020")[:2] == ("date", [FEB])
    firsts = [f"01/{month:02}/2020" for month in range(1, 13)]
    assert typed(*firsts)[1] == [dt.date(2020, month, 1) for month in range(1, 13)]


def test_without_any_evidence_an_ambiguous_date_stays_text(typed):
    kind, _, how = typed("01/02/2020", "03/04/2020")
    assert kind == "text"
    assert "dates that may be written dd/mm/yyyy or mm/dd/yyyy, and no value decides: write them as yyyy-mm-dd" in how


def test_columns_that_contradict_each_other_decide_nothing(read):
    tape = read("a,b,c\n01/02/2020,25/12/2020,12/25/2020\n")
    assert [column.type for column in tape.columns] == ["text", "date", "date"]


def test_dates_in_two_formats_stay_text_and_say_so(typed):
    kind, _, how = typed("2020-01-31", "01.02.2020")
    assert kind == "text"
    assert "dates written in several ways (yyyy-mm-dd, dd.mm.yyyy)" in how


def test_a_day_that_does_not_exist_leaves_text_and_names_the_row(typed):
    cells = [f"2020-01-{day:02}" for day in range(1, 32)]
    assert "nearly all are dates (yyyy-mm-dd), but not rows 32" in typed(*cells, "2020-02-30")[2]


def test_dates_that_stand_for_none_are_missing_or_mentioned(typed):
    assert typed("0000-00-00", "2020-01-31")[1] == [None, JAN]
    assert typed("0000-00-00")[0] == "text"
    kind, values, how = typed("9999-12-31", "1900-01-01", "2020-01-31")
    assert (kind, values[0]) == ("date", dt.date(9999, 12, 31))
    assert "before 1901 or after 2099 in 2 rows" in how


# Text


def test_few_levels_make_a_category_and_many_make_text(read):
    # 1,000 rows: a category may have max(50, 5 % of 1,000) = 50 levels
    tape = read("a,b\n" + "".join(f" l{i % 50} ,l{i % 51}\n" for i in range(1000)))
    assert [column.type for column in tape.columns] == ["category", "text"]
    assert tape.table["a"][0].as_py() == "l0"  # blanks around a value are dropped
    assert "51 different values in 1,000 rows, a category may have 50" in tape.columns[1].how


# Parquet


def test_parquet_keeps_its_types_and_settles_on_those_of_a_study(read):
    noon = dt.datetime(2020, 1, 31, 23, 30, tzinfo=dt.UTC)
    columns = {
        "int8": pa.array([1, None], pa.int8()),
        "uint64": pa.array([1, 2], pa.uint64()),
        "huge": pa.array([2**63, 2], pa.uint64()),
        "float32": pa.array([0.5, float("nan")], pa.float32()),
        "money": pa.array(["1.25", "2.50"]).cast(pa.decimal128(9, 2)),
        "sum": pa.array(["12", "13"]).cast(pa.decimal128(38, 0)),
        "flag": pa.array([True, None]),
        "large": pa.array(["a", ""], pa.large_string()),
        "level": pa.array(["a", "b"]).dictionary_encode(),
        "bytes": pa.array([b"a", b"b"]),
        "written": pa.array(["2020-01-31", "2020-02-01"]),
        "stamp": pa.array([noon, None], pa.timestamp("us")),
        "zoned": pa.array([noon, None], pa.timestamp("us", "Europe/Berlin")),
        "day": pa.array([JAN, FEB], pa.date64()),
        "nothing": pa.nulls(2),
        "uuid": pa.array([uuid.UUID(int=1), None]),
    }
    tape = read(pa.table(columns))
    kinds = "integer integer text number number integer boolean text text text date date date date text text"
    assert [column.type for column in tape.columns] == kinds.split()
    assert {str(kind) for kind in tape.table.schema.types} == {"string", "int64", "double", "bool", "date32[day]"}
    second = tape.table.to_pylist()[1]
    assert (second["float32"], second["large"], second["written"]) == (None, None, FEB)
    assert tape.table["stamp"][0].as_py() == JAN
    assert tape.table["zoned"][0].as_py() == FEB  # half past midnight in Berlin


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        (pa.array([[1], [2]]), "its type is list<element: int64> (file a.parquet, column v)"),
        (pa.array([b"\xff", b"a"]), "its type is binary"),
        (pa.array([1.0, np.inf]), "a number must be finite (file a.parquet, column v, rows 2)"),
        (pa.array([], pa.int64()), "the table must have rows"),
    ],
)
def test_parquet_that_is_no_table_of_plain_values_is_refused(read, values, rule):
    with pytest.raises(DataError) as refused:
        read(pa.table({"v": values}))
    assert rule in str(refused.value)


@pytest.mark.parametrize("kept", [0, 3, 40, -10])
def test_truncated_parquet_is_refused(read, tmp_path, kept):
    read(pa.table({"v": list(range(100))}))
    with pytest.raises(DataError, match=r"the file must be readable Parquet: .* \(file b.parquet\)"):
        read((tmp_path / "a.parquet").read_bytes()[:kept], "b.parquet")


def test_duplicate_names_in_parquet_are_numbered(read):
    assert read(pa.table([[1], [2]], names=["a", "a"])).table.column_names == ["a", "a_2"]


# Queries


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


# Everything else, and the way out


@pytest.mark.parametrize(
    ("name", "connection", "rule"),
    [
        ("none.csv", None, "there is no file"),
        ("a.xlsx", None, "a table is read from .csv, .tsv, .txt, .parquet, .sql, text also gzipped; got a.xlsx"),
        ("a.csv", "sqlite:///x.db", r"a connection goes with a query \(.sql\), got a.csv"),
    ],
)
def test_other_sources_are_refused(tmp_path, name, connection, rule):
    (tmp_path / "a.xlsx").touch()
    (tmp_path / "a.csv").touch()
    with pytest.raises(CannotRun, match=rule):
        read_tape(tmp_path / name, connection)


def test_equal_tables_give_equal_bytes_however_they_were_put_together(read, tmp_path):
    tape = read("a,b\n1,x\n2,y\n")
    pieces = pa.concat_tables([tape.table.slice(0, 1), tape.table.slice(1)]).replace_schema_metadata({"k": "v"})
    write_tape(tape, tmp_path / "one.parquet")
    write_tape(Tape(pieces, tape.columns, ()), tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert pq.read_table(tmp_path / "one.parquet").equals(tape.table)


NUMBER_DIALECTS = {".": ("", ",", " ", "'"), ",": ("", ".", " ", "'")}
DATE_DIALECTS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%Y-%m-%dT%H:%M:%SZ", "%d/%m/%y"]


@given(
    st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=20),
    st.sampled_from([(mark, group) for mark, groups in NUMBER_DIALECTS.items() for group in groups]),
)
def test_numbers_written_in_any_dialect_come_back_equal(tmp_path_factory, hundredths, dialect):
    mark, group = dialect
    values = [n / 100 for n in [*hundredths, 123_456_789]]
    texts = [f"{value:,.2f}".translate({ord(","): group, ord("."): mark}) for value in values]
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_text("v|w\n" + "".join(f"{text}|x\n" for text in texts), "utf-8")
    tape = read_tape(path)
    assert tape.columns[0].type == "number"
    assert tape.table["v"].to_pylist() == values


@given(
    st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2068, 12, 31)), max_size=20),
    st.sampled_from(DATE_DIALECTS),
)
def test_dates_written_in_any_dialect_come_back_equal(tmp_path_factory, days, dialect):
    days = [*days, dt.date(2020, 12, 31)]  # a day above 12
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_text("v|w\n" + "".join(f"{day.strftime(dialect)}|x\n" for day in days), "utf-8")
    assert read_tape(path).table["v"].to_pylist() == days


MESS = [*"aé,;\t|\"'\r\n01.5-/:%$ eE", "NA", "inf", "2020-01-31", "01/02/2020", "1,234", "sep=;", "0000-00-00"]
TEXTS = st.lists(st.sampled_from(MESS), max_size=60).map(lambda pieces: "".join(pieces).encode())


@given(st.one_of(TEXTS, TEXTS.map(b"a,b\n".__add__), st.binary(max_size=60)))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        tape = read_tape(path)
        assert tape.table.num_columns == len(tape.columns) >= 2
        assert tape.table.num_rows > 0
