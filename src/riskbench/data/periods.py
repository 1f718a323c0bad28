"""Periods that decisions are counted by: months as the tables write them ("2023-05"), and quarters to years of them."""

from collections.abc import Callable
from typing import Literal

import pandas as pd

from riskbench.core.errors import NotEvaluated

Length = Literal["month", "quarter", "half_year", "year"]


def periods(months: pd.Series, length: Length) -> pd.Series:
    """The period of that length that each month (`YYYY-MM`) falls into, written so that text order is time's order.

    Raises NotEvaluated where there are no months at all: the study has no decision dates.

    >>> periods(pd.Series(["2023-01", "2023-07"]), "quarter").tolist()
    ['2023 Q1', '2023 Q3']
    """
    if len(months) and (months == "").all():
        raise NotEvaluated("the study has no decision dates")
    return _WRITTEN[length](months)


def _part(letter: str, months_each: int) -> Callable[[pd.Series], pd.Series]:
    def written(months: pd.Series) -> pd.Series:
        number = (months.str[5:7].astype(int) - 1) // months_each + 1
        return months.str[:4] + f" {letter}" + number.astype(str)

    return written


_WRITTEN: dict[Length, Callable[[pd.Series], pd.Series]] = {
    "month": lambda months: months,
    "quarter": _part("Q", 3),
    "half_year": _part("H", 6),
    "year": lambda months: months.str[:4],
}
