"""Whether a column knows the outcome: what was written after the decision gives itself away by its values.

Suspicion, not proof: a column that is suspected is left out until a person has looked at it.
"""

from math import lgamma, log

import numpy as np

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.drafting.facts import Facts

FEWEST = 2  # cases of each class, below which nothing is said


def suspicion(facts: Facts, y: np.ndarray, decided: np.ndarray | None, limits: Thresholds) -> str:
    """Why the column looks as if it was written after the decision, as a sentence; empty where it does not.

    `y`: 1 bad, 0 good, NaN unknown, by row. `decided`: the day of the decision by row, where it is known.
    """
    if facts.kind == "date" and decided is not None:
        later = late_share(facts.days, decided)
        if limits["drafting.dates_after_decision"].judge(later) != "green":
            return f"{later:.1%} of its dates lie after the decision"
    known = ~np.isnan(y)
    if not all((y == value).sum() >= FEWEST for value in (0, 1)):
        return ""
    chance = limits["drafting.one_sided_chance"].bound
    return (
        _one_sided(facts.filled[known], y[known], chance)
        or _separates(facts, y, known, limits)
        or _pure_value(facts, y, known, chance)
    )


def late_share(days: np.ndarray, decided: np.ndarray) -> float:
    """The share of the dates known that lie after the decision."""
    both = ~(np.isnat(days) | np.isnat(decided))
    return float((days[both] > decided[both]).mean()) if both.any() else 0.0


def _one_sided(filled: np.ndarray, y: np.ndarray, chance: float) -> str:
    """Filled for one class alone, or missing for one class alone, where that is no accident."""
    for what, rows in (("filled", filled), ("missing", ~filled)):
        n = int(rows.sum())
        for value, word in ((1, "bad"), (0, "good")):
            share = float((y == value).mean())
            if n and n < len(y) and (y[rows] == value).all() and n * log(share) < log(chance):
                return f"it is {what} for {word} cases alone ({n:,} rows)"
    return ""


def _pure_value(facts: Facts, y: np.ndarray, known: np.ndarray, chance: float) -> str:
    """A value that one class alone has, where that is no accident of the many values looked at."""
    codes, labels = facts.codes[known], y[known]
    rows = codes >= 0
    n = np.bincount(codes[rows], minlength=facts.distinct)
    bads = np.bincount(codes[rows], weights=labels[rows], minlength=facts.distinct)
    limit = log(chance) - log(max(facts.distinct, 1))
    for value, word, own in ((1, "bad", bads), (0, "good", n - bads)):
        share = float((labels == value).mean())
        pure = np.flatnonzero((n == own) & (n > 0) & (n * log(share) < limit))
        if len(pure):
            return f"a value of it is held by {word} cases alone ({int(n[pure].max()):,} rows)"
    return ""


def _separates(facts: Facts, y: np.ndarray, known: np.ndarray, limits: Thresholds) -> str:
    area = separation(facts, y, known)
    if area.value is None:
        return ""
    if area.lower is None and _log_chance(y[known & facts.filled]) > log(limits["drafting.one_sided_chance"].bound):
        return ""  # a few cases fall apart by accident
    if limits["drafting.single_column_auc"].judge(area.value if area.lower is None else area.lower) == "green":
        return ""
    return f"alone it separates good from bad with an AUC of {area.value:.3f}, which nothing known at the decision does"


def separation(facts: Facts, y: np.ndarray, known: np.ndarray) -> Estimate:
    """The AUC of the column alone over the rows where it and the outcome are known; the better direction counts.

    A number ranks by itself. A level ranks by the bad rate of the other rows that hold it, so that levels of one row
    each say nothing.
    """
    rows = known & facts.filled
    bad = y[rows]
    if min((bad == 1).sum(), (bad == 0).sum()) < FEWEST:
        return Estimate.missing("too few cases of a class")
    if facts.kind == "date":
        return _either_way(metrics.auc(bad, facts.days[rows].astype(np.int64)))
    if facts.numeric or facts.kind == "boolean":
        finite = np.isfinite(facts.numbers[rows])
        return _either_way(metrics.auc(bad[finite], facts.numbers[rows][finite]))
    codes = facts.codes[rows]
    n, bads = np.bincount(codes), np.bincount(codes, weights=bad)
    others = (bads[codes] - bad + bad.mean()) / n[codes]  # one case of average risk in its own place
    return metrics.auc(bad, others)


def _either_way(area: Estimate) -> Estimate:
    if area.value is None or area.value >= 0.5:
        return area
    turned = [None if bound is None else 1 - bound for bound in (area.upper, area.lower)]
    return Estimate(1 - area.value, turned[0], turned[1], level=area.level, n=area.n, method=area.method)


def _log_chance(y: np.ndarray) -> float:
    """Logarithm of the probability that a column without information separates the two classes: 2 / C(n, bads)."""
    n, bads = len(y), int(y.sum())
    return log(2) + lgamma(bads + 1) + lgamma(n - bads + 1) - lgamma(n + 1)
