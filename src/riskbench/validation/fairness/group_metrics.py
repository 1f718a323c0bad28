"""How groups fare: approval, error rates and precision of each. The one door to Fairlearn.

Point values are Fairlearn's, by its `MetricFrame`; intervals are Wilson's, from the counts of each group, since
resampling rows takes Fairlearn about a second a replicate. `counts.py` says what is favourable and what is positive.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from riskbench import metrics
from riskbench.validation.fairness.counts import coded, count

RATES = ("approval_rate", "goods_approved", "bads_approved", "precision")


def rates_by_group(group: Series, y: ArrayLike, approved: ArrayLike) -> DataFrame:
    """One row a group, by name: its size, approval and error rates, each with its 95 % interval.

    `group` is empty where a case may not be shown, `y` (1 = bad) missing without a label, `approved` 0 or 1. Columns:
    group, n, and for each of approval_rate, goods_approved (true positive rate), bads_approved (false positive rate)
    and precision its value, `_lower` and `_upper`; then labelled, bads. Missing where a group has no case to count.

    >>> rates_by_group(Series(["a", "a", "b"]), [0, 1, 0], [1, 0, 1])["goods_approved"].tolist()
    [1.0, 1.0]
    """
    counts = count(group, y, approved)
    table = DataFrame({"group": Series(counts.names, dtype="str"), "n": counts.n})
    points = _fairlearn(group, np.asarray(y, dtype=float), np.asarray(approved, dtype=int))
    parts = {
        "approval_rate": (counts.approved, counts.n),
        "goods_approved": (counts.goods_approved, counts.goods),
        "bads_approved": (counts.bads_approved, counts.bads),
        "precision": (counts.goods_approved, counts.goods_approved + counts.bads_approved),
    }
    for name, (part, whole) in parts.items():
        bounds = [metrics.wilson(p, n) for p, n in zip(part, whole, strict=True)]
        table[name] = np.where(whole > 0, points[name], np.nan)  # Fairlearn calls a rate of nothing 0
        table[f"{name}_lower"] = np.array([e.lower for e in bounds], dtype=float)
        table[f"{name}_upper"] = np.array([e.upper for e in bounds], dtype=float)
    return table.assign(labelled=counts.labelled, bads=counts.bads)


def _fairlearn(group: Series, bad: NDArray[np.float64], approved: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Fairlearn's point values in the order of the group names."""
    from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
    from sklearn.metrics import precision_score

    names, code = coded(group)

    def frame(functions: dict[str, Callable], rows: NDArray[np.bool_], good: NDArray[np.float64]) -> DataFrame:
        if not rows.any():
            return DataFrame(np.nan, index=range(len(names)), columns=list(functions))
        found = MetricFrame(metrics=functions, y_true=good[rows], y_pred=approved[rows], sensitive_features=code[rows])
        return found.by_group.reindex(range(len(names)))

    errors: dict[str, Callable] = {
        "goods_approved": partial(true_positive_rate, pos_label=1),
        "bads_approved": partial(false_positive_rate, pos_label=1),
        "precision": partial(precision_score, zero_division=0),
    }
    shown, nothing = code >= 0, np.zeros(len(bad))  # the selection rate is asked of the decision alone
    everyone = frame({"approval_rate": selection_rate}, shown, nothing)
    labelled = frame(errors, shown & ~np.isnan(bad), 1 - bad)
    return {str(name): column.to_numpy(dtype=float) for name, column in [*everyone.items(), *labelled.items()]}
