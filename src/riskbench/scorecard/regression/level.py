"""The level of log odds: what to add to all of them so that their mean probability is a given rate."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit


def level_shift(log_odds: ArrayLike, rate: float, weights: NDArray[np.float64] | None = None) -> float:
    """What to add to everybody's log odds so that the weighted mean probability is exactly `rate`, in (0, 1).

    Adding the difference of the two log odds only comes near it, because a mean of probabilities is not the
    probability of a mean.

    >>> shift = level_shift([-3.0, 0.0, 1.0], 0.25)
    >>> round(float(expit(np.array([-3.0, 0.0, 1.0]) + shift).mean()), 12)
    0.25
    """
    if not 0 < rate < 1:
        raise ValueError(f"rate must lie in (0, 1), got {rate!r}")
    at = np.asarray(log_odds, dtype=float)
    reach = float(np.abs(at).max()) + abs(float(logit(rate))) + 1
    return float(brentq(lambda x: np.average(expit(at + x), weights=weights) - rate, -reach, reach, xtol=1e-13))
