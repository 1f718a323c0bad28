"""Hand's H-measure: how much of the avoidable cost of wrong decisions a ranking avoids, over many relative costs."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression
from scipy.special import betainc

from riskbench.core.results import Estimate
from riskbench.metrics.arguments import Bools, Floats, lacks_a_class, ranked_cases
from riskbench.metrics.intervals import inside_0_and_1

PRIORS = "weighted by Beta(1 + bad rate, 2 − bad rate) (Hand and Anagnostopoulos, 2014)"


def h_measure(y: ArrayLike, pd: ArrayLike, severity: float | None = None, level: float = 0.95) -> Estimate:
    """H = 1 − L/L_max, in [0, 1]; larger is better, 0 says no more than the bad rate does.

    At relative cost c, a good case flagged costs c and a bad one passed costs 1 − c; L is the least cost a case that
    cut-offs on the ranking allow (on the convex hull of the ROC curve), averaged over the weight w(c), and L_max the
    same without any ranking. w is Beta(1 + π, 2 − π) with π the bad rate, whose mode is the cost at which both classes
    weigh the same (Hand and Anagnostopoulos, Pattern Recognition Letters 40, 2014). With `severity`, the cost of a good
    case flagged over that of a bad one passed, w is Beta(2, 1 + 1/severity), whose mode is that cost (the default of
    the R package, with severity π/(1 − π)); severity 1 gives the Beta(2, 2) of Hand, Machine Learning 77 (2009).

    The interval takes the class sizes as given. By the envelope theorem the case's own cost is its influence on L, so
    that the variance is a sum over the two classes, as in DeLong's; the hull makes the value a little optimistic in
    samples with few bads. Raises ValueError unless severity is positive.

    >>> round(h_measure([0, 0, 1, 0, 1, 1], [.1, .2, .3, .4, .5, .6]).value, 4)
    0.6667
    """
    bad, risk = ranked_cases(y, pd)
    if severity is not None and not severity > 0:
        raise ValueError(f"severity must be positive, got {severity:g}")
    weight = PRIORS if severity is None else f"weighted by Beta(2, {1 + 1 / severity:.4g})"
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, f"H-measure, {weight}")
    share_bad = float(bad.mean())
    shape = (1 + share_bad, 2 - share_bad) if severity is None else (2.0, 1 + 1 / severity)
    costs = _costs(bad, _hull(bad, risk), shape)
    most = float(_costs(bad, np.full(bad.size, share_bad), shape).mean())
    value = max(0.0, 1 - float(costs.mean()) / most)
    variance = None
    if min(bad.sum(), (~bad).sum()) > 1:
        parts = ((costs[own].var(ddof=1), own.sum() / bad.size**2) for own in (bad, ~bad))
        variance = float(sum(spread * size for spread, size in parts)) / most**2
    return inside_0_and_1(value, variance, bad.size, level, f"H-measure, {weight}")


def _hull(bad: Bools, risk: Floats) -> Floats:
    """The bad rate of each case's segment of the convex hull: a case is flagged at costs below it."""
    _, at, size = np.unique(risk, return_inverse=True, return_counts=True)
    rates = np.bincount(at, bad) / size
    return np.asarray(isotonic_regression(rates, weights=size).x, dtype=float)[at]


def _costs(bad: Bools, rate: Floats, shape: tuple[float, float]) -> Floats:
    """What each case costs: a good one c w(c) over the costs c < rate, a bad one (1 − c) w(c) over the others."""
    a, b = shape
    flagged, passed = a * betainc(a + 1, b, rate), b * (1 - betainc(a, b + 1, rate))
    return np.where(bad, passed, flagged) / (a + b)
