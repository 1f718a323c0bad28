"""Numbers and frames as evidence writes them: plain, finite, and never the row of a single customer."""

import math
from typing import Any

import numpy as np
import pandas as pd

from riskbench.core.evidence import Table
from riskbench.core.results import Estimate

OF_ONE_CUSTOMER = {"application", "customer"}  # columns that only tables of single customers have


def fact(value: float) -> Estimate:
    """A count or another bare number as an estimate without an interval; not evaluated where it is no number."""
    plain = _plain(value)
    return Estimate.missing("it is not defined on these data") if plain is None else Estimate(plain)


def table_of(frame: pd.DataFrame) -> Table:
    """A frame as the value of evidence: what is missing or not finite is None, what is no scalar its text.

    Raises ValueError for a frame with rows of single customers.

    >>> table_of(pd.DataFrame({"bin": ["< 5"], "bad_rate": [float("nan")]})).rows
    [['< 5', None]]
    """
    barred = OF_ONE_CUSTOMER & set(frame.columns)
    if barred:
        raise ValueError(f"rows of single customers are never shown: column {', '.join(sorted(barred))}")
    rows = [[_plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return Table(columns=[str(column) for column in frame.columns], rows=rows)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int | str) else str(value)
