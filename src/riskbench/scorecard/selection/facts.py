"""What is known of every candidate before any step judges it: its values, and what its bins say of good and bad."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import LEVEL
from riskbench.metrics.intervals import normal_quantile
from riskbench.scorecard.selection.chance import p_value
from riskbench.scorecard.woe_binning import WoeBinning

Facts = dict[str, dict[str, float]]  # by name of the fact and candidate


def first_facts(X: pd.DataFrame, binning: WoeBinning) -> Facts:
    """By candidate of the binning, fitted on X: iv, missing_share, distinct, dominant_share, auc, auc_lower, p_value.

    `distinct` counts values that are not missing, `dominant_share` is that of the most frequent one, missing included.
    `auc_lower` is the lower end of the interval of `auc`; `p_value` that of chance reaching such an information value.
    """
    features = binning.features_
    counts = {name: X[name].value_counts(dropna=True, sort=False) for name in features}
    missing = {name: float(X[name].isna().mean()) for name in features}
    top = {name: float(of.max()) / len(X) if len(of) else 0.0 for name, of in counts.items()}
    distinct = {name: int((of > 0).sum()) for name, of in counts.items()}
    areas = {name: auc_of_bins(bins.goods, bins.bads) for name, bins in features.items()}
    return {
        "iv": {name: bins.iv for name, bins in features.items()},
        "missing_share": missing,
        "distinct": dict[str, float](distinct),
        "dominant_share": {name: max(missing[name], top[name]) for name in features},
        "auc": {name: area for name, (area, _) in areas.items()},
        "auc_lower": {name: lower for name, (_, lower) in areas.items()},
        "p_value": {name: p_value(bins, distinct[name]) for name, bins in features.items()},
    }


def auc_of_bins(goods: ArrayLike, bads: ArrayLike) -> tuple[float, float]:
    """AUC of a candidate from its bins in order of bad rate, and the lower end of its interval.

    The standard error is that of Hanley and McNeil (Radiology 143, 1982): it needs the AUC and the two counts only.

    >>> round(auc_of_bins([3, 1], [1, 3])[0], 2)  # of 16 pairs 9 are in order and 6 tied
    0.75
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
