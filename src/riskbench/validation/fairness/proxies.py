"""Proxies of one protected attribute: how well each feature, and all of them together, tell who belongs to a group.

Each is learned on one random half of the cases and judged on the other. One feature may know little and many together
a lot, so the joint figure is no smaller in truth than the largest single one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from riskbench import metrics
from riskbench.core.results import Estimate

BINS = 10
TOGETHER = "all features together"
COLUMNS = ["feature", "group", "auc", "lower", "upper", "n"]


def proxies(X: DataFrame, group: ArrayLike, *, seed: int = 0, enough: int = 1) -> DataFrame:
    """One row a feature, the strongest proxy first: its largest AUC for one group against the rest, with interval.

    A feature is cut into at most ten quantile bins (its levels, when it is not numeric), a missing value being a bin
    of its own. The share of group members per bin is learned on one random half and judged on the other, so .5 is what
    a feature that knows nothing gets, and a trend of any shape is found. `group` is empty where a case may not be
    shown. A feature that tells a group without error has AUC 1 and no interval. Of two groups with equal AUC the first
    by name is shown. A group counts where each half holds `enough` of it and of all others; no row where none does.
    """
    halves = _halves(X, group, seed, enough)
    learn, judge = halves.learn, halves.judge
    found = []
    for feature in X.columns if halves.members else ():
        code = _codes(X[feature])
        found.append(
            _strongest(
                str(feature),
                {
                    name: metrics.auc(member[judge], _shares(code[learn], member[learn], code[judge]))
                    for name, member in halves.members.items()
                },
            )
        )
    return _table(found).sort_values(["auc", "feature"], ascending=[False, True], ignore_index=True)


def joint_proxy(X: DataFrame, group: ArrayLike, *, seed: int = 0, enough: int = 1) -> DataFrame:
    """One row: the group that all features together tell best, and how well, on the half they were not learned on.

    The model is a penalised logistic regression (scikit-learn's, C = .1) on the bins of `proxies`, one for each group
    against the rest: it adds features up, as a card does. Columns and rules are those of `proxies`; the feature reads
    "all features together".
    """
    halves = _halves(X, group, seed, enough)
    if not halves.members or X.columns.empty:
        return _table([])
    bins = csr_matrix(np.hstack([np.eye(int(code.max()) + 1)[code] for code in (_codes(X[f]) for f in X)]))
    members = list(halves.members.items())
    estimates = {}
    for name, member in members[: 1 if halves.groups == 2 else None]:  # of two groups each is what the other is not
        model = LogisticRegression(C=0.1, max_iter=1000).fit(bins[halves.learn], member[halves.learn])
        estimates[name] = metrics.auc(member[halves.judge], model.decision_function(bins[halves.judge]))
    return _table([_strongest(TOGETHER, estimates)])


@dataclass(frozen=True, eq=False)
class _Halves:
    """Row numbers to learn on and to judge on, the number of groups, and who belongs to each that is asked about."""

    learn: NDArray[np.int64]
    judge: NDArray[np.int64]
    groups: int
    members: dict[str, NDArray[np.bool_]]


def _halves(X: DataFrame, group: ArrayLike, seed: int, enough: int) -> _Halves:
    names = np.asarray(group, dtype=object)
    if len(names) != len(X):
        raise ValueError(f"X and group must have the same length, got {len(X)} and {len(names)}")
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(names != ""))
    halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    members = {name: names == name for name in sorted(set(names) - {""})}
    asked = {
        name: member
        for name, member in members.items()
        if all(min(member[half].sum(), (~member[half]).sum()) >= enough for half in halves)
    }
    return _Halves(*halves, len(members), asked)


def _strongest(feature: str, estimates: Mapping[str, Estimate]) -> list[tuple]:
    judged = [(e.value, e, name) for name, e in estimates.items() if e.value is not None]
    if not judged:
        return []
    value, e, name = max(judged, key=lambda candidate: candidate[0])
    return [(feature, name, value, e.lower, e.upper, e.n)]


def _table(found: list[list[tuple]]) -> DataFrame:
    rows = [row for rows in found for row in rows]
    return DataFrame(rows, columns=COLUMNS).astype({"auc": float, "lower": float, "upper": float})


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
