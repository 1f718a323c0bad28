import datetime as dt
import gzip
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.published.catalogue import PUBLIC, PublicData
from riskbench.data.published.recognition import content_hash, recognise

TAIWAN = "taiwan_credit_card_default.csv.gz"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tiny.csv"
    path.write_text(text)
    return path


# --- a small data set: every rule ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "ID,LIMIT,BAD\n1,50,0\n2,20,1\n3,90,0\n",
        "bad,limit,id\n0,90.0,3\n1,20.0,2\n0,50.0,1\n",  # other order of rows and columns, floats, lower case
        "x1,Y\n50,0\n20,1\n90,0\n",  # no key: numbered in the order of the file
        '"ID","X1","Bad Next Month"\n1,50,0\n2,20,1\n3,90,0\n',
        ",X1,Y\nID,LIMIT,BAD\n1,50,0\n2,20,1\n3,90,0\n",  # two rows of headers, as in the original workbook
        "ID,LIMIT,BAD,note\n1,50,0,a\n2,20,1,b\n3,90,0,c\n",  # a column of somebody else
    ],
)
def test_one_table_is_recognised_under_its_many_forms(tmp_path, text, tiny):
    pd.testing.assert_frame_equal(recognise(written(tmp_path, text), "tiny"), tiny)


@pytest.mark.parametrize("name", ["any.csv.gz", "any.parquet"])
def test_gzipped_csv_and_parquet_are_read(tmp_path, name, tiny):
    path = tmp_path / name
    tiny.to_parquet(path) if name.endswith("parquet") else tiny.to_csv(path, index=False)
    pd.testing.assert_frame_equal(recognise(path, "tiny"), tiny)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ID,LIMIT\n1,50\n", r"Tiny has 3 columns; 1 are missing under any known name \(file tiny.csv, column BAD\)"),
        ("ID,LIMIT,BAD\n1,50,0\n", "Tiny has 3 rows, got 1"),
        ("ID,LIMIT,BAD\n1,50,0\n2,20,1\n3,91,0\n", "LIMIT sums to 161, published 160"),
        ("ID,LIMIT,BAD\n1,20,0\n2,50,1\n3,90,0\n", "every column has its published total"),
        (
            "ID,LIMIT,BAD\n1,50,0\n2,20,1\n3,,0\n",
            r"Tiny holds whole numbers only \(file tiny.csv, column LIMIT, rows 3\)",
        ),
        ("ID,LIMIT,BAD\n1,50,0\n2,20,1\n3,9.5,0\n", "whole numbers only"),
        ("ID,LIMIT,BAD\n1,50,0\n?,20,1\n3,90,0\n", r"whole numbers only \(file tiny.csv, column ID, rows 1\)"),
        ("1,50,0\n2,20,1\n3,90,0\n", "the first row of a CSV file must name the columns"),
        ("", "the file cannot be read"),
    ],
)
def test_what_is_not_the_published_table_is_refused_with_the_difference(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        recognise(written(tmp_path, text), "tiny")


def test_a_cell_known_to_be_lost_in_copies_is_put_back_and_said(tmp_path, caplog, tiny):
    path = written(tmp_path, "ID,LIMIT,BAD\n1,50,0\n2,,1\n3,90,0\n")
    pd.testing.assert_frame_equal(recognise(path, "tiny"), tiny)
    assert caplog.messages == ["tiny.csv: LIMIT is empty in this copy; put back as published (ID 2: 20)"]


def test_a_cell_that_holds_another_value_is_never_overwritten(tmp_path):
    with pytest.raises(DataError, match="LIMIT sums to 161"):
        recognise(written(tmp_path, "ID,LIMIT,BAD\n1,50,0\n2,21,1\n3,90,0\n"), "tiny")


def test_an_unknown_name_an_absent_file_and_another_form_are_refused(tmp_path):
    with pytest.raises(
        CannotRun, match=r"no published data set 'lunar' is known; there are: lendingclub, .*, taiwan, tiny"
    ):
        recognise(tmp_path / "x.csv", "lunar")
    with pytest.raises(CannotRun, match=r"no file .*x\.csv; Tiny is published at https://example\.org/tiny"):
        recognise(tmp_path / "x.csv", "tiny")
    (tmp_path / "x.xls").touch()
    with pytest.raises(DataError, match=r"read from \.csv, \.csv\.gz, \.parquet"):
        recognise(tmp_path / "x.xls", "tiny")


def test_the_hash_is_of_names_and_little_endian_integers():
    table = pd.DataFrame({"a": [1, -1]})
    by_hand = b"a\n" + b"\x01" + b"\x00" * 7 + b"\xff" * 8
    assert content_hash(table) == hashlib.sha256(by_hand).hexdigest()


# --- Taiwan --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def taiwan(shared_data) -> pd.DataFrame:
    return recognise(shared_data / TAIWAN, "taiwan")


def test_the_published_clients_are_recognised_whole(taiwan):
    assert taiwan.shape == (30_000, 25)
    assert set(taiwan.dtypes) == {np.dtype("int64")}
    assert taiwan.default_next_month.mean() == 0.2212
    assert taiwan.AGE.mean() == 35.4855  # as published; the two ages lost in some copies included


@pytest.mark.parametrize(
    "names",
    [
        ["ID", *(f"X{n}" for n in range(1, 24)), "Y"],
        [f"V{n}" for n in range(1, 26)],
        ["id", *(f"x{n}" for n in range(1, 24)), "y"],
        ["ID", *(f"V{n}" for n in range(1, 24)), "class"],
        [*list(PUBLIC["taiwan"].columns)[:-1], "default.payment.next.month"],
        [*" ".join(PUBLIC["taiwan"].columns).replace("PAY_0", "PAY_1").split()[:-1], "default payment next month"],
    ],
)
def test_the_clients_are_recognised_under_their_public_names(taiwan, tmp_path, names):
    taiwan.set_axis(names, axis="columns").sample(frac=1, random_state=0).to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(recognise(tmp_path / "t.parquet", "taiwan"), taiwan)


def test_v_names_without_a_key_are_not_shifted_by_one_column(taiwan, tmp_path):
    names = [f"V{n}" for n in range(1, 25)]
    taiwan.drop(columns="ID").set_axis(names, axis="columns").to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(recognise(tmp_path / "t.parquet", "taiwan"), taiwan)


def test_one_changed_payment_among_750_000_cells_is_found(taiwan, tmp_path):
    taiwan.assign(PAY_AMT3=taiwan.PAY_AMT3.where(taiwan.ID != 12345, 1)).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DataError, match="PAY_AMT3 sums to"):
        recognise(tmp_path / "t.parquet", "taiwan")


