"""The difference of two shares of the same cases, such as those that two policies approve among one set of people."""

from math import sqrt

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.intervals import wilson

METHOD = "Newcombe, paired"


def paired_difference(both: int, only_second: int, only_first: int, neither: int, level: float = LEVEL) -> Estimate:
    """Share of the second less share of the first, with Newcombe's interval for pairs (1998, method 10).

    The four counts are cases that succeed with both, with the second alone, with the first alone, with neither: whole
    numbers >= 0. The interval joins Wilson's of both shares, and allows for their correlation; it exists where no case
    differs. The other way round, value and bounds are the same with the other sign, to the last digit. No cases give
    `Estimate.missing`. Raises ValueError for a count below 0.

    Source: Newcombe, Improved confidence intervals for the difference between binomial proportions based on paired
    data, Statistics in Medicine 17 (1998), 2635 to 2650.

    >>> e = paired_difference(both=36, only_second=12, only_first=2, neither=0)
    >>> f"{e.value:.4f} {e.lower:.4f} {e.upper:.4f}"
    '0.2000 0.0569 0.3404'
    """
    if min(both, only_second, only_first, neither) < 0:
        raise ValueError(f"counts must be 0 or more, got {(both, only_second, only_first, neither)}")
    n = both + only_second + only_first + neither
    first, second = wilson(both + only_first, n, level), wilson(both + only_second, n, level)
    if first.value is None or second.value is None:
        return Estimate.missing("there are no cases", 0, METHOD)
    (p, low, high), (q, low2, high2) = _known(first), _known(second)
    phi = _correlation(both, only_second, only_first, neither)
    value = (only_second - only_first) / n
    lower = value - _joined(q - low2, high - p, phi)
    upper = value + _joined(high2 - q, p - low, phi)
    return Estimate(value, max(-1.0, lower), min(1.0, upper), level, n, METHOD)


def _known(e: Estimate) -> tuple[float, float, float]:
    value, lower, upper = (x or 0.0 for x in e.bounded)  # of a share that has cases, none is absent
    return value, lower, upper


def _joined(a: float, b: float, phi: float) -> float:
    return sqrt(max(0.0, (a**2 + b**2) - 2 * phi * (a * b)))


def _correlation(a: int, b: int, c: int, d: int) -> float:
    """The correlation of the two successes, drawn towards 0 where it is positive; 0 where one of them never varies."""
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    covariance, half = float(a * d - b * c), (a + b + c + d) / 2
    if covariance > 0:
        covariance = max(covariance - half, 0.0)
    return covariance / sqrt(margins) if margins else 0.0
