"""Weights of rows as frequencies: a row of weight k counts as k rows.

They are rounded to a grid so fine (2^-50 of their sum) that no interval can tell, and so coarse that every sum of them
is exact in floating point. Hence weighted counts do not depend on the order of rows any more than counted ones do, and
a difference of two sums that should be 0 is 0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

GRID_BITS = 50


def frequencies(weights: ArrayLike, rows: int) -> NDArray[np.float64]:
    """Weights by row on that grid; ValueError unless there is one a row, finite and above 0.

    >>> frequencies([1, 2.5], rows=2).tolist()
    [1.0, 2.5]
    """
    values = np.asarray(weights, np.float64)
    if values.shape != (rows,):
        raise ValueError(f"weights must be one a row, {rows}, got shape {values.shape}")
    if len(wrong := values[~((values > 0) & (values < np.inf))]):
        raise ValueError(f"weights must be finite and above zero, got {wrong[0]:g}")
    step = 2.0 ** (np.frexp(values.sum())[1] - GRID_BITS)
    return np.maximum(np.rint(values / step), 1.0) * step


def design_effect(weights: NDArray[np.float64] | None) -> float:
    """Kish's design effect, sum of squared weights over sum of weights; 1 without weights."""
    if weights is None:
        return 1.0
    ordered = np.sort(weights)  # squares are not exact: one order for all
    return float(ordered @ ordered / ordered.sum())
