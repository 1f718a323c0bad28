"""One question, asked of every engine, with the answers in one form that tells the last bit."""

from collections.abc import Sequence
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from riskbench.decision.decide import decide, decide_with_arms
from riskbench.decision.meaning import duckdb_columns
from riskbench.decision.meaning.arms import arm_column
from riskbench.decision.meaning.code import compiled
from riskbench.decision.meaning.ibis_columns import decided
from riskbench.decision.outcome import Decision
from riskbench.decision.policy.policy import Policy

AGE = "age_hours:"
Row = dict[str, Any]


def by_closure(policy: Policy, rows: Sequence[Row]) -> list[Row]:
    """Each application by the compiled policy."""
    decide_one = compiled(policy)
    return [answer(decide_one(row, row["score"], row["pd"], row["amount"], ages_of(row))) for row in rows]


def by_frame(policy: Policy, rows: Sequence[Row]) -> list[Row]:
    """All at once, in memory."""
    return in_one_form(decide(policy, pd.DataFrame(rows, columns=list(rows[0]))).drop(columns="reason"))


def by_table(policy: Policy, rows: Sequence[Row], connection: Any = None) -> list[Row]:
    """All at once, in a database; NaN and NULL are two things there."""
    connection = connection or ibis.duckdb.connect()
    table = arrow(rows)
    connection.create_table("applications", table, overwrite=True)
    decided_table = decided(policy, connection.table("applications"), keep=["row"]).order_by("row").drop("row")
    return in_one_form(connection.to_pandas(decided_table))


def by_duckdb(policy: Policy, rows: Sequence[Row]) -> list[Row]:
    """All at once, by the SQL that is written for DuckDB."""
    table = ibis.duckdb.connect().create_table("applications", arrow(rows))
    return in_one_form(duckdb_columns.decided(policy, table, keep=["row"]).order_by("row").drop("row").to_pandas())


def with_arms_by_duckdb(policy: Policy, rows: Sequence[Row]) -> list[Row]:
    """The same by the arm of each application, whose customer is its number, with what the shadows say."""
    table = ibis.duckdb.connect().create_table("applications", arrow(rows))
    found = duckdb_columns.decided(policy, table, keep=["row"], arm=arm_column(policy, table.row)).order_by("row")
    return _with_arms(found.to_pandas())


def with_arms_by_frame(policy: Policy, rows: Sequence[Row]) -> list[Row]:
    """The same in memory."""
    frame = pd.DataFrame(rows, columns=list(rows[0])).assign(row=range(len(rows)))
    return _with_arms(decide_with_arms(policy, frame, "row"))


def arrow(rows: Sequence[Row]) -> pa.Table:
    """The rows as a table, numbered."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    text = {name for name, cells in columns.items() if name.startswith("t")}
    arrays = {name: pa.array(cells, pa.string() if name in text else pa.float64()) for name, cells in columns.items()}
    return pa.table({"row": range(len(rows)), **arrays})


def ages_of(row: Row) -> Row:
    return {name.removeprefix(AGE): hours for name, hours in row.items() if name.startswith(AGE)}


def answer(decision: Decision) -> Row:
    """A decision as a row of a table has it, numbers as hexadecimal."""
    rates = {"rate": decision.rate, "all_in_rate": decision.all_in_rate}
    return {
        "action": decision.action, "band": decision.band, "rule": decision.rule, "unknown": decision.unknown,
        "amount": decision.amount.hex(), **{name: None if rate is None else rate.hex() for name, rate in rates.items()},
        "hits": ";".join(decision.hits), "alerts": ";".join(decision.alerts),
    }  # fmt: skip


def in_one_form(decided_frame: pd.DataFrame) -> list[Row]:
    return [
        answer(
            Decision(
                row.action, row.band, row.rule, bool(row.unknown), float(row.amount),
                *(_or_none(getattr(row, name, None)) for name in ("rate", "all_in_rate")),
                tuple(filter(None, row.hits.split(";"))), tuple(filter(None, row.alerts.split(";"))),
            )
        )
        for row in decided_frame.itertuples()
    ]  # fmt: skip


def _with_arms(frame: pd.DataFrame) -> list[Row]:
    beside = frame[[name for name in frame if name == "arm" or name.startswith("shadow:")]].astype(object)
    decided_rows = in_one_form(frame)
    return [one | other for one, other in zip(decided_rows, beside.to_dict("records"), strict=True)]


def _or_none(rate: float | None) -> float | None:
    return None if rate is None or pd.isna(rate) else float(rate)
