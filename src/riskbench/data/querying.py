"""Frames asked by SQL, in a DuckDB of their own that reads no file and no network."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

SEALED = {"enable_external_access": False, "threads": 1}  # threads would deliver rows and add floats in any order


def ask(query: str, tables: Mapping[str, pd.DataFrame | pa.Table]) -> pd.DataFrame:
    """The result of a DuckDB query over frames that it names as tables; NaN in a frame is NULL, in Arrow it is NaN.

    >>> ask('select sum(a) as total from "t"', {"t": pd.DataFrame({"a": [1.5, None, 2.5]})})["total"].tolist()
    [4.0]
    """
    return ask_arrow(query, tables).to_pandas(types_mapper=text_as_str)


def ask_arrow(query: str, tables: Mapping[str, pd.DataFrame | pa.Table]) -> pa.Table:
    """As `ask`, the result in the types of SQL."""
    with duckdb.connect(config=SEALED) as connection:
        for name, table in tables.items():
            arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
            connection.register(name, arrow)
        return connection.execute(query).fetch_arrow_table()


def text_as_str(kind: Any) -> Any:
    """Arrow text as pandas' `str`, for `to_pandas`; every other type as Arrow would have it."""
    return pd.StringDtype(na_value=float("nan")) if str(kind) in ("string", "large_string") else None
