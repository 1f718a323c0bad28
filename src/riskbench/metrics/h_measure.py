"""Hand's H-measure: how much of the avoidable cost of wrong decisions a ranking avoids, over many relative costs."""

from dataclasses import replace
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.special import betainc

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Bools, Floats, lacks_a_class, ranked_cases
from riskbench.metrics.discrimination import auc
from riskbench.metrics.intervals import around
from riskbench.metrics.two_classes import Placements, said_where_too_few

PRIORS = "weighted by Beta(1 + bad rate, 2 − bad rate) (Hand and Anagnostopoulos, 2014)"
FOLDS = 10


def h_measure(y: ArrayLike, pd: ArrayLike, severity: float | None = None, level: float = LEVEL) -> Estimate:
    """H = 1 − L/L_max, in [0, 1]; larger is better, 0 says no more than the bad rate does.

    At relative cost c, a good case flagged costs c and a bad one passed costs 1 − c; L is the least cost a case that
    cut-offs on the ranking allow (on the convex hull of the ROC curve), averaged over the weight w(c), and L_max the
    same without any ranking. w is Beta(1 + π, 2 − π) with π the bad rate, whose mode is the cost at which both classes
    weigh the same (Hand and Anagnostopoulos, Pattern Recognition Letters 40, 2014). With `severity`, the cost of a good
    case flagged over that of a bad one passed, w is Beta(2, 1 + 1/severity), whose mode is that cost (the default of
    the R package, with severity π/(1 − π)); severity 1 gives the Beta(2, 2) of Hand, Machine Learning 77 (2009).

    The hull is fitted to the same cases, which makes H optimistic; out of sample it is pessimistic by about as much.
    So the interval stands around the mean of H and of H with every case judged by the hull of the other nine tenths,
    and is widened to hold the value. A case's own cost is its influence on L (the envelope theorem), so that the
    variance is a sum over the two classes, whose sizes are taken as given. Raises ValueError unless severity > 0.

    >>> round(h_measure([0, 0, 1, 0, 1, 1], [.1, .2, .3, .4, .5, .6]).value, 4)
    0.6667
    """
    bad, risk = ranked_cases(y, pd)
    if severity is not None and not severity > 0:
        raise ValueError(f"severity must be positive, got {severity:g}")
    weight = PRIORS if severity is None else f"weighted by Beta(2, {1 + 1 / severity:.4g})"
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, f"H-measure, {weight}")
    rate = float(bad.mean())
    shape = (1 + rate, 2 - rate) if severity is None else (2.0, 1 + 1 / severity)
    most = float(_costs(bad, np.full(bad.size, rate), shape).mean())
    cells = _Cells(bad, risk)
    value = max(0.0, 1 - float(_costs(bad, cells.hull(), shape).mean()) / most)
    result = Estimate(value, n=bad.size, method=f"H-measure, {weight}")
    if min(bad.sum(), (~bad).sum()) < FOLDS:
        return replace(result, method=f"{result.method}; no interval: fewer than {FOLDS} cases in a class")
    costs = _costs(bad, cells.hull_of_the_others(), shape)
    centre = (value + 1 - float(costs.mean()) / most) / 2
    spread = Placements(costs[bad] * rate / most, costs[~bad] * (1 - rate) / most)
    lower, upper = around(centre, sqrt(spread.variance or 0.0), level, 0.0, 1.0)
    result = replace(result, lower=min(lower, value), upper=max(upper, value), level=level)
    return said_where_too_few(auc(bad, risk).value or 0.5, result, int(bad.sum()))


class _Cells:
    """Cases by distinct risk. The bad rate of a segment of the hull is the cost below which its cases are flagged."""

    def __init__(self, bad: Bools, risk: Floats) -> None:
        _, self.at = np.unique(risk, return_inverse=True)
        self.bad = bad

    def hull(self) -> Floats:
        """The rate of each case's segment: isotonic regression of the outcome is the convex hull of the ROC curve."""
        return self._fit(np.ones(self.bad.size, dtype=bool), self.at)

    def hull_of_the_others(self) -> Floats:
        """The same, fitted without the tenth of both classes that the case is in; rows in any order give one answer."""
        fold, rates = np.empty(self.bad.size, dtype=int), np.empty(self.bad.size)
        by_risk, rng = np.argsort(self.at, kind="stable"), np.random.default_rng(0)
        for own in (self.bad, ~self.bad):
            places = by_risk[own[by_risk]]
            fold[places] = rng.permutation(places.size) % FOLDS
        for k in range(FOLDS):
            rates[fold == k] = self._fit(fold != k, self.at[fold == k])
        return rates

    def _fit(self, chosen: Bools, wanted: NDArray[np.int64]) -> Floats:
        size, bads = np.bincount(self.at[chosen]), np.bincount(self.at[chosen], self.bad[chosen])
        filled = np.flatnonzero(size)
        rates = isotonic_regression(bads[filled] / size[filled], weights=size[filled]).x
        return np.interp(wanted, filled, rates)


def _costs(bad: Bools, rate: Floats, shape: tuple[float, float]) -> Floats:
    """What each case costs: a good one c w(c) over the costs c < rate, a bad one (1 − c) w(c) over the others."""
    a, b = shape
    flagged, passed = a * betainc(a + 1, b, rate), b * (1 - betainc(a, b + 1, rate))
    return np.where(bad, passed, flagged) / (a + b)
