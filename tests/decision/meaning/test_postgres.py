"""A real PostgreSQL decides as the frame does, to the last bit: rich policies, numbers beyond all doubles, arms."""

import math
from typing import Any

import ibis
import pandas as pd
import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from riskbench.decision.meaning.arms import arm_column, arms_of
from riskbench.decision.meaning.ibis_columns import decided
from riskbench.decision.meaning.postgres import hexdigest, postgres_sql
from riskbench.decision.policy.policy import Policy
from tests.decision.policies import ECONOMICS, applications, policies
from tests.examples import examples

from .engines import arrow, by_frame, in_one_form

KINDS = {pa.string(): "text", pa.float64(): "double precision", pa.int64(): "bigint"}
SECONDS = 20  # a query that is not planned by then is not planned in minutes


@pytest.fixture(scope="module")
def database(postgres):
    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{SECONDS}s'")
        yield connection


def filled(database: Any, name: str, rows: pa.Table) -> Any:
    """A table with these rows, as Ibis sees it."""
    columns = ", ".join(f'"{field.name}" {KINDS[field.type]}' for field in rows.schema)
    database.execute(f"DROP TABLE IF EXISTS {name}")
    database.execute(f"CREATE TABLE {name} ({columns})")
    with database.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
        for row in rows.to_pylist():
            copy.write_row(list(row.values()))
    return ibis.table(ibis.Schema.from_pyarrow(rows.schema), name=name)


def asked(database: Any, table: Any) -> pd.DataFrame:
    cursor = database.execute(postgres_sql(table))
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def by_postgres(database: Any, policy: Policy, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    table = filled(database, "applications", arrow(rows))
    return in_one_form(asked(database, decided(policy, table, keep=["row"])).sort_values("row").drop(columns="row"))


@settings(
    max_examples=examples(3),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(
    policies().filter(lambda policy: bool(policy.limits and (policy.price or policy.smallest_amount))),
    st.lists(applications(), min_size=20, max_size=60),
)
def test_postgres_decides_as_the_frame_does(database, policy, rows):
    assert by_postgres(database, policy, rows) == by_frame(policy, rows)


EDGES = [5e-324, 2.0**-1022, 2.0**-540, 1e-160, 0.5, -0.5, 1.0, 1.5, -3.0, 1e150, 1.5e154, -1e160, 2.0**1023]
EDGES += [math.nextafter(math.inf, 0), math.inf, -math.inf, 0.0, -0.0, None, math.nextafter(2.0**-537, 0), 2.0**-538]


def limit_of(times: str, less: str) -> Policy:
    """All are approved for what a table gives: 1.5 · times - less."""
    band = {"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}
    table = {"name": "table", "times": times, "less": less, "on_missing": "refer", "reason": "r",
             "lines": [{"value": 1.5}]}  # fmt: skip
    return Policy.model_validate({"schema_version": 2, "bands": [band], "economics": ECONOMICS, "limits": [table]})


def test_what_is_beyond_all_doubles_or_too_small_for_one_is_what_python_makes_of_it(database):
    rows = [
        {"score": 1.0, "pd": 0.1, "amount": 1.7e308, "n1": a, "n2": b, "income": 1.0, "debts": 1.0}
        for a in EDGES
        for b in EDGES
    ]
    for policy in (limit_of("n1", "n2"), limit_of("n2", "")):
        assert by_postgres(database, policy, rows) == by_frame(policy, rows)


def test_postgres_multiplies_and_subtracts_as_python_does(database):
    pairs = pa.table({"a": [a for a in EDGES for _ in EDGES], "b": EDGES * len(EDGES)})
    table = filled(database, "pairs", pairs)
    found = asked(database, table.mutate(product=table.a * table.b, difference=table.a - table.b))
    a, b = (pairs[name].to_pandas() for name in "ab")
    pd.testing.assert_series_equal(found["product"].astype(float), a * b, check_names=False, check_exact=True)
    pd.testing.assert_series_equal(found["difference"].astype(float), a - b, check_names=False, check_exact=True)


def test_postgres_draws_the_same_arms(database):
    share = {"name": "b", "because": "?", "share": 0.4, "rules": []}
    policy = limit_of("n1", "").model_dump(by_alias=True) | {"arms": {"key": "2026-1", "challengers": [share]}}
    one = Policy.model_validate(policy)
    customers = [*(f"c{n}" for n in range(300)), "中文", "it's", "x\ty", "", None]
    table = filled(database, "customers", pa.table({"row": range(len(customers)), "customer": customers}))
    drawn = asked(database, table.select("row", arm=arm_column(one, table.customer, hexdigest))).sort_values("row")
    assert drawn["arm"].tolist() == arms_of(one, pd.Series(customers, dtype="str")).tolist()
    assert set(drawn["arm"]) == {"champion", "b"}
