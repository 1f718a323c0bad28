"""WoE binning as a scikit-learn transformer: a frame in, its weights of evidence out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from riskbench.data.counts import Counts, Special, count, kind_of
from riskbench.scorecard.bins import FeatureBins
from riskbench.scorecard.by_hand import EditedByHand
from riskbench.scorecard.edits import Edit
from riskbench.scorecard.fitting import categorical_bins, numeric_bins
from riskbench.scorecard.optimal import TRENDS, Limits, Trend

SpecialValues = Sequence[Special] | Mapping[str, Sequence[Special]]


class WoeBinning(EditedByHand, TransformerMixin, BaseEstimator):
    """Optimal binning of every column of a frame, and its WoE = ln(good share / bad share): larger is safer.

    Parameters: `max_bins` regular bins at most (at least 1); `min_bin_share` of all cases in a regular bin, in
    (0, 0.5); `min_bin_count` cases in a regular bin, and those below which a missing or special bin is thin;
    `min_class_count` goods and bads in a regular bin, where any partition has them (where none has, a bin of one class
    is made if that is no accident); `trend` of the bad rate over the bins of a number (auto = better of ascending and
    descending by IV, ascending, descending, peak, valley, none); `trends` by feature, over `trend`; `special_values`, a
    list for all features or one by feature, each a bin of its own; `rare_share` of cases below which a level is pooled
    as "other", unless `rare_class_count` goods and bads are to be expected in it at average risk (50 of each: the
    standard error of its WoE is at most .2).

    The partition is exact among about 100 candidate cuts, or all where a column has fewer (see
    `riskbench.scorecard.optimal`). It does not depend on row order. Missing values are a bin of their own; what
    happens to thin bins and to values never seen is said in `riskbench.scorecard.bins` and noted in `table`.

    Learned: `features_` (bins by name), `iv_` (Series by feature), `feature_names_in_`, `n_features_in_`; `edits_` and
    what else bins changed by hand need (see `EditedByHand`).

    >>> X = pd.DataFrame({"income": [1] * 40 + [2] * 60})
    >>> y = [1] * 30 + [0] * 10 + [1] * 10 + [0] * 50
    >>> WoeBinning().fit(X, y).table("income")[["bin", "goods", "bads", "woe"]].round(3).values.tolist()
    [['< 2', 10, 30, -1.504], ['>= 2', 50, 10, 1.204], ['missing', 0, 0, 0.0]]
    """

    features_: dict[str, FeatureBins]

    def __init__(
        self,
        max_bins: int = 8,
        min_bin_share: float = 0.05,
        min_bin_count: int = 30,
        min_class_count: int = 1,
        trend: Trend = "auto",
        trends: Mapping[str, Trend] | None = None,
        special_values: SpecialValues | None = None,
        rare_share: float = 0.01,
        rare_class_count: int = 50,
    ):
        self.max_bins = max_bins
        self.min_bin_share = min_bin_share
        self.min_bin_count = min_bin_count
        self.min_class_count = min_class_count
        self.trend = trend
        self.trends = trends
        self.special_values = special_values
        self.rare_share = rare_share
        self.rare_class_count = rare_class_count

    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:
        """Learn the bins of every column of `X` (numbers, booleans, strings, categories); y: 0/1 by row, 1 = bad.

        Raises ValueError for a parameter outside its domain, a target that is not 0/1 with both classes, infinite
        values and columns of dates. A column without any value gets one bin and IV 0.
        """
        self._check_parameters()
        target = target_of(X, y)
        self._check_names(X.columns)
        return self.fit_counts({str(name): count(X[name], target, self._specials(X[name])) for name in X})

    def fit_counts(self, counts: Mapping[str, Counts]) -> Self:
        """Learn the bins from fine counts, whoever produced them; all must count the same cases."""
        self._check_parameters()
        self._check_names(counts)
        totals = {(of.total_goods, of.total_bads) for of in counts.values()}
        if len(totals) != 1 or 0 in next(iter(totals)):
            raise ValueError(f"counts must be of the same cases, both goods and bads among them, got {sorted(totals)}")
        self._keep({name: self._bins(name, of) for name, of in counts.items()})
        self._begin(counts)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The WoE of every row of the fitted columns; other columns are left out."""
        bins = self.bins(X)
        weights = {name: of.woe[bins[name].to_numpy()] for name, of in self.features_.items()}
        return pd.DataFrame(weights, index=X.index)

    def bins(self, X: pd.DataFrame) -> pd.DataFrame:
        """The bin of every row, as its position in `table`."""
        check_is_fitted(self, "features_")
        require_frame(X)
        if lost := [name for name in self.features_ if name not in X]:
            raise ValueError(f"X must have every fitted column, {', '.join(map(repr, lost))} not found")
        return pd.DataFrame({name: f.bin_of(X[name]) for name, f in self.features_.items()}, index=X.index)

    def table(self, feature: str, level: float = 0.95) -> pd.DataFrame:
        """The bins of one feature: count, share, goods, bads, bad rate with Wilson's interval, WoE, IV, note."""
        check_is_fitted(self, "features_")
        if feature not in self.features_:
            raise ValueError(f"feature must be one of {', '.join(self.features_)}, got {feature!r}")
        return self.features_[feature].table(level)

    def restricted_to(self, features: Iterable[str]) -> "WoeBinning":
        """The same bins for some of the features, in the order given."""
        check_is_fitted(self, "features_")
        wanted = list(features)
        if unknown := [name for name in wanted if name not in self.features_]:
            raise ValueError(f"the binning has no feature {', '.join(map(repr, unknown))}")
        fewer = self.unfitted_for(wanted)
        fewer._keep({name: self.features_[name] for name in wanted})
        fewer._begin(edits=[edit for edit in self.edits_ if edit.feature in wanted])
        return fewer

    def unfitted_for(self, features: Iterable[str]) -> "WoeBinning":
        """A binning yet to be fitted with the same parameters, those by feature kept for `features` only."""
        parameters, wanted = self.get_params(deep=False), set(features)
        for name in ("trends", "special_values"):
            if isinstance(parameters[name], Mapping):
                parameters[name] = {key: value for key, value in parameters[name].items() if key in wanted}
        return WoeBinning(**parameters)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the columns of WoE: those of the features."""
        check_is_fitted(self, "features_")
        return np.array(list(self.features_), dtype=object)

    def to_dict(self) -> dict[str, Any]:
        """Parameters and bins as plain data (numbers, strings, lists), ready for JSON."""
        check_is_fitted(self, "features_")
        return {
            "parameters": _plain(self.get_params(deep=False)),
            "features": [{"name": name, **bins.to_dict()} for name, bins in self.features_.items()],
            "edits": [edit.plain() for edit in self.edits_],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "WoeBinning":
        """The fitted binning that `to_dict` wrote down."""
        binning = cls(**data["parameters"])
        binning._keep({bins["name"]: FeatureBins.from_dict(bins["name"], bins) for bins in data["features"]})
        binning._begin(edits=map(Edit.model_validate, data.get("edits", [])))
        return binning

    def _keep(self, features: dict[str, FeatureBins]) -> None:
        self.features_ = features
        self.iv_ = pd.Series({name: bins.iv for name, bins in features.items()}, name="iv", dtype=float)
        self.feature_names_in_ = np.array(list(features), dtype=object)
        self.n_features_in_ = len(features)

    def _bins(self, name: str, counts: Counts) -> FeatureBins:
        n, thin = counts.n, int(self.min_bin_count)
        limits = Limits(int(self.max_bins), max(_ceil(self.min_bin_share * n), thin), int(self.min_class_count))
        if counts.coding.kind == "categorical":
            if name in (self.trends or {}):
                raise ValueError(f"trends are for numbers; {name!r} is a category, ordered by its bad rate")
            enough = self.rare_class_count * n / min(counts.total_goods, counts.total_bads)
            return categorical_bins(name, counts, limits, _ceil(min(self.rare_share * n, enough)), thin)
        return numeric_bins(name, counts, limits, (self.trends or {}).get(name, self.trend), thin)

    def _specials(self, column: pd.Series) -> tuple[Special, ...]:
        """Special values that can occur in a column: numbers in numbers, strings in categories."""
        values = self.special_values
        by_feature = isinstance(values, Mapping)
        mine = values.get(str(column.name), ()) if isinstance(values, Mapping) else values or ()
        numeric = kind_of(column) == "numeric"
        fitting = tuple(value for value in mine if isinstance(value, str) != numeric)
        if by_feature and len(fitting) < len(mine):
            raise ValueError(f"special values of {column.name!r} must be of its kind, {column.dtype}, got {list(mine)}")
        return fitting

    def _check_parameters(self) -> None:
        for name, least in (("max_bins", 1), ("min_bin_count", 1), ("min_class_count", 0), ("rare_class_count", 0)):
            value = getattr(self, name)
            if not (isinstance(value, int | np.integer) and value >= least):
                raise ValueError(f"{name} must be a whole number, at least {least}, got {value!r}")
        if not 0 < self.min_bin_share < 0.5:
            raise ValueError(f"min_bin_share must lie in (0, 0.5), got {self.min_bin_share!r}")
        if not 0 <= self.rare_share < 1:
            raise ValueError(f"rare_share must lie in [0, 1), got {self.rare_share!r}")
        for trend in (self.trend, *(self.trends or {}).values()):
            if trend not in TRENDS:
                raise ValueError(f"trend must be one of {', '.join(TRENDS)}, got {trend!r}")

    def _check_names(self, names: Iterable[str]) -> None:
        """Whatever is said by feature must be said of features that exist."""
        known = list(names)
        by_feature = {"trends": self.trends, "special_values": self.special_values}
        for parameter, said in by_feature.items():
            if isinstance(said, Mapping) and (unknown := [name for name in said if name not in known]):
                raise ValueError(f"{parameter} names {', '.join(map(repr, unknown))}, which X does not have")


def require_frame(X: object) -> None:
    """Raise ValueError unless `X` is a data frame whose column names are distinct strings."""
    if not isinstance(X, pd.DataFrame):
        raise ValueError(f"X must be a pandas DataFrame, got {type(X).__name__}")
    if X.columns.has_duplicates or not all(isinstance(name, str) for name in X.columns):
        raise ValueError(f"columns of X must be distinct strings, got {list(X.columns)}")


def target_of(X: pd.DataFrame, y: ArrayLike) -> NDArray[np.int64]:
    """The target as 0/1 integers, one a row of `X`, both classes present; ValueError otherwise."""
    require_frame(X)
    if not len(X.columns):
        raise ValueError("X must have at least one column, got none")
    values = np.asarray(y)
    if values.shape != (len(X),):
        raise ValueError(f"y must have one label a row of X, {len(X)}, got shape {values.shape}")
    found = pd.unique(pd.Series(values))
    if not set(found.tolist()) <= {0, 1}:
        raise ValueError(f"y must hold 0 (good) and 1 (bad) only, got {sorted(map(str, found))[:5]}")
    if len(found) < 2:
        raise ValueError(f"y must hold both classes, got {len(values)} times {found.tolist()}")
    return values.astype(np.int64)


def _ceil(value: float) -> int:
    return math.ceil(value - 1e-9)  # .05 · 140 is 7.000000000000001


def _plain(value: Any) -> Any:
    """Parameters without numpy's types and without tuples."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
