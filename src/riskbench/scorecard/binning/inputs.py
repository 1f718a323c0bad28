"""What a binning and a card accept: features by row, a target of goods and bads, periods. Checked once, here."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_array


def require_frame(X: object) -> None:
    """Raise ValueError unless `X` is a data frame whose column names are distinct strings."""
    if not isinstance(X, pd.DataFrame):
        raise ValueError(f"X must be a pandas DataFrame, got {type(X).__name__}")
    if X.columns.has_duplicates or not all(isinstance(name, str) for name in X.columns):
        raise ValueError(f"columns of X must be distinct strings, got {list(X.columns)}")


def frame_of(X: Any) -> pd.DataFrame:
    """`X` itself where it is a frame with names; an array, or a frame whose columns are only numbered, with x0, x1, ...

    Raises ValueError for names that are not distinct strings and for what is neither (sparse matrices among it).
    """
    if isinstance(X, pd.DataFrame):
        if isinstance(X.columns, pd.RangeIndex) and len(X.columns):
            return X.set_axis([f"x{i}" for i in range(X.shape[1])], axis=1)
        require_frame(X)
        return X
    values = check_array(X, dtype=None, ensure_all_finite=False, estimator="WoeBinning")
    frame = pd.DataFrame(values, columns=[f"x{i}" for i in range(values.shape[1])])
    return frame.infer_objects() if values.dtype == object else frame


def target_of(X: pd.DataFrame, y: ArrayLike) -> NDArray[np.int64]:
    """The target as 0/1 integers, one a row of `X`, both classes present; ValueError otherwise."""
    require_frame(X)
    if not len(X.columns):
        raise ValueError("X must have at least one column, got none")
    if y is None:
        raise ValueError("binning requires y to be passed, but the target y is None")
    values = np.asarray(y)
    if values.shape != (len(X),):
        raise ValueError(f"y must have one label a row of X, {len(X)}, got shape {values.shape}")
    found = pd.unique(pd.Series(values))
    if not set(found.tolist()) <= {0, 1}:
        raise ValueError(f"y must hold 0 (good) and 1 (bad) only, got {sorted(map(str, found))[:5]}")
    if len(found) < 2:
        raise ValueError(f"y must hold both classes, got {len(values)} times {found.tolist()}, one class")
    return values.astype(np.int64)


def periods_of(X: pd.DataFrame, periods: ArrayLike) -> tuple[NDArray[np.int64], list[str]]:
    """Periods as 0, 1, ... in their order, one a row of `X`, and their names; ValueError for a row without one."""
    labels = pd.Series(np.asarray(periods))
    if len(labels) != len(X):
        raise ValueError(f"periods must be one label a row of X, {len(X)}, got {len(labels)}")
    codes, names = pd.factorize(labels, sort=True)
    if (codes < 0).any():
        raise ValueError(f"periods must be known for every row, got {int((codes < 0).sum())} missing ones")
    return codes.astype(np.int64), [str(name) for name in names]
