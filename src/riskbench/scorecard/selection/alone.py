"""Steps that judge a candidate for itself: its values, what it says, and whether it says too much to be true."""

import numpy as np
from numpy.typing import ArrayLike

from riskbench.metrics.intervals import normal_quantile
from riskbench.scorecard.selection.chance import p_value
from riskbench.scorecard.selection.state import Reasons, State

LEVEL = 0.95


def left_out(state: State) -> Reasons:
    """Candidates that leave before they are looked at, for the reason given."""
    return {name: reason for name, reason in state.left_out.items() if name in state.names}


def without_values(state: State) -> Reasons:
    """Columns of which every row is missing."""
    counts = {name: state.X[name].value_counts(dropna=True, sort=False) for name in state.names}
    missing = {name: float(state.X[name].isna().mean()) for name in state.names}
    top = {name: float(of.max()) / len(state.X) if len(of) else 0.0 for name, of in counts.items()}
    state.facts["missing_share"] = missing
    state.facts["distinct"] = {name: int((of > 0).sum()) for name, of in counts.items()}
    state.facts["dominant_share"] = {name: max(missing[name], top[name]) for name in state.names}
    return {name: "no values: every row is missing" for name in state.left if not state.facts["distinct"][name]}


def mostly_missing(state: State) -> Reasons:
    """Columns that too few applications have."""
    share, limit = state.facts["missing_share"], state.limits.missing
    return {name: f"missing in {share[name]:.1%} of the rows, over {limit:.1%}" for name in _over(state, share, limit)}


def near_constant(state: State) -> Reasons:
    """Columns of which one value, or missing, holds nearly every row."""
    share, limit = state.facts["dominant_share"], state.limits.dominant
    return {
        name: f"near-constant: one value holds {share[name]:.1%} of the rows, over {limit:.1%}"
        for name in _over(state, share, limit)
    }


def too_good(state: State) -> Reasons:
    """Columns that nearly separate good from bad alone; on request, those over the IV ceiling too."""
    areas = {name: _auc(bins.goods, bins.bads) for name, bins in state.binning.features_.items()}
    state.facts["auc"] = {name: area for name, (area, _) in areas.items()}
    lowest = {name: low for name, (_, low) in areas.items()}
    limits, iv = state.limits, state.facts["iv"]
    found = {
        name: f"leakage suspected: it separates good from bad alone with an AUC of {areas[name][0]:.3f},"
        f" beyond chance over {limits.auc_alone:g}; keep it by name if it was known at the decision"
        for name in _over(state, lowest, limits.auc_alone)
    }
    if state.drop_review:
        over = {name: f"{over_ceiling(iv[name], limits.ceiling)}, and dropped as asked" for name in state.left}
        found = {name: over[name] for name in _over(state, iv, limits.ceiling)} | found
    return found


def says_nothing(state: State) -> Reasons:
    """Columns under the floor of information."""
    iv, floor, distinct = state.facts["iv"], state.limits.floor, state.facts["distinct"]
    state.facts["p_value"] = {n: p_value(bins, int(distinct[n])) for n, bins in state.binning.features_.items()}
    return {name: f"IV {iv[name]:.4f} is under the floor of {floor:g}" for name in state.left if iv[name] < floor}


def over_ceiling(iv: float, ceiling: float) -> str:
    """That an information value is suspiciously large, in words."""
    return f"IV {iv:.4f} is over the ceiling of {ceiling:g}, as leakage would be"


def _over(state: State, values: dict[str, float], limit: float) -> list[str]:
    return [name for name in state.left if values[name] > limit]


def _auc(goods: ArrayLike, bads: ArrayLike) -> tuple[float, float]:
    """AUC of a feature from its bins in order of bad rate, and the lower end of its interval.

    The standard error is that of Hanley and McNeil (Radiology 143, 1982): it needs the AUC and the two counts only.
    """
    g, b = np.asarray(goods, float), np.asarray(bads, float)
    order = np.argsort(b / np.maximum(g + b, 1e-300), kind="stable")
    g, b = g[order], b[order]
    n_good, n_bad = g.sum(), b.sum()
    area = float((b * (np.cumsum(g) - g / 2)).sum() / (n_good * n_bad))
    two_bads, two_goods = area / (2 - area), 2 * area**2 / (1 + area)
    square = area**2
    variance = area * (1 - area) + (n_bad - 1) * (two_bads - square) + (n_good - 1) * (two_goods - square)
    return area, area - normal_quantile(LEVEL) * float(np.sqrt(max(variance, 0.0) / (n_good * n_bad)))
