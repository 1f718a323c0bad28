"""Variance inflation: how far the standard error of a coefficient grows because others say the same together."""

import numpy as np
import pandas as pd

from riskbench.core.errors import DataError


def vif(W: pd.DataFrame) -> pd.Series:
    """Variance inflation factor by column: 1 / (1 − R²) of a column on the others; 1 is best, smaller is better.

    The diagonal of the inverse correlation matrix (Marquardt 1970). NaN for a column without variation, infinite for
    a combination of others. Raises `DataError` without a column: no feature was chosen, and there is no card.

    >>> vif(pd.DataFrame({"a": [1.0, -1.0, 1.0, -1.0], "b": [1.0, 1.0, -1.0, -1.0]})).tolist()
    [1.0, 1.0]
    """
    if not len(W.columns):
        raise DataError(
            "a card needs a feature, and none of the candidates earned a place",
            remedy="bring more rows or other columns; the table of candidates says why each was dropped",
        )
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
