"""How much reference periods vary, against what chance alone would do, and how well that is known.

Seasons, campaigns and customers who return move periods of an honest process about, and limits that know chance alone
then ring far too often in large portfolios. Laney (Quality Engineering 14(4), 2002) measures the variation in the
reference and takes limits by it; here by the standard deviation rather than by moving ranges, so that its degrees of
freedom are known and a t quantile allows for the few periods it comes from. It is always taken so where there are
periods enough: to ask by a test first, and to trust chance where the test is passed, rings up to five times too often
at nine periods that vary half as much again as chance.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import chdtr, chdtri, ndtr, ndtri, stdtrit

from riskbench.metrics.arguments import Floats, risks

FEWEST = 5  # reference periods from which on their variation is measured
TOO_GOOD = 0.001  # P(χ² <= q) of agreement that chance does not produce
NODES = 80
NEGLIGIBLE = 1e-12  # probability left out on either side of an average


@dataclass(frozen=True)
class Dispersion:
    """`factor` multiplies the standard deviations of chance; `df` are its degrees of freedom, infinite by assumption.

    A factor of 1 with infinite `df` is chance alone.
    """

    factor: float = 1.0
    df: float = np.inf

    @property
    def measured(self) -> bool:
        """Whether the reference had periods enough, and they varied."""
        return bool(np.isfinite(self.df))

    def widened(self, z: float) -> float:
        """A normal quantile as the quantile that is as rarely exceeded where the factor had to be estimated.

        >>> round(Dispersion(2.0, 8.0).widened(1.959964), 3)  # 2 times the t of 8 degrees of freedom, 2.306
        4.612
        >>> Dispersion().widened(1.96)
        1.96
        """
        return self.factor * float(stdtrit(self.df, ndtr(z))) if self.measured else z

    def passed(self, z: float, further: ArrayLike = 0.0) -> Floats:
        """The chance that a deviate in control lies beyond `widened(z)` and `further` than that, on one side.

        `further` is in standard deviations of chance alone. A limit stands on a factor that was measured, and so moves
        with it: the chance is averaged over the factors that such a reference would measure where the true one is what
        this one has (the tail of a noncentral t). Taking the measured factor for given, and the true one as spread
        around it, would come out up to twice as high where a tolerance decides.

        >>> round(float(Dispersion(2.0, 8.0).passed(1.959964)), 4)  # nothing further: what z states
        0.025
        >>> round(float(Dispersion().passed(1.0, 0.96)), 4)
        0.025
        """
        beyond = np.asarray(further, dtype=float)[..., None] / self.factor
        ratios, weights = self.redrawn()
        return np.asarray(ndtr(-(self.widened(z) / self.factor * ratios + beyond)) @ weights)

    def redrawn(self) -> tuple[Floats, Floats]:
        """Measured over true factors that such a reference may give, and their weights: to average over.

        >>> ratios, weights = Dispersion(2.0, 8.0).redrawn()
        >>> round(float(weights @ ratios**2), 6)  # the square is unbiased
        1.0
        """
        return _ratios(self.df) if self.measured else (np.ones(1), np.ones(1))

    def told(self) -> str:
        """Words for the method of a chart."""
        if not self.measured:
            return f"limits by chance alone, the reference having fewer than {FEWEST} periods that differ"
        return f"limits by the reference's own periods, which vary {self.factor:.2f} times as much as by chance"


def dispersion(values: ArrayLike, errors: ArrayLike) -> Dispersion:
    """Of reference periods, each with a value and its standard error by chance alone.

    The square of the factor is Σ ((x − mean)/error)² over K − 1 degrees of freedom, the mean being weighted by
    precision.

    >>> dispersion([1.0, 3.0, 5.0, 1.0, 5.0], [1.0] * 5).factor  # 4 + 0 + 4 + 4 + 4 over 4
    2.0
    """
    x, e = risks(values, "values"), risks(errors, "errors")
    known = e > 0
    x, precision = x[known], 1 / e[known] ** 2
    if len(x) < FEWEST:
        return Dispersion()
    return of_chi2(float(precision @ (x - precision @ x / precision.sum()) ** 2), len(x) - 1)


def of_chi2(q: float, df: int) -> Dispersion:
    """The same from a χ² of homogeneity over reference periods.

    Periods that agree far better than chance would let them are no draws at all, so they measure nothing.
    """
    return Dispersion(float(np.sqrt(q / df)), float(df)) if chdtr(df, q) > TOO_GOOD else Dispersion()


@lru_cache(maxsize=256)
def _ratios(df: float) -> tuple[Floats, Floats]:
    """Roots of χ² over its degrees of freedom, and their weights."""
    low, high = np.sqrt(chdtri(df, [1 - NEGLIGIBLE, NEGLIGIBLE]) / df)
    nodes, weights = leggauss(NODES)
    ratios = (low + high) / 2 + (high - low) / 2 * nodes
    density = (df - 1) * np.log(ratios) - df * (ratios**2 - 1) / 2
    weights = weights * np.exp(density - density.max())
    return ratios, weights / weights.sum()


def two_sided(once_in: float) -> float:
    """The normal quantile that is exceeded on either side once in so many looks.

    >>> round(two_sided(20), 2)
    1.96
    """
    return float(-ndtri(0.5 / once_in))
