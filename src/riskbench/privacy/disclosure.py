"""Disclosure control: a small cell of a published table can point at a person, so it is hidden, and its neighbour too.

Hiding one cell alone hides nothing, since the total gives it back. The rule, in words, is `suppression_rule`; it
protects a table whose total (of each group) may be known. Tables with two margins need one call a margin and a
second look: no one-way rule can promise more.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def suppression_rule(minimum: int) -> str:
    """The rule as a sentence that stands under a table.

    >>> suppression_rule(10)[:45]
    'Cells of fewer than 10 people (but not empty '
    """
    return (
        f"Cells of fewer than {minimum} people (but not empty ones) are hidden. The next smallest cells are hidden "
        f"with them until at least two are, with at least {minimum} people together, so that no hidden cell follows "
        "from the total."
    )


def suppress(
    frame: pd.DataFrame, count_column: str, minimum: int, columns: Sequence[str], within: Sequence[str] = ()
) -> pd.DataFrame:
    """`frame` with small cells masked, and a boolean column `suppressed` that says which rows were.

    One row is one cell; `count_column` holds people (whole numbers >= 0). In a masked row the count and `columns`
    (rates and the like, from which the count could be recomputed) become missing; masked counts make the column Int64.
    `within` names the columns of groups whose totals are known one by one. Primary and secondary suppression look the
    same on purpose. A group too small to protect is masked in all its cells; its total must not be published either.
    Raises `ValueError` when counts are not whole numbers >= 0 or `minimum` is less than 2.

    >>> cells = pd.DataFrame({"grade": ["A", "B", "C"], "n": [40, 12, 3], "bad_rate": [0.05, 0.25, 0.33]})
    >>> suppress(cells, "n", 5, ["bad_rate"])["n"].tolist()
    [40, <NA>, <NA>]
    """
    if minimum < 2:
        raise ValueError(f"minimum must be at least 2, got {minimum}")
    counts = pd.to_numeric(frame[count_column]).to_numpy(dtype=float, na_value=np.nan)
    if not (np.isfinite(counts).all() and (counts >= 0).all() and (counts == np.floor(counts)).all()):
        raise ValueError(f"counts must be whole numbers >= 0, column {count_column} holds others")
    hidden = np.zeros(len(frame), dtype=bool)
    groups = frame.groupby(list(within), dropna=False).indices.values() if within else [np.arange(len(frame))]
    for rows in groups:
        hidden[rows] = hidden_cells(counts[rows].astype(np.int64), minimum)
    result = frame.copy()
    result[count_column] = result[count_column].astype("Int64").mask(hidden)
    for column in columns:
        result[column] = result[column].mask(hidden)
    result["suppressed"] = hidden
    return result


def hidden_cells(counts: np.ndarray, minimum: int) -> np.ndarray:
    """Which cells to hide so that none below `minimum` can be worked out from the total of `counts`."""
    hidden = (counts > 0) & (counts < minimum)
    if not hidden.any():
        return hidden
    # Ties by position: the choice is the same each time the table is made.
    for cell in np.argsort(counts, kind="stable"):
        if _protected(counts[hidden], minimum):
            break
        hidden[cell] |= counts[cell] > 0
    return hidden


def _protected(hidden: np.ndarray, minimum: int) -> bool:
    cells, total = len(hidden), int(hidden.sum())
    # All ones, or all one below the minimum, are the only ways to reach these totals: the reader would know each.
    forced = total in (cells, cells * (minimum - 1)) and (hidden < minimum).all()
    return cells >= 2 and total >= minimum and not forced
