"""How well a PD separates bad from good: AUC, Gini, KS, and the comparison of two AUCs.

These statistics only rank. `pd` may be any finite number that grows with risk; a score (larger is safer) goes in with
its sign turned. 1 = bad throughout, and a larger AUC, Gini or KS is better.
"""

from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr
from scipy.stats import rankdata

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Bools, Floats, lacks_a_class, ranked_cases, risks, same_length, share
from riskbench.metrics.intervals import around, difference
from riskbench.metrics.two_classes import Placements, interval, said_where_too_few

DELONG = "DeLong"
ON_LOG_ODDS = f"{DELONG} on the log-odds"


def auc(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """The probability that a bad case is ranked riskier than a good one, ties counted half, with DeLong's interval.

    Source: DeLong, DeLong and Clarke-Pearson (1988); by midranks, Sun and Xu (2014), in O(n log n). The interval is
    taken on the log-odds (`two_classes.py` says why); where so few bads (or goods) stand behind it that it can cover
    less than 93 %, `method` says so. It is left out where the variance is not defined (one case in a class) or zero
    (no overlap: certainty no sample gives).

    >>> e = auc([1, 1, 0, 1, 1, 1, 0, 0, 1, 0], [.9, .8, .7, .6, .55, .54, .53, .52, .51, .505])
    >>> f"{e.value} {e.lower:.4f} {e.upper:.4f}"
    '0.75 0.2218 0.9693'
    """
    bad, risk = ranked_cases(y, pd)
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, DELONG)
    return _area(*_placements(bad, risk), level)


def gini(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """Gini coefficient, or accuracy ratio: 2 AUC − 1, in [−1, 1], with the interval of the AUC carried over.

    >>> gini([0, 0, 1, 1], [.1, .2, .15, .4]).value
    0.5
    """
    return _each(auc(y, pd, level), lambda area: 2 * area - 1)


def delong(y: ArrayLike, pd_a: ArrayLike, pd_b: ArrayLike, level: float = LEVEL) -> Estimate:
    """AUC of a minus AUC of b on the same cases, with interval, z and two-sided p; H0: the two are equal.

    Not for nested models judged on the sample that both were fitted on (Demler, Pencina and D'Agostino, 2012).
    Source: DeLong, DeLong and Clarke-Pearson (1988).

    >>> delong([0, 0, 1, 1], [.1, .2, .3, .4], [.1, .3, .2, .4]).value
    0.25
    """
    bad, first = ranked_cases(y, pd_a)
    second = risks(pd_b, "pd_b")
    same_length(y=bad, pd_b=second)
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, DELONG)
    (below_a, above_a), (below_b, above_b) = _placements(bad, first), _placements(bad, second)
    # differences of half-integers are exact, so equal rankings give exactly zero
    below, above = below_a - below_b, above_a - above_b
    value, variance = float(below.mean()) / above.size, _shares(below, above).variance
    result = _with_interval(value, variance, bad.size, level)
    if variance:
        z = value / sqrt(variance)
        return replace(result, statistic=z, p_value=float(2 * ndtr(-abs(z))))
    if variance == 0 and value == 0:
        return replace(result, lower=0.0, upper=0.0, level=level, statistic=0.0, p_value=1.0, method=DELONG)
    return result


def auc_deterioration(dev_auc: float, y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """AUC now minus AUC at development, with S = (AUC_dev − AUC_now)/s and p = 1 − Φ(S); H0: no deterioration.

    A small p says that the model separates less well than it did. s is DeLong's standard error of the AUC now; the
    AUC at development is taken as known. Source: ECB, Instructions for reporting the validation results (2019).

    >>> y, pd = [1, 1, 0, 1, 1, 1, 0, 0, 1, 0], [.9, .8, .7, .6, .55, .54, .53, .52, .51, .505]
    >>> round(auc_deterioration(0.80, y, pd).statistic, 6)
    0.273861
    """
    share(dev_auc, "dev_auc")
    bad, risk = ranked_cases(y, pd)
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, "ECB S")
    below, above = _placements(bad, risk)
    variance = _shares(below, above).variance
    if not variance:
        why = "needs two cases in each class" if variance is None else "is zero, so S is not defined"
        return Estimate.missing(f"the variance of the AUC {why}", bad.size, "ECB S")
    now = _area(below, above, level)
    change = _each(now, lambda area: area - dev_auc)
    s = -(change.value or 0.0) / sqrt(variance)
    return replace(change, statistic=s, p_value=float(ndtr(-s)), method=f"ECB S, one-sided; {now.method}")


