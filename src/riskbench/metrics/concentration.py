"""How unevenly cases are spread over grades."""

from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import counts
from riskbench.metrics.intervals import around


def hhi(cases: ArrayLike, initial: ArrayLike | None = None, level: float = LEVEL) -> Estimate:
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


def least_p(initial: ArrayLike) -> float:
    """The smallest p-value that the ECB's test can give from these counts at development, whatever comes after.

    z = √(K−1)(CV−CV₀)/√(CV²(½ + CV²)) does not grow with CV without end: its denominator grows faster, so that z is
    largest where CV³ = 2 CV₀ CV² + CV₀/2, or at CV = √(K−1), the most that K grades allow. With few grades that are
    already uneven no rise of concentration is ever significant, and a large p-value then says nothing.
    Raises ValueError unless `initial` counts cases in two grades or more.

    >>> round(least_p([20, 30, 30, 20]), 4), round(least_p([0, 0, 5, 20, 40, 30, 5]), 2)
    (0.1059, 0.29)
    """
    before = counts(initial, "initial")
    if before.size < 2 or not before.sum():
        raise ValueError(f"initial must count cases in two grades or more, got {before.tolist()}")
    cv0 = _variation(before)
    if not cv0:
        return float(ndtr(-sqrt(2 * (before.size - 1))))  # the limit of a rise from even grades
    best = max(root.real for root in np.roots([1, -2 * cv0, 0, -cv0 / 2]) if abs(root.imag) < 1e-9)
    cv = min(best, sqrt(before.size - 1))
    return float(ndtr(-sqrt(before.size - 1) * (cv - cv0) / sqrt(cv**2 * (0.5 + cv**2))))


def _variation(cases: np.ndarray) -> float:
    shares = cases / cases.sum()
    return sqrt(cases.size * float(((shares - 1 / cases.size) ** 2).sum()))


def _index(cv: float, grades: int) -> float:
    return max(0.0, 1 + log((cv**2 + 1) / grades) / log(grades))  # of even grades it rounds to just below 0
