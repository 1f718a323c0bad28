"""Detectors of a wrong population and of broken feeds: bands and bins are those of development, frozen."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import hypergeom

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.attack import exported
from riskbench.validation.attack.desk import Desk
from riskbench.validation.attack.rings import smallest

BANDS = 10  # of the score


def score_psi(desk: Desk) -> Estimate:
    """PSI of the score, over bands that hold a tenth of development each; test of Yurdakul and Naranjo."""
    score = desk.rows["score"].to_numpy()
    edges = np.unique(np.quantile(score[desk.development], np.arange(1, BANDS) / BANDS, method="higher"))
    found = _drift(np.searchsorted(edges, score, side="right"), desk.development, desk.now)
    return found if found.p_value is None else replace(found, value=found.p_value, lower=None, upper=None, level=None)


def features_csi(desk: Desk) -> Estimate:
    """CSI of each feature of the card on its frozen bins, all rows of the sample."""
    return _largest_drift(desk, desk.development, desk.now)


def delivery_csi(desk: Desk) -> Estimate:
    """CSI of each feature in the newest delivery, against the rows of development that came with it."""
    return _largest_drift(desk, desk.development & desk.newest, desk.now & desk.newest)


def together(desk: Desk) -> Estimate:
    """Test that features move together as they did at development, over all pairs of features of the card.

    By pair the mean product of the two WoE, standardised at development, less that of development, over its standard
    error; a column that was swapped with one of like distribution, or slipped by a row, gives itself away here.
    """
    woe = exported.woe(desk.document, desk.codes)
    own = woe[desk.development]
    names = [str(name) for name in woe if own[name].std() > 0]
    if len(names) < 2:
        return Estimate.missing("it takes two features that vary", int(desk.now.sum()))
    standard = ((woe[names] - own[names].mean()) / own[names].std()).to_numpy()
    gap, variance = 0.0, 0.0
    for rows, sign in ((desk.now, 1), (desk.development, -1)):
        U, n = standard[rows], int(rows.sum())
        mean = U.T @ U / n
        gap, variance = gap + sign * mean, variance + ((U**2).T @ U**2 / n - mean**2) / n
    first, second = np.triu_indices(len(names), 1)
    z = (gap / np.sqrt(np.maximum(variance, 1e-300)))[first, second]
    found = {
        f"{names[i]} and {names[j]}": (2 * float(ndtr(-abs(of))), of) for i, j, of in zip(first, second, z, strict=True)
    }
    return smallest(found, int(desk.now.sum()), "mean product of standardised WoE")


def frozen(desk: Desk) -> Estimate:
    """Exact test that no single value fills more of the newest delivery than it did at development, by feature.

    Fisher's one-sided test of the value that gained most, times the number of values it was chosen from.
    """
    before, now = desk.development & desk.newest, desk.now & desk.newest
    if not before.any() or not now.any():
        return Estimate.missing("the newest delivery is empty", 0)
    found = {}
    for name in desk.codes:
        values = pd.factorize(desk.X[name][before | now], use_na_sentinel=False)[0]
        counts = [np.bincount(values[rows[before | now]], minlength=values.max() + 1) for rows in (before, now)]
        both, n = counts[0] + counts[1], int(counts[1].sum())
        expected = both * n / both.sum()
        top = int(((counts[1] - expected) / np.sqrt(np.maximum(expected, 1e-300))).argmax())
        p = float(hypergeom.sf(counts[1][top] - 1, int(both.sum()), both[top], n))
        found[str(name)] = (min(1.0, p * int((both > 0).sum())), counts[1][top] / n)
    return smallest(found, int(now.sum()), "Fisher's exact test of the value that gained most")


def duplicates(desk: Desk) -> Estimate:
    """Number of rows that repeat another in customer, month and every candidate."""
    own = pd.concat([desk.rows[["customer", "month"]], desk.X], axis=1)[desk.now]
    return Estimate(int(own.duplicated().sum()), n=len(own), method="rows that repeat another")


def _drift(code: NDArray[np.int64], before: NDArray[np.bool_], now: NDArray[np.bool_]) -> Estimate:
    cells = int(code.max()) + 1
    return metrics.psi(np.bincount(code[before], minlength=cells), np.bincount(code[now], minlength=cells))


def _largest_drift(desk: Desk, before: NDArray[np.bool_], now: NDArray[np.bool_]) -> Estimate:
    drifts = {str(name): _drift(desk.codes[name].to_numpy(), before, now) for name in desk.codes}
    found = {n: (e.p_value, e.value) for n, e in drifts.items() if e.p_value is not None and e.value is not None}
    return smallest(found, int(now.sum()), "CSI on frozen bins; Yurdakul and Naranjo (2020)")
