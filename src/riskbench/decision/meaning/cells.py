"""The cells of one application as numbers and texts: what Python hands over, in the form in which it is compared."""

import math
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.meaning.reads import Read


def number(cell: Any, read: Read) -> float:
    """A double, NaN where the cell is missing; raises ValueError for what is no number. Truth is none.

    >>> number(3, Read("age", "number", "rule young")), number(None, Read("age", "number", "rule young"))
    (3.0, nan)
    """
    if _missing(cell):
        return math.nan
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, Real | Decimal):
        raise read.wrong(type(cell).__name__)
    try:
        return float(cell)
    except OverflowError:
        raise read.wrong(f"{type(cell).__name__} and beyond all doubles") from None


def text(cell: Any, read: Read) -> str | float:
    """A text, "yes" or "no" for truth, NaN where the cell is missing; raises ValueError for anything else.

    >>> text(True, Read("owner", "text", "rule owner"))
    'yes'
    """
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if _missing(cell):
        return math.nan
    raise read.wrong(type(cell).__name__)


def number_or_text(cell: Any, read: Read) -> float | str:
    """Whichever of both it is: what is asked for where only the presence of a value matters."""
    return text(cell, read) if isinstance(cell, str | bool | np.bool_) else number(cell, read)


def _missing(cell: Any) -> bool:
    """Whether a cell is None, NaN, NaT or NA, of pandas or of numpy."""
    return cell is None or cell is pd.NA or bool(isinstance(cell, float | np.generic | type(pd.NaT)) and cell != cell)
