"""Which columns of a table a plot draws: named by its caller, their bounds found by the house's rule."""

import pandas as pd

from riskbench.core.glossary import column_formats
from riskbench.report.tables.frames import is_unit


class NothingToDraw(ValueError):
    """A table behind a figure has its columns but no rows."""


def columns_of(frame: pd.DataFrame, **roles: str) -> pd.DataFrame:
    """A fresh frame of the columns that a plot draws, each under the name of its role.

    `NothingToDraw` without rows, ValueError naming the columns that the plot needs.

    >>> columns_of(pd.DataFrame({"bin": ["< 5"], "n": [7]}), label="bin")
      label
    0   < 5
    """
    if not set(roles.values()) <= set(frame.columns):
        got, needs = ", ".join(map(str, frame.columns)), ", ".join(roles.values())
        raise ValueError(f"the plot needs rows with the columns {needs}, got {len(frame)} rows with {got}")
    if not len(frame):
        raise NothingToDraw("the plot needs rows, got none")
    return pd.DataFrame({role: frame[name] for role, name in roles.items()}).reset_index(drop=True)


def bounds_of(frame: pd.DataFrame, value: str) -> dict[str, str]:
    """The columns of the interval of `value` by their roles: x_lower and x_upper, or else lower and upper.

    >>> bounds_of(pd.DataFrame(columns=["auc", "auc_lower", "auc_upper", "lower", "upper"]), "auc")
    {'lower': 'auc_lower', 'upper': 'auc_upper'}
    """
    own = {"lower": f"{value}_lower", "upper": f"{value}_upper"}
    return own if set(own.values()) <= set(frame.columns) else {"lower": "lower", "upper": "upper"}


def present(frame: pd.DataFrame, roles: dict[str, str]) -> dict[str, str]:
    """`roles` where the frame has all of their columns, and otherwise none: for what a plot draws if it is there."""
    return roles if set(roles.values()) <= set(frame.columns) else {}


def unit_of(column: str, unit: str | None = None) -> str:
    """`unit` where one is given, else the unit in which the glossary prints the column; "" where it has none.

    >>> unit_of("bad_rate"), unit_of("auc"), unit_of("bad_rate", "")
    ('%', '', '')
    """
    form = column_formats().get(column, "") if unit is None else unit
    return form if is_unit(form) else ""
