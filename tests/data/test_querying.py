import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from riskbench.data.querying import ask


def test_missing_numbers_of_a_frame_are_null_and_nan_of_arrow_stays_nan() -> None:
    frame, arrow = pd.DataFrame({"x": [1.0, None]}), pa.table({"x": pa.array([1.0, float("nan")], from_pandas=False)})
    query = "select count(x) as n from t"
    assert [ask(query, {"t": table})["n"].item() for table in (frame, arrow)] == [1, 2]


def test_texts_come_back_as_texts() -> None:
    assert ask("select x from t", {"t": pd.DataFrame({"x": ["a", None]})})["x"].dtype == "str"


def test_a_query_reads_no_file(tmp_path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(duckdb.PermissionException, match="disabled"):
        ask(f"select * from '{tmp_path / 'a.csv'}'", {})
