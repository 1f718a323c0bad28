"""WoE binning as a scikit-learn transformer: a frame in, its weights of evidence out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from riskbench.core.results import LEVEL
from riskbench.data.coding import Special, distinct_specials, kind_of
from riskbench.data.counts import Counts, count
from riskbench.scorecard.binning import parameters
from riskbench.scorecard.binning.apart import ApartRule
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.fitting import best_bins
from riskbench.scorecard.binning.imposed_cuts import Imposed
from riskbench.scorecard.binning.inputs import frame_of, periods_of, target_of
from riskbench.scorecard.binning.parameters import for_feature
from riskbench.scorecard.binning.terms import Limits, Terms
from riskbench.scorecard.binning.trends import Trend
from riskbench.scorecard.edits.edit import Edit
from riskbench.scorecard.edits.editable import EditableBins

SpecialValues = Sequence[Special] | Mapping[str, Sequence[Special]]
ForcedCuts = Mapping[str, Sequence[float]]
ForbiddenCuts = Mapping[str, Sequence[float | Sequence[float]]]


class WoeBinning(EditableBins, OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Optimal binning of every column of a frame, and its WoE = ln(good share / bad share): larger is safer.

    Limits: `max_bins` regular bins at most (at least 1); `min_bin_share` of all cases in a regular bin, in
    (0, 0.5); `min_bin_count` cases in a regular bin, and those below which a missing or special bin is thin;
    `min_class_count` goods and bads in a regular bin, where any partition has them (where none has, a bin of one class
    is made if that is no accident; its empty cell counts as half an observation, which its note says);
    `min_woe_difference` between neighbouring regular bins, at least 0.

    Shape: `trend` of the bad rate over the bins of a number (auto = better of ascending and descending by IV,
    ascending, descending, peak, valley, none); `trends` by feature, over `trend`; `trend_in_every_period`: no
    neighbouring bins run against the trend in any of the periods given to `fit` (a peak has one turn for all periods; a
    bin without cases in a period is not compared there; levels of a category keep the order of their bad rates);
    `forced_cuts` by feature, {"age": [25, 60]}: each parts two bins; `forbidden_cuts` by feature, {"age": [(18, 21),
    30]}: no cut strictly between 18 and 21, and none that parts the data as 30 would.

    Values apart: `special_values`, a list for all features or one by feature, each a bin of its own; `missing` and
    `special`, the rule for the WoE of these bins, one for all features or by feature: "own", "nearest" (the regular bin
    of the nearest bad rate), "worst" (the regular bin of least WoE) or "average" (0); `rare_share` of cases below which
    a level is pooled as "other", unless `rare_class_count` goods and bads are to be expected in it at average risk (50
    of each: the standard error of its WoE is at most .2).

    The partition is exact among about 100 cuts offered, or all where a column has fewer (see
    `scorecard/binning/exact_search.py`). It does not depend on row order, with or without weights. What happens to thin
    bins and to values never seen is said in `scorecard/binning/apart.py` and `bins.py`, and noted in `table`.

    A new `fit`, and a `clone` as cross_validate and GridSearchCV make it, starts from automatic bins: bins changed by
    hand are kept on other samples only by the edits of a `riskbench.scorecard.design.CardDesign`.

    Learned: `features_` (bins by name), `iv_` (Series by feature), `counts_` (fine counts by name: what the bins were
    made from, kept in memory, not in `to_dict`), `feature_names_in_`, `n_features_in_`; `edits_` and
    `fitted_` where bins were changed by hand (see `EditableBins`).

    >>> X = pd.DataFrame({"income": [1] * 40 + [2] * 60})
    >>> y = [1] * 30 + [0] * 10 + [1] * 10 + [0] * 50
    >>> WoeBinning().fit(X, y).table("income")[["bin", "goods", "bads", "woe"]].round(3).values.tolist()
    [['< 2', 10, 30, -1.504], ['>= 2', 50, 10, 1.204], ['missing', 0, 0, 0.0]]
    """

    features_: dict[str, FeatureBins]
    counts_: dict[str, Counts]

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
        min_woe_difference: float = 0.0,
        trend_in_every_period: bool = False,
        missing: ApartRule | Mapping[str, ApartRule] = "own",
        special: ApartRule | Mapping[str, ApartRule] = "own",
        forced_cuts: ForcedCuts | None = None,
        forbidden_cuts: ForbiddenCuts | None = None,
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
        self.min_woe_difference = min_woe_difference
        self.trend_in_every_period = trend_in_every_period
        self.missing = missing
        self.special = special
        self.forced_cuts = forced_cuts
        self.forbidden_cuts = forbidden_cuts

    def fit(
        self,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        periods: ArrayLike | None = None,
    ) -> Self:
        """Learn the bins of every column of `X` (numbers, booleans, strings, categories); y: 0/1 by row, 1 = bad.

        An array is read as columns x0, x1, ... `sample_weight`: frequencies by row, finite and above 0; a row of weight
        k is k rows, for every limit too. `periods`: labels by row, a month say, for `trend_in_every_period`; without it
        they change nothing.
        Raises ValueError for a parameter outside its domain, a target that is not 0/1 with both classes, infinite
        values, columns of dates, and forced cuts that cannot be kept. A column without any value gets one bin and IV 0.
        """
        given = self._checked_parameters()
        frame = frame_of(X)
        target = target_of(frame, y)
        parameters.check_names(given, frame.columns)
        held = None if periods is None else periods_of(frame, periods)[0]
        asked = held if self.trend_in_every_period else None
        counts = {}
        for name in map(str, frame):
            column, cuts = frame[name], for_feature(self.forced_cuts, name, ())
            kind = kind_of(column)
            specials = distinct_specials(parameters.fitting_specials(self.special_values, name, kind), kind)
            counts[name] = count(column, target, specials, weights=sample_weight, cuts=cuts, periods=asked)
        return self.fit_counts(counts)

    def fit_counts(self, counts: Mapping[str, Counts]) -> Self:
        """Learn the bins from fine counts, whoever produced them; all must count the same cases."""
        parameters.check_names(self._checked_parameters(), counts)
        totals = sorted({(of.total_goods, of.total_bads) for of in counts.values()})
        if not np.allclose(totals, totals[0], rtol=1e-9, atol=0.0) or 0 in totals[0]:
            raise ValueError(f"counts must be of the same cases, both goods and bads among them, got {totals}")
        self._keep({name: self._best_bins(name, of) for name, of in counts.items()})
        self._begin(counts)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The WoE of every row of the fitted columns; other columns are left out."""
        check_is_fitted(self, "features_")
        return self.looked_up(X, {name: of.woe for name, of in self.features_.items()})

    def bins(self, X: pd.DataFrame | ArrayLike) -> pd.DataFrame:
        """The bin of every row, as its position in `table`."""
        check_is_fitted(self, "features_")
        return self.looked_up(X, {name: np.arange(len(of.labels)) for name, of in self.features_.items()})

    def looked_up(self, X: pd.DataFrame | ArrayLike, by_bin: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
        """For every row and feature of `by_bin` the entry of its bin: WoE, points or whatever has one value a bin.

        >>> b = WoeBinning().fit(pd.DataFrame({"x": [1] * 40 + [2] * 60}), [1] * 30 + [0] * 10 + [1] * 10 + [0] * 50)
        >>> b.looked_up(pd.DataFrame({"x": [2, 1, None]}), {"x": np.array([10, 50, 0])})["x"].tolist()
        [50, 10, 0]
        """
        frame = self._fitted_columns(X)
        kind = np.result_type(*by_bin.values()) if by_bin else np.dtype(float)
        found = np.empty((len(by_bin), len(frame)), kind)
        for row, (name, values) in zip(found, by_bin.items(), strict=True):
            self.features_[name].take(frame[name], values.astype(kind, copy=False), out=row)
        return pd.DataFrame(found.T, index=frame.index, columns=list(by_bin), copy=False)

    def table(self, feature: str, level: float = LEVEL) -> pd.DataFrame:
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
        held = {name: self.counts_[name] for name in wanted if name in self.counts_}
        fewer._begin(held, [edit for edit in self.edits_ if edit.feature in wanted])
        return fewer

    def unfitted_for(self, features: Iterable[str]) -> "WoeBinning":
        """A binning yet to be fitted with the same parameters, those by feature kept for `features` only."""
        return WoeBinning(**parameters.restricted(self.get_params(deep=False), features))

    def to_dict(self) -> dict[str, Any]:
        """Parameters and bins as plain data (numbers, strings, lists), ready for JSON."""
        check_is_fitted(self, "features_")
        return {
            "parameters": parameters.plain(self.get_params(deep=False)),
            "features": [{"name": name, **bins.to_dict()} for name, bins in self.features_.items()],
            "edits": [edit.plain() for edit in self.edits_],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "WoeBinning":
        """The fitted binning that `to_dict` wrote down; ValueError for what it did not."""
        if lost := [key for key in ("parameters", "features") if key not in data]:
            raise ValueError(f"a binning is written down with parameters and features, {', '.join(lost)} not found")
        binning = cls(**data["parameters"])
        binning._keep({bins["name"]: FeatureBins.from_dict(bins["name"], bins) for bins in data["features"]})
        binning._begin(edits=map(Edit.model_validate, data.get("edits", [])))
        return binning

    def _keep(self, features: dict[str, FeatureBins]) -> None:
        self.features_ = features
        self.iv_ = pd.Series({name: bins.iv for name, bins in features.items()}, name="iv", dtype=float)
        self.feature_names_in_ = np.array(list(features), dtype=object)
        self.n_features_in_ = len(features)

    def _fitted_columns(self, X: pd.DataFrame | ArrayLike) -> pd.DataFrame:
        """X as a frame that has every fitted column; an array must have them and no others, in the fitted order."""
        check_is_fitted(self, "features_")
        frame = frame_of(X)
        if frame is not X:
            if frame.shape[1] != self.n_features_in_:
                raise ValueError(
                    f"X has {frame.shape[1]} features, but {type(self).__name__} is expecting "
                    f"{self.n_features_in_} features as input"
                )
            return frame.set_axis(self.feature_names_in_, axis=1)
        if lost := [name for name in self.features_ if name not in frame]:
            raise ValueError(f"X must have every fitted column, {', '.join(map(repr, lost))} not found")
        return frame

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = tags.input_tags.categorical = tags.input_tags.string = True
        return tags

    def terms(self, name: str, counts: Counts) -> Terms:
        """What the parameters ask of the bins of one feature with these counts."""
        n, thin = counts.n, int(self.min_bin_count)
        least = max(_at_least(self.min_bin_share * n, n), thin)
        enough = self.rare_class_count * n / min(counts.total_goods, counts.total_bads)
        return Terms(
            Limits(int(self.max_bins), least, int(self.min_class_count), float(self.min_woe_difference)),
            for_feature(self.trends, name, self.trend),
            thin,
            _at_least(min(self.rare_share * n, enough), n),
            for_feature(self.missing, name, "own"),
            for_feature(self.special, name, "own"),
            Imposed.of(name, for_feature(self.forced_cuts, name, ()), for_feature(self.forbidden_cuts, name, ())),
        )

    def _best_bins(self, name: str, counts: Counts) -> FeatureBins:
        if not self.trend_in_every_period:
            counts = replace(counts, by_period=None)
        elif counts.by_period is None:
            raise ValueError("trend_in_every_period needs periods, one label a row of X, got none")
        terms = self.terms(name, counts)
        parameters.check_kind(self.get_params(deep=False), name, counts.coding.kind)
        return best_bins(name, counts, terms)

    def _checked_parameters(self) -> parameters.Parameters:
        given = self.get_params(deep=False)
        parameters.check_parameters(given)
        return given


def _at_least(value: float, n: float) -> float:
    """A limit on sums that are whole where `n` is an int; .05 · 140 is 7.000000000000001."""
    return math.ceil(value - 1e-9) if isinstance(n, int) else value - 1e-9
