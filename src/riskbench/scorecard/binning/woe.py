"""Weight of evidence and information of a bin within a sample whose totals are known.

The information of one bin is one cell of `riskbench.metrics.divergence`, written here for arrays of any shape: the
search for the best partition asks for thousands of possible bins of one sample at a time.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskbench.metrics.divergence import EMPTY_CELL


def woe(goods: ArrayLike, bads: ArrayLike, total_goods: float, total_bads: float) -> NDArray[np.float64]:
    """WoE = ln((goods / total goods) / (bads / total bads)), an empty cell counted as half: larger is safer.

    >>> float(woe(40, 10, 80, 40).round(4))  # ln((40/80) / (10/40)) = ln 2
    0.6931
    """
    good_share, bad_share = shares(goods, bads, total_goods, total_bads)
    return np.log(good_share / bad_share)


def information(goods: ArrayLike, bads: ArrayLike, total_goods: float, total_bads: float) -> NDArray[np.float64]:
    """A bin's part of the information value: (good share − bad share) · WoE, never negative.

    >>> float(information(40, 10, 80, 40).round(4))  # (.5 − .25) ln 2
    0.1733
    """
    good_share, bad_share = shares(goods, bads, total_goods, total_bads)
    return (good_share - bad_share) * np.log(good_share / bad_share)


def shares(
    goods: ArrayLike, bads: ArrayLike, total_goods: float, total_bads: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of all goods and of all bads, an empty cell counted as half an observation."""
    g, b = np.asarray(goods, float), np.asarray(bads, float)
    return np.where(g > 0, g, EMPTY_CELL) / total_goods, np.where(b > 0, b, EMPTY_CELL) / total_bads
