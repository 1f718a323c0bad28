"""Tables: types of databases, missing values, names, and the SQL that is sent."""

import math

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from riskbench.decision.decide import decide
from riskbench.decision.meaning.ibis_columns import decided
from riskbench.decision.policy.policy import Policy
from tests.decision.policies import ECONOMICS, applications

from .engines import by_frame, by_table

BANDS = [
    {"name": "low", "action": "decline", "from": -math.inf, "to": 500.0},
    {"name": "high", "action": "approve", "from": 500.0, "to": math.inf},
]
OWNER = {"variable": "owner", "op": "==", "value": True}
OLD = {"variable": "age", "op": ">=", "value": 2**53}
FIRST_FOUND = settings(max_examples=50, phases=[Phase.generate], database=None, derandomize=True)


def policy(*conditions: dict, **sections: object) -> Policy:
    rule = {"name": "r", "when": list(conditions), "action": "refer", "reason": "why", "on_missing": "decline"}
    content = {"schema_version": 2, "bands": BANDS, "rules": [rule] * bool(conditions), "economics": ECONOMICS}
    return Policy.model_validate(content | sections)


def actions(one: Policy, columns: dict[str, pa.Array]) -> list[str]:
    table = ibis.memtable(pa.table(columns))
    return ibis.duckdb.connect().to_pandas(decided(one, table))["action"].tolist()


@pytest.mark.parametrize("dtype", [pa.int16(), pa.int64(), pa.float32(), pa.float64(), pa.decimal128(12, 2)])
def test_a_number_is_compared_as_a_double_whatever_its_type(dtype):
    columns = {"score": pa.array([600, 600, 499]), "n": pa.array([1, None, 7], pa.float64()).cast(dtype)}
    one = policy({"variable": "n", "op": "==", "value": 1})
    assert actions(one, columns) == ["refer", "decline", "decline"]


def test_whole_numbers_beyond_the_doubles_are_compared_as_the_double_next_to_them():
    ages = [2**53 - 1, 2**53, 2**53 + 1]  # the last has no double of its own: it is taken for 2^53
    frame = pd.DataFrame({"score": 600, "age": ages})
    assert decide(policy(OLD), frame)["action"].tolist() == ["approve", "refer", "refer"]
    assert actions(policy(OLD), {"score": pa.array([600] * 3), "age": pa.array(ages)}) == ["approve", "refer", "refer"]


def test_truth_is_the_text_yes_or_no():
    columns = {"score": pa.array([600] * 3), "owner": pa.array([True, False, None])}
    assert actions(policy(OWNER), columns) == ["refer", "approve", "decline"]
    assert decide(policy(OWNER), pa.table(columns).to_pandas())["action"].tolist() == ["refer", "approve", "decline"]


def test_nan_and_null_from_a_parquet_file_are_both_missing(tmp_path):
    values = pa.array([math.nan, None, 1.0])
    pq.write_table(pa.table({"score": [600] * 3, "n": values}), tmp_path / "a.parquet")
    connection = ibis.duckdb.connect()
    one = policy({"variable": "n", "op": ">", "value": 0})
    found = connection.to_pandas(decided(one, connection.read_parquet(tmp_path / "a.parquet")))
    assert (found["action"].tolist(), found["unknown"].tolist()) == (
        ["decline", "decline", "refer"],
        [True, True, False],
    )


def test_a_column_without_any_value_is_missing_whatever_its_type():
    assert actions(policy(OWNER), {"score": pa.array([600]), "owner": pa.nulls(1)}) == ["decline"]
    assert actions(policy(OLD), {"score": pa.array([600]), "age": pa.nulls(1)}) == ["decline"]


def test_what_is_kept_stands_before_the_decision_and_names_of_a_table_meet_no_other():
    names = ["typed_0", "band_1", "input_0", "row; drop"]
    table = ibis.memtable(pd.DataFrame({"score": [600.0], **{name: [n] for n, name in enumerate(names)}}))
    found = ibis.duckdb.connect().to_pandas(decided(policy(), table, keep=[*names, "score"]))
    assert found.loc[0, [*names, "score", "action"]].tolist() == [0, 1, 2, 3, 600.0, "approve"]


def test_a_column_called_as_one_of_a_decision_is_not_kept_under_that_name():
    table = ibis.memtable(pd.DataFrame({"score": [600.0], "amount": [1.0]}))
    with pytest.raises(ValueError, match="so keep under another: amount"):
        decided(policy(), table, keep=["amount"])


@pytest.mark.parametrize("amount", [None, math.nan, 0.0, -1.0, math.inf])
def test_a_row_that_cannot_be_read_has_neither_action_nor_amount(amount):
    table = ibis.memtable(pa.table({"score": [600, 600, None], "amount": [amount, 2.0, 2.0]}))
    found = ibis.duckdb.connect().to_pandas(decided(policy(), table))
    assert found["action"].isna().tolist() == found["amount"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"age": "int64"}, "decides on a column score, got age"),
        ({"score": "int64"}, "rule r reads age, which is not among the columns"),
        ({"score": "int64", "age": "string"}, "rule r reads age as a number, and it is of type string"),
        ({"score": "int64", "age": "boolean"}, "numbers compare with numbers, texts with texts"),
        ({"score": "int64", "age": "date"}, "it is of type date"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_before_anything_runs(columns, message):
    with pytest.raises(ValueError, match=message):
        decided(policy(OLD), ibis.table(columns, name="t"))


def test_an_age_that_nobody_gives_is_refused_unless_it_is_said_to_be_fresh():
    source = {"source": "bureau", "within_hours": 24.0, "action": "refer", "reason": "old", "on_missing": "refer"}
    one, table = policy(freshness=[source]), ibis.table({"score": "int64"}, name="t")
    with pytest.raises(ValueError, match="the age of source bureau is not given"):
        decided(one, table)
    assert "action" in decided(one, table, assume_fresh=True).columns


ON_POSTGRESQL = {
    "conditions of numbers and of texts": policy(
        {"variable": "n1", "op": "!=", "value": 0.1}, {"variable": "t1", "op": "in", "value": ["a ", "ä", "it's"]}
    ),
    "a limit of the band": policy(
        {"variable": "n2", "op": "<=", "value": 7.5},
        bands=[BANDS[0] | {"to": 1.0}, BANDS[1] | {"from": 1.0, "action": "limit", "limit_share": 1 / 3}],
    ),
}


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_postgresql_decides_as_the_frame_does(name, postgres):
    address = make_url(postgres)
    connection = ibis.postgres.connect(host=address.query["host"], user=address.username, database=address.database)
    rows = find(st.lists(applications(), min_size=30), lambda _: True, settings=FIRST_FOUND)
    try:
        assert by_table(ON_POSTGRESQL[name], rows, connection) == by_frame(ON_POSTGRESQL[name], rows)
    finally:
        connection.disconnect()


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_no_number_is_written_as_a_decimal_and_no_text_ends_its_quotes(dialect):
    name = {"variable": "name", "op": "==", "value": "it's; --"}
    share = {"variable": "share", "op": "<", "value": 0.1}
    query = ibis.to_sql(
        decided(policy(name, share), ibis.table({"score": "float64", "name": "string", "share": "float64"}, name="t")),
        dialect=dialect,
    )
    assert "CAST('0.1' AS DOUBLE" in query
    assert "'it''s; --'" in query
