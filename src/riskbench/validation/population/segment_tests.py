"""What is asked of segments, all at once on counts: more bads than PDs expect, and a worse ranking than they imply."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, ndtr, ndtri

from riskbench.core.results import Estimate
from riskbench.metrics.arguments import Floats, share


def binomial_tail(n: ArrayLike, bads: ArrayLike, expected: ArrayLike) -> Floats:
    """P(X >= bads) of a binomial of `n` cases of which `expected` are bad on average; 1 where there is no bad.

    PDs that differ within a segment only make the true tail smaller where it matters, so the test errs on the safe side
    (Hoeffding, Annals of Mathematical Statistics 27, 1956).

    >>> binomial_tail([2, 2], [1, 2], [1, 1]).round(4).tolist()
    [0.75, 0.25]
    """
    cases_, d, e = (np.asarray(x, dtype=float) for x in (n, bads, expected))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(d > 0, betainc(np.maximum(d, 1), cases_ - np.maximum(d, 1) + 1, e / cases_), 1.0)


def banded_auc(goods: ArrayLike, bads: ArrayLike) -> Floats:
    """AUC over bands of the PD from the safest up, the last axis, ties counted half; NaN without goods or bads.

    >>> float(banded_auc([2, 1], [1, 2]))  # (1·2·½ + 2·(2 + ½)) / 9
    0.6666666666666666
    """
    good, bad = np.asarray(goods, dtype=float), np.asarray(bads, dtype=float)
    below = np.cumsum(good, axis=-1) - good / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return (bad * below).sum(-1) / (bad.sum(-1) * good.sum(-1))


def banded_error(goods: ArrayLike, bads: ArrayLike, n_good: ArrayLike, n_bad: ArrayLike) -> Floats:
    """Standard error of `banded_auc` where `n_good` and `n_bad` cases are drawn from the bands as given (DeLong's)."""
    good, bad = (np.asarray(x, dtype=float) for x in (goods, bads))
    with np.errstate(invalid="ignore", divide="ignore"):
        good, bad = good / good.sum(-1, keepdims=True), bad / bad.sum(-1, keepdims=True)
        below, above = np.cumsum(good, -1) - good / 2, 1 - np.cumsum(bad, -1) + bad / 2
        spread = [(w * x**2).sum(-1) - (w * x).sum(-1) ** 2 for w, x in ((bad, below), (good, above))]
        return np.sqrt(np.maximum(spread[0], 0) / n_bad + np.maximum(spread[1], 0) / n_good)


def auc_p_value(goods: ArrayLike, bads: ArrayLike, expected_goods: ArrayLike, expected_bads: ArrayLike) -> Floats:
    """Φ(z) of the AUC of counts by band against the one that expected counts imply; small where it is worse.

    The last axis runs over bands of the PD, the safest first. 1 where the PDs leave nothing to rank.

    >>> even = np.full(10, 30.0)
    >>> rising = 30 + np.arange(-5, 5) * 4.0
    >>> float(auc_p_value(even, even, rising[::-1], rising)) < 0.05  # PDs promise a ranking that is not there
    True
    """
    error = banded_error(expected_goods, expected_bads, np.sum(goods, axis=-1), np.sum(bads, axis=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (banded_auc(goods, bads) - banded_auc(expected_goods, expected_bads)) / error
    return np.where(error > 0, ndtr(z), 1.0)


def detectable_excess(cases: int, rate: float, tests: int, part: float = 0.1) -> Estimate:
    """How far a segment's bad rate must lie above the expected one to be confirmed four times in five, once carried.

    A segment with `part` of `cases`, expected bad rate `rate`, one of `tests` at 5 % for all together (Bonferroni):
    (z of 1 − .05 / tests + z of .8) · √(p(1 − p) / n), by the normal approximation. Whether the half that searches
    carries it, among thousands, is not in that figure.

    >>> round(detectable_excess(4000, 0.2, 1).value, 4)  # (1.6449 + .8416) · √(.16 / 400)
    0.0497
    """
    share(rate, "rate")
    n = int(part * cases)
    if not n:
        return Estimate.missing("the half that confirms has too few cases", cases)
    reach = float(ndtri(1 - 0.05 / max(tests, 1)) + ndtri(0.8))
    method = f"power of 80 %, one-sided 5 % for {max(tests, 1)} tests together, normal approximation"
    return Estimate(reach * float(np.sqrt(rate * (1 - rate) / n)), n=n, method=method)
