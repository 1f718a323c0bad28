"""Which groups may be shown: one of too few people is pooled, and a pool that is still too small is left out."""

import numpy as np
from numpy.typing import ArrayLike
from pandas import Series

SMALL, MISSING = "(small groups)", "(missing)"


def shown_groups(group: ArrayLike, min_cell: int) -> Series:
    """Group names with small ones pooled, and empty text where even the pool is too small.

    >>> shown_groups(["a", "a", "a", "b", "c", "c"], min_cell=3).tolist()
    ['a', 'a', 'a', '(small groups)', '(small groups)', '(small groups)']
    """
    if min_cell < 1:
        raise ValueError(f"min_cell must be 1 or more, got {min_cell}")
    names = Series(np.asarray(group, dtype=object)).astype("str").fillna(MISSING)
    pooled = names.where(names.map(names.value_counts()) >= min_cell, SMALL)
    return pooled.where(pooled.map(pooled.value_counts()) >= min_cell, "")
