"""The interval of a statistic in [0, 1] that is a mean over bads plus a mean over goods, as the area under a curve is.

Near 0 or 1 and with few cases of a class the plain normal interval covers too little. Taken on the log-odds, with the
t quantile at Satterthwaite's degrees of freedom, it covers what it says down to about ten bads at an AUC of .7
(Pepe, The Statistical Evaluation of Medical Tests, 2003, 5.2; Brunner and Munzel, Biometrical Journal 42, 2000). Of
a nearly perfect ranking, the variance hangs on the very few cases that are out of order, and no interval made of it
holds: there the estimate's method says so. How much each covers is measured in benchmarks/coverage.py.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, inf, sqrt

from scipy.special import expit, logit, stdtrit

from riskbench.core.results import Estimate
from riskbench.metrics.arguments import Floats, share

ENOUGH_OUT_OF_ORDER = 6.0  # what cases of the rarer class · (1 − AUC)/AUC² must reach; coverage.py shows the region


@dataclass(frozen=True)
class Placements:
    """What each bad and each good adds: the statistic is a mean of either, or of their sum."""

    of_bads: Floats
    of_goods: Floats

    @cached_property
    def parts(self) -> tuple[float, float]:
        """Variance of the mean over bads, and over goods."""
        of_bads, of_goods = (x.var(ddof=1) / x.size for x in (self.of_bads, self.of_goods))
        return float(of_bads), float(of_goods)

    @property
    def variance(self) -> float | None:
        """s² = Var(of bads)/n_bad + Var(of goods)/n_good; None with one case in a class."""
        return sum(self.parts) if min(self.of_bads.size, self.of_goods.size) > 1 else None

    @property
    def degrees_of_freedom(self) -> float:
        """Satterthwaite's, between the smaller class less one and all cases less two."""
        of_bads, of_goods = self.parts
        return (of_bads + of_goods) ** 2 / (
            of_bads**2 / (self.of_bads.size - 1) + of_goods**2 / (self.of_goods.size - 1)
        )


def interval(value: float, placements: Placements, level: float, method: str) -> Estimate:
    """`value` with the interval of its log-odds; none where a class has one case, or nothing varies.

    >>> import numpy as np
    >>> e = interval(0.75, Placements(np.array([0.5, 1.0, 0.75, 0.8]), np.array([1.0, 0.5, 0.7])), 0.95, "example")
    >>> f"{e.lower:.3f} {e.upper:.3f}"
    '0.171 0.978'
    """
    share(level, "level", open_interval=True)
    n, variance = placements.of_bads.size + placements.of_goods.size, placements.variance
    if not variance or not 0 < value < 1:
        why = "fewer than two cases in a class" if variance is None else "the variance is zero"
        return Estimate(value, n=n, method=f"{method}; no interval: {why}")
    quantile = float(stdtrit(placements.degrees_of_freedom, (1 + level) / 2))
    centre, reach = float(logit(value)), quantile * sqrt(variance) / (value * (1 - value))
    return Estimate(value, float(expit(centre - reach)), float(expit(centre + reach)), level, n, method)


def needed_cases(auc: float) -> float:
    """How many cases of the rarer class an AUC needs for its interval to cover 93 % or more, by simulation.

    >>> [round(needed_cases(area)) for area in (0.7, 0.95, 0.99)]
    [10, 108, 588]
    """
    order = max(auc, 1 - auc)
    return ENOUGH_OUT_OF_ORDER * order**2 / (1 - order) if order < 1 else inf


def said_where_too_few(auc: float, estimate: Estimate, bads: int) -> Estimate:
    """The estimate, with a sentence in `method` where its interval can cover less than 93 %.

    >>> said_where_too_few(0.99, Estimate(0.99, 0.97, 0.997, 0.95, 4100, "DeLong"), 100).method
    'DeLong; the interval can cover less than 93 % here: fewer than 589 bads'
    """
    rarer, name = min((bads, "bads"), ((estimate.n or 0) - bads, "goods"))
    if estimate.lower is None or rarer >= needed_cases(auc):
        return estimate
    needed = needed_cases(auc)
    few = f"fewer than {ceil(needed)} {name}" if needed < inf else "no case is out of order"
    return replace(estimate, method=f"{estimate.method}; the interval can cover less than 93 % here: {few}")
