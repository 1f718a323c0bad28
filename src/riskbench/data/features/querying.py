"""Frames asked by SQL, in a DuckDB of their own that reads no file and no network."""

from collections.abc import Mapping

import duckdb
import pandas as pd
import pyarrow as pa

from riskbench.data.features.formulas import text_as_str


def ask(query: str, tables: Mapping[str, pd.DataFrame | pa.Table]) -> pd.DataFrame:
    """The result of a DuckDB query over frames that it names as tables; NaN in a frame is NULL, in Arrow it is NaN.

    >>> ask('select sum(a) as total from "t"', {"t": pd.DataFrame({"a": [1.5, None, 2.5]})})["total"].tolist()
    [4.0]
    """
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        for name, table in tables.items():
            arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
            connection.register(name, arrow)
        return connection.execute(query).fetch_arrow_table().to_pandas(types_mapper=text_as_str)
