"""Area under the part of the ROC curve where a lender works: cut-offs that decline few of the good cases."""

import numpy as np
from numpy.typing import ArrayLike

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Bools, Floats, lacks_a_class, ranked_cases
from riskbench.metrics.two_classes import Placements, interval, said_where_too_few


def partial_auc(y: ArrayLike, pd: ArrayLike, low: float = 0.0, high: float = 0.3, level: float = LEVEL) -> Estimate:
    """Mean share of bads declined over cut-offs that decline `low` to `high` of the goods, standardised by McClish.

    ½ (1 + (A − least)/(most − least)), with A the area under the ROC curve between the two shares of goods declined,
    least = (high² − low²)/2 that of chance and most = high − low: ½ is chance and 1 perfect, whatever the range. The
    range [0, .3] holds every cut-off that approves at least 70 % of the good cases. Ties are drawn as a straight line.
    Sources: McClish, Medical Decision Making 9 (1989); variance by placement values with the cut-offs at the ends of
    the range estimated from the same goods, as in Dodd and Pepe, Biometrics 59 (2003), which over [0, 1] is DeLong's;
    interval on the log-odds.
    Larger is better. Raises ValueError unless 0 <= low < high <= 1.

    >>> round(partial_auc([1, 1, 0, 1, 0, 0], [.9, .8, .7, .6, .5, .4], high=0.5).value, 4)
    0.8519
    """
    if not 0 <= low < high <= 1:
        raise ValueError(f"low and high must satisfy 0 <= low < high <= 1, got {low:g} and {high:g}")
    bad, risk = ranked_cases(y, pd)
    method = f"partial AUC, {low:.0%} to {high:.0%} of goods declined, standardised by McClish; placement values"
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, method)
    of_bads, of_goods = _placements(bad, risk, low, high)
    least, most = (high**2 - low**2) / 2, high - low
    value = (1 + (float(of_bads.mean()) - least) / (most - least)) / 2
    scale = 2 * (most - least)
    result = interval(value, Placements(of_bads / scale, of_goods / scale), level, method)
    return said_where_too_few(value, result, of_bads.size)


def _placements(bad: Bools, risk: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    """For each bad the area it adds between the ends; for each good the height of the curve where it stands.

    A good outside the range stands at the nearer end. Equal risks form one straight piece of the curve, whose cases
    share its average.
    """
    _, at = np.unique(-risk, return_inverse=True)
    right, top = (np.cumsum(np.bincount(at, own)) / own.sum() for own in (~bad, bad))
    left = np.append(0.0, right[:-1])
    width = right - left

    def area_up_to(end: float) -> Floats:
        inside = np.clip(end - left, 0, width)
        return inside**2 / (2 * np.where(width, width, 1)) + np.maximum(end - right, 0)

    start, stop = np.clip(low, left, right), np.clip(high, left, right)
    clipped = (start - left) * start + (stop**2 - start**2) / 2 + (right - stop) * stop
    stands = np.clip(np.where(width, clipped / np.where(width, width, 1), left), low, high)
    height = np.interp(stands, np.append(0.0, right), np.append(0.0, top))
    return (area_up_to(high) - area_up_to(low))[at][bad], height[at][~bad]
