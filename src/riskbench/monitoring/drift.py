"""Has the population changed? PSI of the score and CSI of each feature, month by month, on frozen development bins.

A fixed threshold of .10 rings falsely in a small month and sleeps in a large one, so each figure stands beside the
value that chance alone reaches at its size (Yurdakul and Naranjo, 2020). Codes and edges come from development; bins
cut on the month under test would hide the drift they are to show.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.divergence import psi

PSI_KEY = "monitoring.psi"
LEVEL = 0.95


def score_bands(development_scores: ArrayLike, bands: int = 10) -> NDArray[np.float64]:
    """Inner edges that cut the development scores into `bands` bands of about equal size, to be kept and reused.

    Fewer edges come back where many scores are equal. Raises ValueError for a missing score or fewer than two bands.

    >>> score_bands([500, 510, 520, 530], bands=2)
    array([520.])
    """
    scores = _finite(development_scores)
    if bands < 2 or not len(scores):
        raise ValueError(f"bands need two or more and at least one score, got {bands} bands and {len(scores)} scores")
    # edges are scores that occur: interpolated ones could fence off a band that holds nobody
    edges = np.unique(np.sort(scores)[[len(scores) * k // bands for k in range(1, bands)]])
    return edges[edges > scores.min()]


def band_codes(scores: ArrayLike, edges: ArrayLike) -> NDArray[np.int64]:
    """The band of each score: k holds scores from edge k − 1 up to, and without, edge k.

    >>> band_codes([519, 520, 900], [520.0]).tolist()
    [0, 1, 1]
    """
    return np.searchsorted(np.asarray(edges, dtype=float), _finite(scores), side="right")


def psi_by_month(codes: pd.DataFrame, month: pd.Series, reference: ArrayLike, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of every column of `codes` in every month, against the rows where `reference` is true.

    `codes` holds one integer column per subject (feature bins, score bands), `month` sortable labels such as "2026-03".
    Returns `month, subject, n, psi, critical, p_value, status, beyond_critical`, by month and in the order of columns.
    Reference rows are compared with nothing.
    """
    mask = _mask(reference, codes)
    months = pd.Series(np.asarray(month.astype("str")), index=codes.index)[~mask]
    parts = [
        drift_table(codes, mask, (~mask) & (month.astype("str") == label).to_numpy(), thresholds).assign(month=label)
        for label in sorted(months.unique())
    ]
    columns = ["month", "subject", "n", "psi", "critical", "p_value", "status", "beyond_critical"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def drift_table(codes: pd.DataFrame, reference: ArrayLike, current: ArrayLike, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of every column of `codes` between two groups of rows.

    Returns `subject, n, psi, critical, p_value, p_holm, status, beyond_critical`: `status` by the convention of
    thresholds.toml, `beyond_critical` where p < .05 for that subject alone, `p_holm` adjusted for testing them all.
    """
    estimates = psi_of_columns(codes, reference, current)
    rows = [
        {
            "subject": subject,
            "n": e.n,
            "psi": np.nan if e.value is None else e.value,
            "critical": np.nan if e.critical is None else e.critical,
            "p_value": np.nan if e.p_value is None else e.p_value,
            "status": "not_evaluated" if e.value is None else thresholds[PSI_KEY].judge(e.value),
        }
        for subject, e in estimates.items()
    ]
    table = pd.DataFrame(rows, columns=["subject", "n", "psi", "critical", "p_value", "status"])
    table["beyond_critical"] = table["psi"] > table["critical"]
    table.insert(5, "p_holm", holm(table["p_value"]))
    return table


def psi_of_columns(codes: pd.DataFrame, reference: ArrayLike, current: ArrayLike) -> dict[str, Estimate]:
    """The `Estimate` of PSI for every column of `codes`, between the rows of two masks.

    Raises ValueError for a column that is not of whole numbers, or a reference without rows.
    """
    before, now = _mask(reference, codes), _mask(current, codes)
    if not before.any():
        raise ValueError("the reference must have rows, got none")
    estimates = {}
    for subject, column in codes.items():
        if not pd.api.types.is_integer_dtype(column) or column.isna().any():
            raise ValueError(f"codes must be whole numbers without missing values, column {subject} is {column.dtype}")
        cells, code = np.unique(column.to_numpy("int64"), return_inverse=True)
        expected, actual = (np.bincount(code[rows], minlength=len(cells)) for rows in (before, now))
        estimates[str(subject)] = psi(expected, actual, level=LEVEL)
    return estimates


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """P-values adjusted for testing them all together (Holm, 1979); missing ones stay missing and are not counted.

    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)))
    return adjusted


def score_checks(bands: pd.Series, month: pd.Series, reference: ArrayLike, thresholds: Thresholds) -> list[CheckResult]:
    """`score.psi.<month>` for each month, and `score.psi.newest_month`, from frozen bands of the score."""
    mask, labels = _mask(reference, bands), month.astype("str").to_numpy()
    checks = []
    months = sorted(set(labels[~mask]))
    for name, label in [*zip(months, months, strict=True), *[("newest_month", label) for label in months[-1:]]]:
        estimate = psi_of_columns(bands.to_frame("score"), mask, ~mask & (labels == label))["score"]
        title = f"Stability of the score in {label}{', the last month' if name == 'newest_month' else ''} (PSI)"
        checks.append(
            _check(f"score.psi.{name.replace('-', '_').lower()}", title, estimate, thresholds, {"month": label})
        )
    return checks


def worst_feature_check(
    codes: pd.DataFrame, reference: ArrayLike, current: ArrayLike, thresholds: Thresholds, sample: str
) -> CheckResult:
    """`features.largest_csi.<sample>`: the largest CSI of all features, named in the title and in `dims`."""
    estimates = {s: e for s, e in psi_of_columns(codes, reference, current).items() if e.value is not None}
    name, dims = f"features.largest_csi.{sample}", dict[str, str]()
    if not estimates:
        missing = Estimate.missing("no feature could be compared")
        return _check(name, "Least stable feature (CSI)", missing, thresholds, dims)
    worst = max(estimates, key=lambda subject: estimates[subject].value or 0.0)
    title = f"Least stable of {len(estimates)} features: {worst} (CSI)"
    return _check(name, title, estimates[worst], thresholds, dims)


def _check(name: str, title: str, estimate: Estimate, thresholds: Thresholds, dims: Mapping[str, str]) -> CheckResult:
    return CheckResult(name, title, estimate, thresholds[PSI_KEY], dims=dims)


def _finite(scores: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError(f"scores must be finite, got {int((~np.isfinite(values)).sum())} that are not")
    return values


def _mask(rows: ArrayLike, like: pd.DataFrame | pd.Series) -> NDArray[np.bool_]:
    mask = np.asarray(rows)
    if mask.dtype != bool or mask.shape != (len(like),):
        raise ValueError(f"a mask must be boolean with {len(like)} rows, got {mask.dtype} with shape {mask.shape}")
    return mask