# --- texts, numbers, dates and several files ------------------------------------------------------------------------

MIXED = pd.DataFrame(
    {
        "ID": [1, 2],
        "RATE": [0.1, np.nan],
        "GRADE": ["A", np.nan],
        "DAY": [dt.date(2020, 1, 2), None],
        "AT": pd.to_datetime(["2020-01-02 03:04:05", "2020-01-03 00:00:00"]).astype("datetime64[us]"),
    }
)


@pytest.fixture
def mixed(monkeypatch) -> None:
    kinds = {"RATE": "number", "GRADE": "text", "DAY": "date", "AT": "timestamp"}
    columns = {"ID": 3} | {name: f"{kind} {content_hash(MIXED[[name]])[:8]}" for name, kind in kinds.items()}
    spec = PublicData(title="Mixed", origin="nowhere", rows=2, columns=columns, sha256=content_hash(MIXED))
    monkeypatch.setitem(PUBLIC, "mixed", spec)


def mixed_csv(**changes: str) -> str:
    cells = {"RATE": "0.1", "GRADE": "A", "DAY": "2020-01-02", "AT": "2020-01-02 03:04:05"} | changes
    return f"ID,{','.join(cells)}\n1,{','.join(cells.values())}\n2,,,,2020-01-03 00:00:00\n"


