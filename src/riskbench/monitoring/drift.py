"""Has the population changed? PSI of the score and CSI of each feature, on bands and bins frozen at development.

Codes and edges come from development; bins cut on the month under test would hide the drift they are to show. A fixed
limit of .10 rings falsely in a small month and sleeps in a large one, so each figure stands beside the value that
chance alone reaches at its size (Yurdakul and Naranjo, 2020).

A status needs both. *Watch* and *fails* take a PSI beyond the convention and a p-value, adjusted for all that is looked
at together, of .05 or less. A PSI beyond the convention that chance may have made is not evaluated: at that size the
convention cannot be asked. Nor is anything of fewer cases than `monitoring.fewest` of thresholds.toml.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.divergence import psi
from riskbench.metrics.multiple_tests import benjamini_hochberg
from riskbench.monitoring.population.window import Window
from riskbench.scorecard.stability import LEVEL, psi_of_columns

PSI_KEY, FEWEST_KEY = "monitoring.psi", "monitoring.fewest"
CHANCE = 0.05  # an adjusted p-value of more may be chance
COLUMNS = ["feature", "n", "psi", "critical", "p_value", "p_adjusted", "status", "reason"]
NOBODY = "no application in this month"
MONTH = len("2026-03")  # what follows marks a month that is not whole
Moved = Mapping[str, Estimate]


# --- how far columns have moved ---------------------------------------------------------------------------------------


def judged(estimate: Estimate, p_adjusted: float, thresholds: Thresholds) -> Estimate:
    """A PSI as it may be held against the convention: itself, or missing, and why, where its cases are too few.

    >>> e = Estimate(0.31, n=60, p_value=0.2, critical=0.35)
    >>> judged(e, 0.2, Thresholds()).reason
    'a PSI of 0.310 of 60 applications may be chance, which reaches 0.350'
    """
    if estimate.value is None:
        return estimate
    fewest, n = int(thresholds[FEWEST_KEY].bound), estimate.n or 0
    if n < fewest:
        return Estimate.missing(f"{n} applications are fewer than {fewest}", n, estimate.method)
    if estimate.value > thresholds[PSI_KEY].bound and not p_adjusted <= CHANCE:
        told = f"a PSI of {estimate.value:.3f} of {n} applications may be chance, which reaches {estimate.critical:.3f}"
        return Estimate.missing(told, n, estimate.method)
    return estimate


def drift_table(codes: pd.DataFrame, reference: ArrayLike, current: ArrayLike, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of every column of `codes` between two groups of rows, `reference` and `current`, given as masks.

    `codes` holds whole numbers: the bin of each feature, or the band of the score. Returns `feature, n, psi, critical,
    p_value, p_adjusted, status, reason`, one row a column: `n` counts the current rows, `critical` is what chance alone
    exceeds one time in twenty, `p_adjusted` is for testing them all, `status` as this module says it, and `reason` why
    there is none.
    """
    return _judged_table(_raw(psi_of_columns(codes, reference, current)), thresholds)


