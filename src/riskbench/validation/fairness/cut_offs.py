"""What another cut-off would do to each group: parity figures for every approval rate, if the score alone decided.

Rules of the policy are left aside here, so that a gap at one rate can be told from a gap that every rate has.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas
from numpy.typing import ArrayLike
from pandas import DataFrame, Series

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.metrics.arguments import Floats, risks
from riskbench.validation.fairness.counts import count

COLUMNS = ["statistic", "approval_rate", "cut_off", "value", "lower", "upper"]
RATES = tuple(round(0.05 * step, 2) for step in range(1, 20))


def cut_offs(score: ArrayLike, rates: Sequence[float] = RATES) -> list[float]:
    """The cut-offs by which at least these shares of all are approved, each once, the highest first.

    Larger scores are safer, and a score at the cut-off is approved. Raises ValueError for a rate outside (0, 1), and
    `NotEvaluated` where all scores are equal: any cut-off would then approve everybody or nobody.

    >>> cut_offs([500, 520, 540, 560], rates=[0.5, 0.75])
    [540.0, 520.0]
    """
    points = risks(score, "score")
    for rate in rates:
        if not 0 < rate < 1:
            raise ValueError(f"an approval rate must lie in (0, 1), got {rate:g}")
    if not points.size or points.min() == points.max():
        raise NotEvaluated("all scores are equal, so no cut-off divides the applications" if points.size else "no case")
    ordered = np.sort(points)[::-1]
    return sorted({float(ordered[int(np.ceil(rate * len(ordered) - 1e-9)) - 1]) for rate in rates}, reverse=True)


def approved_from(score: ArrayLike, cut_off: float) -> Floats:
    """Who is approved at a cut-off, as 0 and 1. Raises ValueError where the cut-off lies outside the scores.

    >>> approved_from([500, 520, 540], 520).tolist()
    [0.0, 1.0, 1.0]
    """
    points = risks(score, "score")
    if points.size and not points.min() <= cut_off <= points.max():
        outcome = "everybody" if cut_off < points.min() else "nobody"
        where = f"{points.min():g} to {points.max():g}"
        raise ValueError(
            f"the cut-off must lie within the scores, {where}, got {cut_off:g}: {outcome} would be approved"
        )
    return (points >= cut_off).astype(float)


def curves(
    score: ArrayLike,
    y: ArrayLike,
    groups: Sequence[Series],
    figures: Callable[..., Mapping[str, Estimate]],
    rates: Sequence[float] = RATES,
) -> DataFrame:
    """One row a statistic and cut-off: columns statistic, approval_rate (reached), cut_off, value, lower, upper.

    `figures` gives the statistics by name from the counts of each of `groups`, which are empty where a case may not be
    shown; `y` (1 = bad) is missing without a label. A statistic that is not evaluated at a cut-off has no value there.
    The intervals hold one cut-off at a time. Raises what `cut_offs` raises.

    >>> score, y, group = [500, 520, 540, 560], [1, 0, 0, 0], Series(list("abab"))
    >>> curves(score, y, [group], lambda c: {"n": Estimate(float(c.approved.sum()))})["value"].tolist()[-1]
    4.0
    """
    rows = []
    for cut_off in cut_offs(score, rates):
        approved = approved_from(score, cut_off)
        for name, e in figures(*(count(group, y, approved) for group in groups)).items():
            rows.append([name, float(approved.mean()), cut_off, e.value, e.lower, e.upper])
    table = DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[1:], float))
    return pandas.concat([own for _, own in table.groupby("statistic", sort=False)], ignore_index=True)