def auc_error(y: ArrayLike, pd: ArrayLike) -> float | None:
    """DeLong's standard error of the AUC; None where a class has fewer than two cases.

    >>> y, pd = [1, 1, 0, 1, 1, 1, 0, 0, 1, 0], [.9, .8, .7, .6, .55, .54, .53, .52, .51, .505]
    >>> round(auc_error(y, pd) ** 2, 6)
    0.033333
    """
    bad, risk = ranked_cases(y, pd)
    variance = None if lacks_a_class(bad) else _shares(*_placements(bad, risk)).variance
    return None if variance is None else sqrt(variance)


def ks(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """The largest gap between the distributions of good and bad cases over all cut-offs, in [0, 1].

    The same for a PD and for a score, as it has no sign. The interval is Newcombe's for the two shares at the cut-off
    of the largest gap: right for large samples with one such cut-off (Raghavachari, 1973), and a little optimistic
    because that cut-off was chosen on the same cases.

    >>> ks([0, 0, 1, 1], [.1, .2, .15, .4]).value
    0.5
    """
    bad, risk = ranked_cases(y, pd)
    method = "KS; Newcombe interval at the cut-off of the largest gap"
    if reason := lacks_a_class(bad):
        return Estimate.missing(reason, bad.size, method)
    order = np.argsort(risk, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(risk[order])), bad.size - 1)
    bads = np.cumsum(bad[order])[last_of_tie]
    goods = last_of_tie + 1 - bads
    n_bad = int(bad.sum())
    n_good = bad.size - n_bad
    # integers, so that the cut-off found does not hang on rounding
    gaps = goods * n_bad - bads * n_good
    at = int(np.argmax(np.abs(gaps)))
    shares = (int(goods[at]), n_good), (int(bads[at]), n_bad)
    larger, smaller = shares if gaps[at] >= 0 else shares[::-1]
    gap = difference(*larger, *smaller, level)
    return replace(gap, lower=max(0.0, gap.lower or 0.0), method=method)


def _placements(bad: Bools, risk: Floats) -> tuple[Floats, Floats]:
    """For each bad the number of goods ranked below it, for each good the number of bads above; a tie is one half."""
    ranks = rankdata(risk)
    below = ranks[bad] - rankdata(risk[bad])
    above = bad.sum() - (ranks[~bad] - rankdata(risk[~bad]))
    return below, above


def _shares(below: Floats, above: Floats) -> Placements:
    return Placements(below / above.size, above / below.size)


def _area(below: Floats, above: Floats, level: float) -> Estimate:
    value = float(below.mean()) / above.size
    return said_where_too_few(value, interval(value, _shares(below, above), level, ON_LOG_ODDS), below.size)


def _with_interval(value: float, variance: float | None, n: int, level: float) -> Estimate:
    if not variance:
        why = "fewer than two cases in a class" if variance is None else "the variance is zero"
        share(level, "level", open_interval=True)
        return Estimate(value, n=n, method=f"{DELONG}; no interval: {why}")
    lower, upper = around(value, sqrt(variance), level, -1.0, 1.0)
    return Estimate(value, lower, upper, level, n, DELONG)


def _each(estimate: Estimate, change: Callable[[float], float]) -> Estimate:
    value, lower, upper = (x if x is None else change(x) for x in (estimate.value, estimate.lower, estimate.upper))
    return replace(estimate, value=value, lower=lower, upper=upper)
