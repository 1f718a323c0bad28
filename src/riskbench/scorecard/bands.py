"""Bands of the score: cut once, on the development sample, and frozen, so that no shift moves its own yardstick."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def band_edges(development_scores: ArrayLike, bands: int = 10) -> NDArray[np.float64]:
    """Inner edges that cut the development scores into `bands` bands of about equal size, to be kept and reused.

    Fewer edges come back where many scores are equal. Raises ValueError for a missing score or fewer than two bands.

    >>> band_edges([500, 510, 520, 530], bands=2)
    array([520.])
    """
    scores = _finite(development_scores)
    if bands < 2 or not len(scores):
        raise ValueError(f"bands need two or more and at least one score, got {bands} bands and {len(scores)} scores")
    # edges are scores that occur: interpolated ones could fence off a band that holds nobody
    edges = np.unique(np.sort(scores)[[len(scores) * k // bands for k in range(1, bands)]])
    return edges[edges > scores.min()]


def band_codes(scores: pd.Series, edges: ArrayLike) -> pd.DataFrame:
    """The band of each score, as a table of one column `score`: k holds scores from edge k − 1 up to, without, edge k.

    >>> band_codes(pd.Series([519, 520, 900]), [520.0])["score"].tolist()
    [0, 1, 1]
    """
    codes = np.searchsorted(np.asarray(edges, dtype=float), _finite(scores), side="right")
    return pd.DataFrame({"score": codes}, index=scores.index)


def _finite(scores: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError(f"scores must be finite, got {int((~np.isfinite(values)).sum())} that are not")
    return values
