"""How unevenly cases are spread over grades."""

from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from riskbench.core.results import Estimate
from riskbench.metrics.arguments import counts
from riskbench.metrics.intervals import around


def hhi(cases: ArrayLike, initial: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Herfindahl index of K grades on the ECB's scale: 0 when they are filled evenly, 1 when one holds everything.

    HI = 1 + ln((CV² + 1)/K)/ln K, with CV the coefficient of variation of the shares. `initial` gives the counts at
    development; then z = √(K−1)(CV − CV₀)/√(CV²(½ + CV²)) and one-sided p test H0: concentration has not risen.
    The interval uses the same variance of CV. Smaller is better. Source: ECB, Instructions for reporting the
    validation results of internal models (2019), 2.5.5.3. Empty grades count in K.

    >>> round(hhi([20, 30, 30, 20]).value, 6)
    0.028292
    """
    now = counts(cases, "cases")
    method = "HHI of grades (ECB)"
    if now.size < 2 or not now.sum():
        why = "there are no cases" if now.size > 1 else "concentration needs at least two grades"
        return Estimate.missing(why, int(now.sum()), method)
    grades, cv = now.size, _variation(now)
    error = cv * sqrt((0.5 + cv**2) / (grades - 1))
    lower, upper = (_index(bound, grades) for bound in around(cv, error, level, 0.0, sqrt(grades - 1)))
    statistic = p_value = None
    if initial is not None:
        before = counts(initial, "initial")
        if before.size != grades or not before.sum():
            raise ValueError(f"initial must count cases in the same {grades} grades, got {before.tolist()}")
        if error:
            statistic = (cv - _variation(before)) / error
            p_value = float(ndtr(-statistic))
    return Estimate(
        _index(cv, grades), lower, upper, level, int(now.sum()), method, statistic=statistic, p_value=p_value
    )


def _variation(cases: np.ndarray) -> float:
    shares = cases / cases.sum()
    return sqrt(cases.size * float(((shares - 1 / cases.size) ** 2).sum()))


def _index(cv: float, grades: int) -> float:
    return max(0.0, 1 + log((cv**2 + 1) / grades) / log(grades))  # of even grades it rounds to just below 0
