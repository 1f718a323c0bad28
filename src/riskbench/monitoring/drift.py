"""Has the population changed? PSI of the score and CSI of each feature, on bands and bins frozen at development.

A fixed threshold of .10 rings falsely in a small month and sleeps in a large one, so each figure stands beside the
value that chance alone reaches at its size (Yurdakul and Naranjo, 2020). Codes and edges come from development; bins
cut on the month under test would hide the drift they are to show.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.periods import periods
from riskbench.metrics.multiple_tests import holm
from riskbench.scorecard.stability import psi_of_columns, row_mask

PSI_KEY = "monitoring.psi"
COLUMNS = ["feature", "n", "psi", "critical", "p_value", "status", "beyond_critical"]


# --- how far columns have moved ---------------------------------------------------------------------------------------


def drift_table(codes: pd.DataFrame, reference: ArrayLike, current: ArrayLike, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of every column of `codes` between two groups of rows, `reference` and `current`, given as masks.

    `codes` holds whole numbers: the bin of each feature, or the band of the score. Returns `feature, n, psi, critical,
    p_value, p_holm, status, beyond_critical`, one row a column: `n` counts the current rows, `status` goes by the
    convention of thresholds.toml, `beyond_critical` says that p < .05 for that feature alone, `p_holm` is adjusted for
    testing them all.
    """
    table = _table(psi_of_columns(codes, reference, current), thresholds)
    table.insert(5, "p_holm", holm(table["p_value"]))
    return table


def drift_by_month(codes: pd.DataFrame, month: pd.Series, reference: ArrayLike, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of every column of `codes` in every month ("2026-03"), against the rows where `reference` is true.

    Returns `month` and the columns of `drift_table` but for `p_holm`, by month and in the order of columns. Reference
    rows are compared with nothing. Raises NotEvaluated where the study has no decision dates.
    """
    before, months = row_mask(reference, codes), periods(month, "month").to_numpy()
    parts = [
        _table(psi_of_columns(codes, before, ~before & (months == label)), thresholds).assign(month=label)
        for label in sorted(set(months[~before]))
    ]
    columns = ["month", *COLUMNS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def largest_by_month(by_month: pd.DataFrame) -> pd.DataFrame:
    """Of a table by `drift_by_month`, the row of the largest PSI in each month."""
    known = by_month.dropna(subset="psi")
    return known.loc[known.groupby("month")["psi"].idxmax()].reset_index(drop=True)


# --- what is judged ---------------------------------------------------------------------------------------------------


def drift_checks(
    bands: pd.DataFrame,
    bins: pd.DataFrame,
    reference: ArrayLike,
    current: ArrayLike,
    sample: str,
    thresholds: Thresholds,
) -> list[CheckResult]:
    """`score.psi.<sample>` and `features.largest_csi.<sample>`, by the convention; `current` are the sample's rows.

    `bands` hold the score's bands, `bins` the bins of all features; the feature that moved most is named in the title.
    """
    score = psi_of_columns(bands, reference, current)["score"]
    return _checks(score, psi_of_columns(bins, reference, current), sample, thresholds)


def newest_month_checks(
    bands: pd.DataFrame, bins: pd.DataFrame, month: pd.Series, reference: ArrayLike, thresholds: Thresholds
) -> list[CheckResult]:
    """The two checks of `drift_checks` for the newest month, which title and dims name; not evaluated without dates."""
    try:
        newest = str(periods(month, "month").max())
    except NotEvaluated as lack:
        return _checks(Estimate.missing(str(lack)), {}, "newest_month", thresholds)
    current = (month == newest).to_numpy() & ~row_mask(reference, bands)
    return [
        replace(check, title=f"{check.title} in {newest}", dims={"month": newest})
        for check in drift_checks(bands, bins, reference, current, "newest_month", thresholds)
    ]


def _checks(
    score: Estimate, features: Mapping[str, Estimate], sample: str, thresholds: Thresholds
) -> list[CheckResult]:
    values = {feature: e.value for feature, e in features.items() if e.value is not None}
    if values:
        worst = max(values, key=lambda feature: values[feature])
        title, largest = f"Largest CSI of {len(values)} features: {worst}", features[worst]
    else:
        title, largest = "Largest CSI of a feature", Estimate.missing(score.reason or "no feature could be compared")
    return [
        CheckResult(f"score.psi.{sample}", "PSI of the score", score, thresholds[PSI_KEY]),
        CheckResult(f"features.largest_csi.{sample}", title, largest, thresholds[PSI_KEY]),
    ]


def _table(estimates: Mapping[str, Estimate], thresholds: Thresholds) -> pd.DataFrame:
    judge = thresholds[PSI_KEY].judge
    rows = [
        (feature, e.n, e.value, e.critical, e.p_value, "not_evaluated" if e.value is None else judge(e.value))
        for feature, e in estimates.items()
    ]
    table = pd.DataFrame(rows, columns=COLUMNS[:-1]).astype({"psi": float, "critical": float, "p_value": float})
    return table.assign(beyond_critical=table["psi"] > table["critical"])
