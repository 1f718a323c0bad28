"""Columns that say what others say together: exact combinations, and how far standard errors grow by near ones."""

import numpy as np
import pandas as pd
from scipy.linalg import qr

DEPENDENT = 1e-10  # of a column's length, what the columns before it leave of it


def vif(W: pd.DataFrame) -> pd.Series:
    """Variance inflation factor by column: 1 / (1 − R²) of a column on the others; 1 is best, smaller is better.

    The diagonal of the inverse correlation matrix (Marquardt 1970). NaN for a column without variation, infinite for
    a combination of others.

    >>> vif(pd.DataFrame({"a": [1.0, -1.0, 1.0, -1.0], "b": [1.0, 1.0, -1.0, -1.0]})).tolist()
    [1.0, 1.0]
    """
    result = pd.Series(np.nan, index=W.columns, name="vif", dtype=float)
    varying = [str(name) for name in W if np.ptp(W[name].to_numpy(float)) > 0]
    if varying:
        result.loc[varying] = inflations(np.atleast_2d(np.corrcoef(W[varying].to_numpy(float), rowvar=False)))
    return result


def inflations(correlation: np.ndarray) -> np.ndarray:
    """The factors from a correlation matrix."""
    values, vectors = np.linalg.eigh(correlation)
    parts = np.where(vectors**2 > 1e-12, vectors**2, 0.0) / np.maximum(values, 1e-300)
    inflation = parts.sum(axis=1)
    return np.where(inflation < 1e10, np.maximum(inflation, 1.0), np.inf)


def dependent_columns(W: pd.DataFrame) -> list[str]:
    """Columns that are linear combinations of columns before them, found by a QR of the correlations.

    >>> dependent_columns(pd.DataFrame({"a": [1.0, 2.0, 4.0], "twice": [2.0, 4.0, 8.0]}))
    ['twice']
    """
    if W.shape[1] < 2:
        return []
    correlation = np.corrcoef(W.to_numpy(float), rowvar=False)
    (r,) = qr(correlation, mode="r")
    return [str(name) for name, own in zip(W, np.abs(np.diag(r)), strict=True) if own < DEPENDENT]
