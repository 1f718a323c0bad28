"""Proxies of one protected attribute: how well each feature tells who belongs to a group."""

import numpy as np
import pandas
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from riskbench import metrics
from riskbench.validation.fairness.groups import shown_groups

BINS = 10
COLUMNS = ["feature", "group", "auc", "lower", "upper", "n"]


def proxies(X: DataFrame, group: ArrayLike, *, min_cell: int = 10, seed: int = 0) -> DataFrame:
    """One row a feature, the strongest proxy first: its largest AUC for one group against the rest, with interval.

    A feature is cut into at most ten quantile bins (its levels, when it is not numeric), a missing value being a bin
    of its own. The share of group members per bin is learned on one random half and judged on the other, so .5 is what
    a feature that knows nothing gets, and a trend of any shape is found. Groups are pooled as in
    `groups.py`. A feature that tells a group without error has AUC 1 and no interval. Of two groups with equal
    AUC the first by name is shown. No row when fewer than two groups may be shown.
    """
    names = shown_groups(group, min_cell)
    if len(names) != len(X):
        raise ValueError(f"X and group must have the same length, got {len(X)} and {len(names)}")
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(names != ""))
    learn, judge = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    members = {name: (names == name).to_numpy() for name in sorted(set(names) - {""})}
    found = []
    for feature in X.columns if len(members) > 1 else ():
        code = _codes(X[feature])
        estimates = [
            (name, metrics.auc(member[judge], _shares(code[learn], member[learn], code[judge])))
            for name, member in members.items()
        ]
        judged = [(e.value, e, name) for name, e in estimates if e.value is not None]
        if judged:
            value, e, name = max(judged, key=lambda candidate: candidate[0])
            found.append((str(feature), name, value, e.lower, e.upper, e.n))
    table = DataFrame(found, columns=COLUMNS).astype({"auc": float, "lower": float, "upper": float})
    return table.sort_values(["auc", "feature"], ascending=[False, True], ignore_index=True)


def _codes(column: Series) -> NDArray[np.int64]:
    """Bin numbers from 0; a missing value has its own."""
    if is_numeric_dtype(column) and not is_bool_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        known = values[np.isfinite(values)]
        edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if known.size else known
        return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    codes = pandas.factorize(column, sort=True)[0].astype(np.int64)
    return np.where(codes < 0, codes.max(initial=-1) + 1, codes)


def _shares(code: NDArray[np.int64], member: NDArray[np.bool_], wanted: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of members per bin, drawn towards the overall share by one case, read off for `wanted`."""
    bins = int(max(code.max(initial=0), wanted.max(initial=0))) + 1
    size, inside = np.bincount(code, minlength=bins), np.bincount(code, member, minlength=bins)
    overall = member.mean() if member.size else 0.0
    return ((inside + overall) / (size + 1))[wanted]
