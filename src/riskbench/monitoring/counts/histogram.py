"""Numbers counted on edges by the histogram of DuckDB, which places a value several times as fast as a rule of cases.

It counts values up to and with a bound, where a bin holds those below its cut: the bound is the double before the cut.
"""

import math
from collections.abc import Sequence

import ibis
import ibis.expr.datatypes as dt
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table

from riskbench.data.coding import Coding
from riskbench.scorecard.expressions import number

CODE, VALUE = "code", "value"
HISTOGRAM, ROWS, KNOWN, SPECIAL = "histogram", "rows", "known", "special_"


@ibis.udf.agg.builtin(name="histogram")
def _histogram(x: float, bounds: dt.Array[dt.float64]) -> dt.Map[dt.float64, dt.int64]:
    """How many values lie up to each bound and above the one before; the engine has the body."""


def has_histogram(table: Table) -> bool:
    """Whether the engine of a table is one that counts so."""
    return bool(table.get_backend().name == "duckdb")


def histogram(rows: Table, by: Sequence[str], coding: Coding) -> pd.DataFrame:
    """The rows of each group by the place of their `value`: columns `by`, `code` (a place of the coding) and `n`.

    `value` is a double, NULL where it is missing; the first of `by` is the day. Places without rows are left out.

    >>> rows = ibis.memtable(pd.DataFrame({"day": pd.Timestamp("2026-03-01"), "value": [1.0, 8.0, 9.0, -1.0]}))
    >>> histogram(rows, ["day"], Coding.numeric([8.0], specials=[-1]))[["code", "n"]].values.tolist()
    [[0, 1], [1, 2], [2, 1]]
    """
    x = rows[VALUE]
    same = [x == number(float(special)) for special in coding.specials]
    for equal in same:
        x = equal.ifelse(ibis.null("float64"), x)
    bounds = ibis.array([number(bound) for bound in (*np.nextafter(coding.edges, -math.inf).tolist(), math.inf)])
    counts = {f"{SPECIAL}{i}": rows.count(where=equal) for i, equal in enumerate(same)}
    asked = {HISTOGRAM: _histogram(x, bounds).values(), ROWS: rows.count(), KNOWN: rows[VALUE].count(), **counts}
    found = rows.group_by(*by).aggregate(**asked).to_pyarrow()
    places = np.zeros((found.num_rows, coding.missing + 1), np.int64)
    lists = found[HISTOGRAM].combine_chunks()  # none where a group holds no such value
    places[lists.is_valid().to_numpy(zero_copy_only=False), : coding.regular] = (
        lists.flatten().to_numpy().reshape(-1, coding.regular)
    )
    for i, name in enumerate(counts):
        places[:, coding.regular + i] = found[name].to_numpy()
    places[:, coding.missing] = found[ROWS].to_numpy() - found[KNOWN].to_numpy()
    row, code = np.nonzero(places)
    groups = found.select(list(by)).set_column(0, by[0], found[by[0]].cast(pa.timestamp("s"))).to_pandas()
    return groups.take(row).reset_index(drop=True).assign(**{CODE: code, "n": places[row, code]})
