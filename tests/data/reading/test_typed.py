"""Parquet: its types, settled on those of a study, and what has no plain values."""

import datetime as dt
import uuid

import numpy as np
import pyarrow as pa
import pytest

from riskbench.core.errors import DataError

JAN = dt.date(2020, 1, 31)
FEB = dt.date(2020, 2, 1)


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