def drift_by_month(codes: pd.DataFrame, window: Window, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of every column of `codes` in every month of the window, against its reference; empty months included.

    Returns `month` and the columns of `drift_table`, by month and in the order of columns; p-values are adjusted for
    all months and columns together. Raises NotEvaluated where the window has no months.
    """
    months = window.by_month()
    period = pd.Index(months).get_indexer(pd.Index(window.month)) + 1  # 0 of the reference, then the months
    period = np.where(window.current, period, np.where(window.reference, 0, -1))
    by_column = {str(name): _by_period(column, period, len(months)) for name, column in codes.items()}
    raw = [_raw({name: found[i] for name, found in by_column.items()}).assign(month=m) for i, m in enumerate(months)]
    return _judged_table(pd.concat(raw, ignore_index=True), thresholds)[["month", *COLUMNS]]


def most_moved_first(table: pd.DataFrame) -> pd.DataFrame:
    """A table of `drift_table` as a page shows it: by PSI, without single p-values, with reasons if there are any."""
    columns = [name for name in table if name != "p_value" and (name != "reason" or (table["reason"] != "").any())]
    return table.sort_values("psi", ascending=False, kind="stable", ignore_index=True)[columns]


def _by_period(column: pd.Series, period: NDArray[np.int64], periods: int) -> list[Estimate]:
    """The PSI of each of `periods` periods, numbered from 1, against period 0: one pass over the rows for all."""
    psi_of_columns(column.iloc[:1].to_frame(), [True], [False])  # refuses what is no code
    inside = period >= 0
    cells, code = np.unique(column.to_numpy(np.int64)[inside], return_inverse=True)
    each = np.bincount(code * (periods + 1) + period[inside], minlength=len(cells) * (periods + 1))
    reference, *now = each.reshape(len(cells), periods + 1).T
    return [psi(reference, counts, level=LEVEL) for counts in now]


def largest_by_month(by_month: pd.DataFrame) -> pd.DataFrame:
    """Of a table by `drift_by_month`, the row of the largest PSI in each month; an empty month has its first row."""
    psi = by_month["psi"].fillna(-1.0)
    return by_month.loc[psi.groupby(by_month["month"]).idxmax()].reset_index(drop=True)


# --- what is judged ---------------------------------------------------------------------------------------------------


def drift_checks(
    bands: pd.DataFrame,
    bins: pd.DataFrame,
    reference: ArrayLike,
    current: ArrayLike,
    sample: str,
    thresholds: Thresholds,
) -> list[CheckResult]:
    """`score.psi.<sample>` and `features.largest_csi.<sample>`; `current` are the sample's rows.

    `bands` hold the score's bands, `bins` the bins of all features; the feature that moved most is named in the title.
    """
    score = psi_of_columns(bands, reference, current)["score"]
    return _checks(score, psi_of_columns(bins, reference, current), f".{sample}", thresholds)


def newest_month_checks(
    bands: pd.DataFrame, bins: pd.DataFrame, window: Window, thresholds: Thresholds
) -> list[CheckResult]:
    """The two checks of `drift_checks` for the newest month that has cases, which title and dims name.

    Not evaluated where the window has no months.
    """
    try:
        window.by_month()
    except NotEvaluated as lack:
        return _checks(Estimate.missing(str(lack)), {}, ".newest_month", thresholds)
    newest = str(window.month[window.newest].iloc[0])
    return [
        replace(check, title=f"{check.title} in {newest}", dims={"month": newest[:MONTH]})
        for check in drift_checks(bands, bins, window.reference, window.newest, "newest_month", thresholds)
    ]


def window_checks(bands: pd.DataFrame, bins: pd.DataFrame, window: Window, thresholds: Thresholds) -> list[CheckResult]:
    """`score.psi_of_window` and `features.largest_csi_of_window`: the whole window against its reference."""
    score = psi_of_columns(bands, window.reference, window.current)["score"]
    features = psi_of_columns(bins, window.reference, window.current)
    return [
        replace(check, title=f"{check.title}, {window.told}")
        for check in _checks(score, features, "_of_window", thresholds)
    ]


def _checks(score: Estimate, features: Moved, suffix: str, thresholds: Thresholds) -> list[CheckResult]:
    adjusted = _adjusted(features)
    by_size = sorted((name for name, e in features.items() if e.value is not None), key=lambda f: -_value(features[f]))
    # what may be chance is no movement, as long as another one is more than that
    sure = [name for name in by_size if judged(features[name], adjusted[name], thresholds).evaluated]
    if by_size:
        worst = (sure or by_size)[0]
        title = f"Largest CSI of {len(by_size)} features: {worst}"
        largest = judged(features[worst], adjusted[worst], thresholds)
    else:
        title, largest = "Largest CSI of a feature", Estimate.missing(score.reason or "no feature could be compared")
    of_score = judged(score, np.nan if score.p_value is None else score.p_value, thresholds)
    return [
        CheckResult(f"score.psi{suffix}", "PSI of the score", of_score, thresholds[PSI_KEY]),
        CheckResult(f"features.largest_csi{suffix}", title, largest, thresholds[PSI_KEY]),
    ]


def _value(estimate: Estimate) -> float:
    return np.nan if estimate.value is None else estimate.value


def _adjusted(estimates: Moved) -> dict[str, float]:
    p = [np.nan if e.p_value is None else e.p_value for e in estimates.values()]
    return dict(zip(estimates, benjamini_hochberg(p).tolist(), strict=True))


def _raw(estimates: Moved) -> pd.DataFrame:
    return pd.DataFrame({"feature": list(estimates), "estimate": list(estimates.values())})


def _judged_table(raw: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """A table of features with their estimates as columns, judged together."""
    found: list[Estimate] = list(raw["estimate"])
    adjusted = benjamini_hochberg([np.nan if e.p_value is None else e.p_value for e in found])
    limit = thresholds[PSI_KEY]
    told = [CheckResult("psi", "PSI", judged(e, p, thresholds), limit) for e, p in zip(found, adjusted, strict=True)]
    rows = [
        (e.n, e.value, e.critical, e.p_value, p, check.status, check.reason if e.n else NOBODY)
        for e, p, check in zip(found, adjusted, told, strict=True)
    ]
    figures = pd.DataFrame(rows, columns=COLUMNS[1:], index=raw.index)
    table = raw.drop(columns="estimate").join(figures)
    return table.astype({"psi": float, "critical": float, "p_value": float})
