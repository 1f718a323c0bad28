"""Files in, one file out: whole or not at all, and a clear sentence where something is not as it should be."""

import hashlib

import pandas as pd
import pyarrow.parquet as pq
import pytest

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.bulk import Machine
from riskbench.decision.batch.deciding import Asked
from riskbench.decision.batch.files import decide_files

QUICK = Asked(reasons=0)
CALM = Machine(threads=1, in_order=True)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory, applications):
    """The applications in two files."""
    folder = tmp_path_factory.mktemp("in")
    applications.head(900).to_parquet(folder / "a.parquet")
    applications.tail(1_100).to_parquet(folder / "b.parquet")
    return str(folder / "*.parquet")


def written(applications, folder, **how):
    applications.to_csv(folder / "in.csv", index=False, **how)
    return str(folder / "in.csv")


def test_files_of_a_pattern_become_one_file_in_the_order_of_their_rows(
    bundle, applications, expected, parquet, tmp_path
):
    counts = decide_files(bundle, parquet, tmp_path / "out.parquet", QUICK, CALM)
    got = pd.read_parquet(tmp_path / "out.parquet")
    assert got["application_id"].tolist() == applications["application_id"].tolist()
    assert got["action"].tolist() == expected["action"].tolist()
    assert counts.rows == sum(n for _, n in counts.actions) == sum(n for _, n in counts.arms) == 2_000
    assert dict(counts.actions) == expected["action"].value_counts().to_dict()


def test_a_csv_decides_as_the_same_rows_in_parquet_and_is_written_as_one(bundle, applications, expected, tmp_path):
    source = written(applications, tmp_path)
    decide_files(bundle, source, tmp_path / "out.csv", QUICK, CALM)
    got = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    for column in ("action", "rule", "band", "arm", "hits", "shadow:lenient:action"):
        assert got[column].tolist() == expected[column].tolist(), column
    assert got["amount"].astype(float).tolist() == expected["amount"].tolist()


def test_who_is_not_lent_to_has_an_empty_cell_for_a_price(bundle, applications, expected, parquet, tmp_path):
    decide_files(bundle, written(applications, tmp_path), tmp_path / "out.csv", QUICK, CALM)
    decide_files(bundle, parquet, tmp_path / "out.parquet", QUICK, CALM)
    in_csv = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)["rate"]
    in_parquet = pq.read_table(tmp_path / "out.parquet")["rate"]
    priced = expected["rate"].notna()
    assert in_parquet.null_count == (in_csv == "").sum() == (~priced).sum() > 0
    assert in_csv[priced].astype(float).tolist() == expected.loc[priced, "rate"].tolist()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"monthly_income": {7: "1.234,50"}}, "hold nothing else, and 1 cell does.*in.csv, column monthly_income, rows 8"),
        ({"monthly_income": {0: "inf"}}, "must be finite.*rows 1"),
        ({"term_months": {3: "2.5", 5: "1.5"}}, "whole numbers.*2 cells do not comply.*column term_months, rows 4, 6"),
        ({"amount_requested": {4: ""}}, "amount asked for must be above 0.*rows 5"),
        ({"application_id": {2: ""}}, "must have its key.*column application_id, rows 3"),
        ({"age_hours:bureau": {1: "young"}}, "an age must be in hours.*rows 2"),
        ({"amount_requested": {4: "-20"}}, "amount asked for must be above 0.*rows 5"),
    ],
)  # fmt: skip
def test_a_cell_that_is_none_of_its_column_is_named_and_nothing_is_written(
    bundle, applications, tmp_path, cells, message
):
    rows = applications.head(20).astype(object)
    for column, changed in cells.items():
        for row, cell in changed.items():
            rows.loc[row, column] = cell
    source = written(rows, tmp_path)
    with pytest.raises(DataError, match=message):
        decide_files(bundle, source, tmp_path / "out.parquet", QUICK, CALM)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file must hold a table, it is empty"),
        (b"application_id;x\n1;2\n", "every column that is read"),
        (b'a,b\n1,2\n3,4,5,6\n"7,8\n', "the rows must be readable|every column"),
    ],
)
def test_a_file_that_is_no_table_of_applications_is_refused(bundle, tmp_path, content, message):
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        decide_files(bundle, str(tmp_path / "in.csv"), tmp_path / "out.csv", QUICK, CALM)


def test_a_header_without_rows_is_refused(bundle, applications, tmp_path):
    source = written(applications.head(0), tmp_path)
    with pytest.raises(DataError, match="must hold rows, it has none"):
        decide_files(bundle, source, tmp_path / "out.csv", QUICK, CALM)


def test_a_damaged_file_is_refused_and_an_earlier_output_stays_as_it_was(bundle, parquet, tmp_path):
    (tmp_path / "in.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "out.parquet").write_bytes(b"of yesterday")
    with pytest.raises(DataError, match="the rows must be readable"):
        decide_files(bundle, str(tmp_path / "in.parquet"), tmp_path / "out.parquet", QUICK, CALM)
    assert (tmp_path / "out.parquet").read_bytes() == b"of yesterday"


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("", "is a folder.*name a file in it"),
        ("out.xlsx", "written as .parquet or .csv"),
        ("in.csv", "is what is read"),
    ],
)
def test_a_place_that_cannot_take_decisions_is_refused(bundle, applications, tmp_path, out, message):
    source = written(applications.head(5), tmp_path)
    before = hashlib.sha256((tmp_path / "in.csv").read_bytes()).hexdigest()
    with pytest.raises(CannotRun, match=message):
        decide_files(bundle, source, tmp_path / out, QUICK, CALM)
    assert hashlib.sha256((tmp_path / "in.csv").read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("source", "message"),
    [("none/*.parquet", "there is no file"), (".", "is a folder.*name its files"), ("a.xlsx", "there is no file")],
)
def test_a_source_that_is_none_is_refused(bundle, tmp_path, monkeypatch, source, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotRun, match=message):
        decide_files(bundle, source, tmp_path / "out.csv", QUICK, CALM)


def test_a_setting_that_the_engine_does_not_take_is_refused(bundle, parquet, tmp_path):
    with pytest.raises(CannotRun, match="does not take this setting"):
        decide_files(bundle, parquet, tmp_path / "out.csv", QUICK, Machine(memory="much"))