@pytest.mark.usefixtures("mixed")
def test_numbers_texts_dates_and_moments_get_their_types(tmp_path):
    read = recognise(written(tmp_path, mixed_csv()), "mixed")
    assert read["RATE"].tolist()[0] == 0.1
    assert read["DAY"].isna().tolist() == [False, True]
    assert content_hash(read) == content_hash(MIXED)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"RATE": "0.2"}, "RATE holds other values than published"),
        ({"GRADE": "B"}, "GRADE holds other values"),
        ({"DAY": "2020-01-03"}, "DAY holds other values"),
        ({"RATE": "much"}, r"Mixed holds a number there \(file tiny.csv, column RATE, rows 1\)"),
        ({"AT": "noon"}, r"Mixed holds a timestamp there \(file tiny.csv, column AT, rows 1\)"),
    ],
)
def test_a_column_with_other_content_is_named(tmp_path, changes, message):
    with pytest.raises(DataError, match=message):
        recognise(written(tmp_path, mixed_csv(**changes)), "mixed")


def test_text_parted_by_blanks_is_read(tmp_path, tiny):
    (tmp_path / "tiny.asc").write_text("LIMIT BAD\n50 0\n20 1\n90 0\n")
    pd.testing.assert_frame_equal(recognise(tmp_path / "tiny.asc", "tiny"), tiny)


def test_in_a_folder_the_table_is_found_whatever_its_name(tmp_path, tiny):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("ID,LIMIT,BAD\n1,50,0\n2,20,1\n3,90,0\n")
    pd.testing.assert_frame_equal(recognise(tmp_path, "tiny"), tiny)


def test_of_a_folder_without_the_table_the_nearest_file_is_explained_or_all_are_named(tmp_path):
    with pytest.raises(CannotRun, match=r"holds no table with the columns of Tiny, .*; it has no \.csv"):
        recognise(tmp_path, "tiny")
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(CannotRun, match=r"it has a\.csv"):
        recognise(tmp_path, "tiny")
    (tmp_path / "b.csv").write_text("ID,LIMIT,BAD\n1,51,0\n2,20,1\n3,90,0\n")
    with pytest.raises(DataError, match=r"LIMIT sums to 161.*file b\.csv"):
        recognise(tmp_path, "tiny")


@pytest.mark.parametrize(
    ("name", "file", "rows"),
    [
        ("lendingclub", "lendingclub_2007_2011.csv.gz", 42_535),
        ("south_german", "south_german_credit.csv.gz", 1_000),
        ("superlender_loans", "internal-only", 4_368),
        ("superlender_previous_loans", "internal-only", 18_183),
        ("superlender_customers", "internal-only", 4_334),
    ],
)
def test_the_other_published_tables_are_recognised(shared_data, name, file, rows):
    assert len(recognise(shared_data / file, name)) == rows


def test_the_german_names_of_the_source_are_known(shared_data, tmp_path):
    table = recognise(shared_data / "south_german_credit.csv.gz", "south_german")
    german = PUBLIC["south_german"].namings[0].split()[1:]
    text = [" ".join(german), *(" ".join(map(str, row)) for row in table.drop(columns="id").to_numpy().tolist())]
    (tmp_path / "SouthGermanCredit.asc").write_text("\n".join(text) + "\n")
    pd.testing.assert_frame_equal(recognise(tmp_path / "SouthGermanCredit.asc", "south_german"), table)


def test_a_compressed_file_that_was_cut_short_or_damaged_is_refused(tmp_path):
    whole = gzip.compress(b"ID,LIMIT,BAD\n1,50,0\n2,20,1\n3,90,0\n")
    for number, content in enumerate((whole[:-12], whole[:12] + b"\0" * 8 + whole[20:])):
        path = tmp_path / f"{number}.csv.gz"
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"the file cannot be read: .*bring the file again, whole"):
            recognise(path, "tiny")


def test_a_file_in_another_encoding_says_where_and_what_to_do(tmp_path):
    (tmp_path / "tiny.csv").write_bytes("ID,LIMIT,BAD,note\n1,50,0,é\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"UTF-8 text: byte \d+ is not .*save it as UTF-8"):
        recognise(tmp_path / "tiny.csv", "tiny")
