"""How evenly each cut-off approves the groups of protected attributes."""

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.sums import frame_sums

UNKNOWN = "unknown"


def approval_ratios(frame: pd.DataFrame, groups: pd.DataFrame, cut_offs: np.ndarray, enough: int) -> pd.DataFrame:
    """The smallest ratio of approval at each cut-off: that of the group approved least over that approved most.

    `frame` has `score`, `lends` and `weight` by row, as `cut_offs.count_frame` takes it, `groups` the same rows with
    one column a protected attribute. Groups of fewer than `enough` applications and those whose attribute is unknown
    take no part. Returns `cut_off`, `approval_ratio`, the smallest over the attributes, and `attribute`, the one it is
    of; a ratio is missing where nobody is approved. Raises `NotEvaluated` where no attribute has two groups.
    """
    ratios = {}
    for attribute in groups:
        group = groups[attribute].to_numpy()
        counts = pd.Series(group).value_counts()
        named = [name for name in counts.index[counts >= enough] if name != UNKNOWN]
        if len(named) < 2:
            continue
        rates = [_approved(frame[group == name], cut_offs) for name in named]
        most = np.max(rates, axis=0)
        ratios[attribute] = np.divide(np.min(rates, axis=0), most, out=np.full(len(most), np.nan), where=most > 0)
    if not ratios:
        raise NotEvaluated("no protected attribute has two groups of enough applications")
    table = pd.DataFrame(ratios)
    least = table.min(axis=1)
    return pd.DataFrame(
        {
            "cut_off": cut_offs,
            "approval_ratio": least,
            "attribute": table.fillna(np.inf).idxmin(axis=1).where(least.notna(), ""),
        }
    )


def _approved(frame: pd.DataFrame, cut_offs: np.ndarray) -> np.ndarray:
    """The share of a group that each cut-off approves."""
    whole = frame.assign(score=np.floor(frame["score"]).astype(int))
    sums = frame_sums(whole, ["score", "lends"], [("weight",)], ones=["weight"])
    lends = sums.where(sums.keys["lends"].to_numpy(bool))
    scores, weights = lends.keys["score"].to_numpy(), lends.of("weight")
    below = np.concatenate([[0.0], np.cumsum(weights)])
    return (below[-1] - below[np.searchsorted(scores, cut_offs)]) / sums.of("weight").sum()
