"""P-values of tests that are made together: among many, some are small by chance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """P-values adjusted for testing them all together (Holm, 1979); missing ones stay missing and are not counted.

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """P-values adjusted for the false discovery rate; missing ones stay missing and are not counted.

    Calling what lies at or below q a discovery, no more than a share q of discoveries is expected to be false, and
    where nothing has moved the chance of any is at most q. Tests are to be independent or to rise together.
    Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57(1), 1995.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    raised = p[order] * (len(order) / np.arange(1, len(order) + 1))
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    return adjusted
