"""How far a score and its features have moved between two groups of rows, on bands and bins frozen at development.

Codes and edges come from development; cells cut on the rows under test would hide the movement that they are to show.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.divergence import psi


def psi_of_columns(codes: pd.DataFrame, reference: ArrayLike, current: ArrayLike) -> dict[str, Estimate]:
    """The `Estimate` of PSI for every column of `codes`, between the rows of two masks.

    `codes` holds whole numbers: the bin of each feature, or the band of the score. Raises ValueError for a column that
    is not of whole numbers, or a reference without rows.

    >>> codes = pd.DataFrame({"score": [0, 1, 0, 1]})
    >>> psi_of_columns(codes, [True, True, False, False], [False, False, True, True])["score"].value
    0.0
    """
    before, now = row_mask(reference, codes), row_mask(current, codes)
    if not before.any():
        raise ValueError("the reference must have rows, got none")
    estimates = {}
    for feature, column in codes.items():
        if not pd.api.types.is_integer_dtype(column) or column.isna().any():
            raise ValueError(f"codes must be whole numbers without missing values, column {feature} is {column.dtype}")
        cells, code = np.unique(column.to_numpy("int64"), return_inverse=True)
        expected, actual = (np.bincount(code[rows], minlength=len(cells)) for rows in (before, now))
        estimates[str(feature)] = psi(expected, actual, level=LEVEL)
    return estimates


def row_mask(rows: ArrayLike, like: pd.DataFrame) -> NDArray[np.bool_]:
    """A mask of the rows of `like`; raises ValueError where it is not boolean or of another length."""
    mask = np.asarray(rows)
    if mask.dtype != bool or mask.shape != (len(like),):
        raise ValueError(f"a mask must be boolean with {len(like)} rows, got {mask.dtype} with shape {mask.shape}")
    return mask
