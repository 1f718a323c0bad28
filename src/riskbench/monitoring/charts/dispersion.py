"""Do reference periods vary more than chance lets them? If so, by how much, and how well that is known.

Seasons, campaigns and customers who return move periods of an honest process about. Limits that know chance alone then
ring far too often in large portfolios. Laney (Quality Engineering 14(4), 2002) measures the excess in the reference and
widens by it; here by the standard deviation rather than by moving ranges, so that its degrees of freedom are known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, ndtri, stdtrit

from riskbench.metrics.arguments import risks

HETEROGENEOUS = 0.20  # a level at which excess variation is rather allowed for than overlooked


@dataclass(frozen=True)
class Dispersion:
    """`factor` (at least 1) multiplies standard deviations; `df` is of its estimate, infinite where chance suffices."""

    factor: float
    df: float
    p_value: float

    @property
    def excess(self) -> bool:
        """Whether limits are to be widened."""
        return np.isfinite(self.df)

    def widened(self, z: float) -> float:
        """A normal quantile as the quantile that is as rarely exceeded once the factor had to be estimated.

        >>> round(Dispersion(2.0, 8.0, 0.001).widened(1.96), 3)  # 2 times the t of 8 degrees of freedom, 2.306
        4.612
        >>> Dispersion(1.0, float("inf"), 0.6).widened(1.96)
        1.96
        """
        return self.factor * float(stdtrit(self.df, ndtr(z))) if self.excess else z

    def told(self) -> str:
        """Words for the method of a chart."""
        if not self.excess:
            return "reference periods vary as chance has it"
        return f"reference periods vary {self.factor:.2f} times as much as by chance, and limits are as much wider"


def dispersion(values: ArrayLike, errors: ArrayLike) -> Dispersion:
    """Of reference periods, each with a value and its standard error by chance alone.

    Q = Σ ((x − mean)/error)² has K − 1 degrees of freedom where chance is all there is, the mean being weighted by
    precision. Where that is believable (p >= .20) or a single period is all there is, the factor is 1.

    >>> dispersion([1.0, 3.0, 5.0], [1.0, 1.0, 1.0]).factor  # Q = 4 + 0 + 4 over 2 degrees of freedom
    2.0
    """
    x, e = risks(values, "values"), risks(errors, "errors")
    known = e > 0
    x, precision = x[known], 1 / e[known] ** 2
    if len(x) < 2:
        return Dispersion(1.0, np.inf, 1.0)
    q = float(precision @ (x - precision @ x / precision.sum()) ** 2)
    return of_chi2(q, len(x) - 1)


def of_chi2(q: float, df: int) -> Dispersion:
    """The same from a χ² of homogeneity over the reference periods."""
    p = float(chdtrc(df, q))
    if p >= HETEROGENEOUS:
        return Dispersion(1.0, np.inf, p)
    return Dispersion(float(np.sqrt(q / df)), float(df), p)


def two_sided(once_in: float) -> float:
    """The normal quantile that is exceeded on either side once in so many looks.

    >>> round(two_sided(20), 2)
    1.96
    """
    return float(-ndtri(0.5 / once_in))
