"""How the bad rate may move from bin to bin: the trends there are, which one some rates have, and what each allows."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from riskbench.data.counts import Tally

Trend = Literal["auto", "ascending", "descending", "peak", "valley", "none"]
TRENDS: tuple[Trend, ...] = ("auto", "ascending", "descending", "peak", "valley", "none")
BY_BAD_RATE = "by bad rate"  # that of a category, whose bins are put in this order

SIGNS = {"ascending": 1, "descending": -1, "none": 0}
SAME = 1e-12  # two bad rates closer than this are equal
Floats = NDArray[np.float64]


def bad_rates(goods: Tally, bads: Tally) -> Floats:
    """Bad rates of the bins that have cases."""
    cases = goods + bads
    return bads[cases > 0] / cases[cases > 0]


def signs(trend: Trend, rates: Floats) -> list[int]:
    """Between each bin and the next +1 where the bad rate may not fall, −1 where it may not rise, 0 where free.

    A peak turns in the bin of the highest of the `rates`, a valley in that of the lowest.

    >>> signs("peak", np.array([0.1, 0.3, 0.2, 0.1]))
    [1, -1, -1]
    """
    if trend in ("peak", "valley"):
        turn, leg = (int(np.argmax(rates)), 1) if trend == "peak" else (int(np.argmin(rates)), -1)
        return [leg if place < turn else -leg for place in range(len(rates) - 1)]
    return [SIGNS[trend]] * (len(rates) - 1)


def follows(rates: Floats, trend: Trend) -> bool:
    """Whether bad rates, bin by bin, have this trend.

    >>> follows(np.array([0.1, 0.3, 0.2]), "peak"), follows(np.array([0.1, 0.3, 0.2]), "auto")
    (True, False)
    """
    steps = np.diff(rates)
    rises, falls = steps > SAME, steps < -SAME
    if trend == "auto":
        return not (rises.any() and falls.any())
    if trend in ("peak", "valley"):
        turned, back = (falls, rises) if trend == "peak" else (rises, falls)
        return not (np.maximum.accumulate(turned) & back).any()
    return trend == "none" or not (falls if trend == "ascending" else rises).any()


def trend_of(rates: Floats, asked: Trend = "auto") -> Trend:
    """The trend that bad rates have: the one asked for where they do, else the simplest that fits.

    >>> trend_of(np.array([0.1, 0.3, 0.2])), trend_of(np.array([0.1, 0.2]), "peak"), trend_of(np.array([0.1]))
    ('peak', 'peak', 'none')
    """
    simplest: tuple[Trend, ...] = ("ascending", "descending", "peak", "valley", "none")
    first: tuple[Trend, ...] = () if asked == "auto" else (asked,)
    if len(rates) < 2:
        return "none"
    return next(trend for trend in (*first, *simplest) if follows(rates, trend))
