"""The CAP curve: what share of the bads a lender meets among the riskiest x % of cases; and its accuracy ratio."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, lacks_a_class, ranked_cases
from riskbench.metrics.discrimination import gini


@dataclass(frozen=True)
class CapCurve:
    """Points of a cumulative accuracy profile, from (0, 0) to (1, 1).

    `cases` is the share of cases that are at least as risky as the cut-off, `bads` the share of bads among them; both
    are empty where labels are of one class. The perfect curve rises straight to (bad rate, 1), the random one is the
    diagonal.
    """

    cases: Floats
    bads: Floats
    accuracy_ratio: Estimate


def cap_curve(y: ArrayLike, pd: ArrayLike, level: float = LEVEL) -> CapCurve:
    """One point for each distinct risk, riskiest first, and the accuracy ratio with DeLong's interval.

    Accuracy ratio = (area under the curve − ½) / ((1 − bad rate)/2): the part of the room between random and perfect
    that the curve fills. It equals Gini = 2 AUC − 1; larger is better. Source: Engelmann, Hayden and Tasche, Testing
    rating accuracy, Risk 16 (2003); Basel Committee, Working Paper 14 (2005).

    >>> curve = cap_curve([1, 0, 1, 0], [.9, .7, .7, .1])
    >>> curve.cases.tolist(), curve.bads.tolist(), curve.accuracy_ratio.value
    ([0.0, 0.25, 0.75, 1.0], [0.0, 0.5, 1.0, 1.0], 0.75)
    """
    bad, risk = ranked_cases(y, pd)
    if reason := lacks_a_class(bad):
        return CapCurve(np.empty(0), np.empty(0), Estimate.missing(reason, bad.size, "Gini by the CAP curve"))
    _, at, size = np.unique(-risk, return_inverse=True, return_counts=True)
    cases = np.append(0, np.cumsum(size)) / bad.size
    bads = np.append(0, np.cumsum(np.bincount(at, bad))) / bad.sum()
    ratio = (float(np.trapezoid(bads, cases)) - 0.5) / ((1 - float(bad.mean())) / 2)
    equal = gini(bad, risk, level)
    return CapCurve(cases, bads, replace(equal, value=ratio, method=f"Gini by the CAP curve; {equal.method}"))
