"""Any file is read or refused with a sentence."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.reading import read_tape


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
