"""How far the level of PDs is off, as one number: what must be added to all log-odds so that as many go bad as did."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import cases, lacks_a_class
from riskbench.metrics.intervals import around

METHOD = "calibration intercept at slope 1, Wald interval"


def calibration_intercept(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """A in logit P(bad) = a + logit(pd), by maximum likelihood; 0 is ideal, above 0 the PDs are too low.

    The slope is held at 1, so that a month of some hundred loans suffices; `calibration_line` fits it as well. Missing
    with one class only, or where a PD is exactly 0 or 1. Source: Cox, Biometrika 45 (1958).

    >>> round(calibration_intercept([1, 0, 0, 1], [0.25] * 4).value, 4)  # logit ½ − logit ¼ = ln 3
    1.0986
    """
    bad, p = cases(y, pd)
    reason = lacks_a_class(bad) or ("a PD of exactly 0 or 1 has no log-odds" if p.min() == 0 or p.max() == 1 else "")
    if reason:
        return Estimate.missing(reason, bad.size, METHOD)
    odds, a, step = logit(p), 0.0, 1.0
    while abs(step) > 1e-12 * max(1.0, abs(a)):
        q = expit(a + odds)
        step = float(np.clip((bad.sum() - q.sum()) / (q * (1 - q)).sum(), -1.0, 1.0))
        a += step
    q = expit(a + odds)
    error = 1 / sqrt(float((q * (1 - q)).sum()))
    return Estimate(a, *around(a, error, level, -np.inf, np.inf), level, bad.size, METHOD)
