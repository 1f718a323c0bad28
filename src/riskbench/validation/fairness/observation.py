"""Of whom outcomes are known at all, and what could be true of the others.

Outcomes exist where money was lent. If groups were lent to at different rates, their error rates rest on differently
chosen people, and no statistic of the known tells how far off that is. What can be said without any assumption are
bounds: all unknown outcomes as bad for a figure as they can be, and as good. Source: Manski, Partial Identification of
Probability Distributions (2003), ch. 1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from riskbench import metrics
from riskbench.validation.fairness.counts import GroupCounts, count

COLUMNS = ["group", "n", "labelled_share", "labelled_share_lower", "labelled_share_upper"]
RATES = ("bad_rate", "goods_approved", "bads_approved")
COLUMNS += [f"{rate}{end}" for rate in RATES for end in ("", "_lower", "_upper")]


def observation_by_group(group: Series, y: ArrayLike, approved: ArrayLike) -> DataFrame:
    """One row a group, by name: the share whose outcome is known, and rates with the bounds of what could be true.

    labelled_share has Wilson's interval; of bad_rate, goods_approved and bads_approved `_lower` and `_upper` are bounds
    over every outcome that the unlabelled could have had, not intervals. A rate of no labelled case is missing, its
    bounds are not.

    >>> table = observation_by_group(Series(["a"] * 4), [0, 0, 1, None], [1, 0, 0, 1])
    >>> table[["bad_rate_lower", "bad_rate", "bad_rate_upper"]].round(3).to_numpy().tolist()
    [[0.25, 0.333, 0.5]]
    """
    counts = count(group, y, approved)
    table = DataFrame({"group": Series(counts.names, dtype="str"), "n": counts.n})
    known = [metrics.wilson(k, n) for k, n in zip(counts.labelled, counts.n, strict=True)]
    for end, values in (("", "value"), ("_lower", "lower"), ("_upper", "upper")):
        table[f"labelled_share{end}"] = np.array([getattr(e, values) for e in known], dtype=float)
    table["bad_rate"] = _share(counts.bads, counts.labelled)
    unknown = counts.n - counts.labelled
    table["bad_rate_lower"], table["bad_rate_upper"] = counts.bads / counts.n, (counts.bads + unknown) / counts.n
    for rate, chosen, whole in (
        ("goods_approved", counts.goods_approved, counts.goods),
        ("bads_approved", counts.bads_approved, counts.bads),
    ):
        table[rate] = _share(chosen, whole)
        table[f"{rate}_lower"], table[f"{rate}_upper"] = bounds(counts, chosen, whole)
    return table


def bounds(
    counts: GroupCounts, chosen: NDArray[np.int64], whole: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the largest share of one class that may be approved, `chosen` of `whole` among the known.

    At worst all unknown of that class are among the unlabelled declined, at best among the unlabelled approved.
    """
    approved = counts.approved - counts.goods_approved - counts.bads_approved
    declined = counts.n - counts.labelled - approved
    return _share(chosen, whole + declined, 0.0), _share(chosen + approved, whole + approved, 1.0)


def _share(part: NDArray, whole: NDArray, of_nothing: float = np.nan) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(len(part), of_nothing), where=whole > 0)
