"""Tables for the drafting: a data frame becomes a typed tape, or a Parquet file to draft from."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from riskbench.data.drafting.facts import Facts, facts_of
from riskbench.data.reading import ReadColumn, Tape

KINDS = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_temporal, "date"),
)


def tape_of(frame: pd.DataFrame) -> Tape:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    columns = []
    for i, field in enumerate(table.schema):
        if pa.types.is_temporal(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(pa.date32()))
        kind = next((kind for test, kind in KINDS if test(field.type)), "text")
        columns.append(ReadColumn(field.name, field.name, kind, "by hand"))
    return Tape(table, tuple(columns), ())


@pytest.fixture(scope="session")
def facts() -> Callable[..., Facts]:
    """The facts of one column: `facts("age", [31, 45])`."""
    return lambda name, values: facts_of(tape_of(pd.DataFrame({name: values})))[name]


@pytest.fixture(scope="session")
def facts_of_frame() -> Callable[[pd.DataFrame], dict[str, Facts]]:
    """The facts of every column of a frame."""
    return lambda frame: facts_of(tape_of(frame))


@pytest.fixture
def loans() -> pd.DataFrame:
    """400 loans of 200 customers with one column of every sort; larger `income` is safer, `amount` says nothing."""
    n = 400
    rng = np.random.default_rng(7)
    income = rng.normal(size=n)
    bad = (rng.random(n) < 1 / (1 + np.exp(1 + 1.2 * income))).astype(int)
    decided = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.arange(n), "D")
    return pd.DataFrame(
        {
            "loan_id": [f"L{i:05}" for i in range(n)],
            "customer_id": np.arange(n) % 200,
            "decided_on": decided,
            "opened_on": decided - pd.to_timedelta(rng.integers(100, 900, n), "D"),
            "loan_amount": rng.integers(100, 5000, n),
            "income": income.round(3),
            "purpose": rng.choice(["car", "home"], n),
            "gender": rng.choice(["f", "m"], n),
            "birth_date": pd.Timestamp("1980-05-05") + pd.to_timedelta(rng.integers(-7000, 7000, n), "D"),
            "email": [f"person{i}@example.org" for i in range(n)],
            "int_rate": rng.random(n).round(4),
            "total_pymnt": rng.random(n).round(2),
            "last_contact": np.where(bad == 1, decided + pd.Timedelta(days=200), decided + pd.Timedelta(days=90)),
            "bad": bad,
        }
    )


@pytest.fixture
def file(loans: pd.DataFrame, tmp_path: Path) -> Path:
    """The loans as a Parquet file."""
    path = tmp_path / "loans.parquet"
    loans.to_parquet(path, index=False)
    return path
