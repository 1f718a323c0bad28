"""Curves of discrimination as tables that a figure can draw."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def roc_curves(y: ArrayLike, pds: pd.DataFrame, points: int = 101) -> pd.DataFrame:
    """ROC curves of the columns of `pds` on the same labelled cases, at most `points` a curve.

    Columns series, x (share of goods flagged) and y (share of bads caught), from the riskiest case down.

    >>> roc_curves([1, 0], pd.DataFrame({"card": [0.9, 0.1]}))["y"].tolist()
    [0.0, 1.0, 1.0]
    """
    from sklearn.metrics import roc_curve

    return pd.concat([_curve(roc_curve(y, pds[name]), str(name), points) for name in pds], ignore_index=True)


def _curve(curve: tuple[Any, ...], name: str, points: int) -> pd.DataFrame:
    x, y = curve[0], curve[1]
    kept = np.unique(np.linspace(0, len(x) - 1, min(points, len(x))).round().astype(int))
    return pd.DataFrame({"series": name, "x": x[kept], "y": y[kept]})
