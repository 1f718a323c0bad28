"""Cases whose outcome is known: only closed performance windows are labelled, and only they can be validated."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def labelled(y: ArrayLike, *columns: ArrayLike) -> tuple[NDArray, ...]:
    """`y` and the columns beside it without the rows whose label is missing (NaN).

    Raises ValueError unless all have the length of `y`.

    >>> [part.tolist() for part in labelled([0, float("nan"), 1], [0.1, 0.2, 0.3])]
    [[0.0, 1.0], [0.1, 0.3]]
    """
    label = np.asarray(y, dtype=float)
    known = ~np.isnan(label)
    beside = [np.asarray(column) for column in columns]
    for column in beside:
        if len(column) != len(label):
            raise ValueError(f"columns must have the same length, got {len(label)} labels beside {len(column)} values")
    return label[known], *(column[known] for column in beside)
