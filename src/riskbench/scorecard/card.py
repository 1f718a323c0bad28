"""The scorecard: bins turned into whole points, so that a score can be added up by hand and a decision explained.

score = offset + factor · ln(odds good : bad), factor = PDO / ln 2, offset = base score − factor · ln(base odds)
(Siddiqi 2017, ch. 10). `points.py` makes whole points of it, and the score *is* their sum. The PD stays the exact one
of the logit; `rounding_error` states how far the two lie apart. With `from_zero` the least that a feature can earn is
0: what all lose by it is one base constant, and every score stays what it was.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from riskbench.core.results import LEVEL, Estimate
from riskbench.scorecard.binning.inputs import frame_of, target_of
from riskbench.scorecard.points import Integers, whole_points
from riskbench.scorecard.reason_texts import Language, ReasonTexts
from riskbench.scorecard.regression.level import level_shift
from riskbench.scorecard.regression.logit import Logit, fit_logit, weights_of
from riskbench.scorecard.regression.separation import SeparationError
from riskbench.scorecard.regression.signs import SignedFit, fit_signed
from riskbench.scorecard.woe_binning import WoeBinning

FORMAT = 2  # 1 rounded the neutral score a feature at a time
BASE = "(base)"  # the line of an explanation that is no feature's
Baseline = Literal["best", "neutral"]


class NoFeatureError(ValueError):
    """A card held to the right signs has no feature left."""


class Scorecard(ClassifierMixin, BaseEstimator):
    """A logistic regression on weights of evidence, scaled to points: a larger score is safer.

    `binning`: a `WoeBinning`, fitted or not; a fitted one is used as it is, for the columns of X. `pdo`: points to
    double the odds (> 0). `base_score` points mean odds of `base_odds` good to one bad (> 0). `constrained`: no
    coefficient may be above 0; features pressed to 0 are left out, and told in `signs_`. `from_zero`: no feature earns
    less than 0 points.

    Learned: `binning_`, `logit_` (see `scorecard/regression/logit.py`), `correction_` (intercept and slope laid over
    the logit's log odds; 0 and 1 unless corrected), `points_` (whole points by bin of each feature), `base_` (points
    that everybody has; 0 unless `from_zero`), `neutral_` (points by feature at WoE 0, the average risk),
    `sign_violations_` (features whose coefficient is above 0: more evidence of good would raise the PD), `signs_` (the
    `SignedFit` of a constrained card just fitted, else None), `classes_`.

    >>> X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
    >>> card = Scorecard(WoeBinning(max_bins=2)).fit(X, [0, 0, 1, 0, 1, 1] * 20)
    >>> card.points(X.iloc[[0, 3]]).tolist()  # odds 2:1 and 1:2, two doublings of 20 points apart
    [507, 467]
    """

    signs_: SignedFit | None

    def __init__(
        self,
        binning: WoeBinning | None = None,
        pdo: float = 20,
        base_score: float = 600,
        base_odds: float = 50,
        constrained: bool = False,
        from_zero: bool = False,
    ):
        self.binning = binning
        self.pdo = pdo
        self.base_score = base_score
        self.base_odds = base_odds
        self.constrained = constrained
        self.from_zero = from_zero

    @property
    def factor(self) -> float:
        """Points for one unit of log odds."""
        return float(self.pdo / np.log(2))

    @property
    def offset(self) -> float:
        """Points at odds of 1:1."""
        return float(self.base_score - self.factor * np.log(self.base_odds))

    def fit(self, X: pd.DataFrame | ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Bin where that is not done yet, fit the logit on WoE, scale to points; y: 1 = bad.

        `sample_weight` counts rows like frequencies (see `fit_logit`). Raises `SeparationError` (a ValueError), which
        names the features and their bins of one class, where the classes do not overlap, and `NoFeatureError` (one too)
        where a constrained card has no feature that keeps its sign.
        """
        self._check_scale()
        X = frame_of(X)
        target = target_of(X, y)
        binning = self.binning or WoeBinning()
        weighted = {} if sample_weight is None else {"sample_weight": weights_of(sample_weight, len(X))}
        if hasattr(binning, "features_"):
            binning = binning.restricted_to(X.columns)
        else:
            binning = binning.unfitted_for(X.columns).fit(X, target, **weighted)
        try:
            signs = self._fitted(binning.transform(X), target, sample_weight)
        except SeparationError as error:
            raise SeparationError(error.features, _pure_bins(binning, X, target, error.features)) from None
        if not signs.logit.names:
            raise NoFeatureError(f"a card needs a feature, and none of {', '.join(signs.pressed)} keeps its sign")
        if signs.pressed:
            binning = binning.restricted_to(signs.logit.names)
        self._keep(binning, signs.logit)
        self.signs_ = signs if self.constrained else None
        return self

    def shrunk(self, slope: float, X: pd.DataFrame, y: ArrayLike) -> "Scorecard":
        """The same card with its log odds multiplied by `slope`, in (0, 1], and the mean PD of X kept at the rate of y.

        A card fits its own sample too well, so its PDs lie too far apart elsewhere. Uniform shrinkage draws them
        together by a slope estimated out of sample (van Houwelingen and le Cessie, Statistics in Medicine 9, 1990).
        """
        if not 0 < slope <= 1:
            raise ValueError(f"slope must lie in (0, 1], got {slope!r}")
        check_is_fitted(self, "logit_")
        drawn = slope * self.logit_.log_odds(self.binning_.transform(X))
        intercept = level_shift(drawn, float(target_of(X, y).mean()))
        return Scorecard(self.binning_, **self._scale())._keep(self.binning_, self.logit_, (intercept, slope))

    def shifted(self, log_odds: float) -> "Scorecard":
        """The same card with `log_odds` added to everybody's log odds of bad, for another bad rate."""
        return self.recalibrated(log_odds, 1.0)

    def recalibrated(self, intercept: float, slope: float) -> "Scorecard":
        """The same card with its log odds of bad times `slope` (> 0: the ranking stays), and `intercept` added then."""
        if not (0 < slope < np.inf and np.isfinite(intercept)):
            raise ValueError(f"slope must be above 0 and both finite, got slope {slope!r}, intercept {intercept!r}")
        check_is_fitted(self, "logit_")
        before, spread = self.correction_
        corrected = (intercept + slope * before, slope * spread)
        return Scorecard(self.binning_, **self._scale())._keep(self.binning_, self.logit_, corrected)

    def predict_proba(self, X: pd.DataFrame | ArrayLike) -> NDArray[np.float64]:
        """P(good) and PD by row, from the exact coefficients: the PD is column 1."""
        check_is_fitted(self, "logit_")
        p = expit(self._log_odds(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame | ArrayLike) -> NDArray[np.int64]:
        """1 where the PD is at least one half. A decision takes a cut-off from a policy, not this."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)

    def points(self, X: pd.DataFrame | ArrayLike) -> Integers:
        """The score by row: the base and the whole points of its bins; larger is safer."""
        check_is_fitted(self, "logit_")
        return self.base_ + self._summed(X, self.points_)

    def exact_score(self, X: pd.DataFrame | ArrayLike) -> NDArray[np.float64]:
        """The score before rounding: offset − factor · ln(PD / (1 − PD))."""
        check_is_fitted(self, "logit_")
        return self.offset - self.factor * self._log_odds(X)

    def rounding_error(self, X: pd.DataFrame | ArrayLike) -> Estimate:
        """Mean absolute difference, in points, between the score in whole points and the exact one.

        `upper` is the largest difference found; half a point for each feature, and half a one for the neutral score,
        bounds it.
        """
        gaps = np.abs(self.points(X) - self.exact_score(X))
        method = f"mean and largest absolute difference in points; at most {(len(self.points_) + 1) / 2:g} is possible"
        return Estimate(float(gaps.mean()), upper=float(gaps.max()), n=len(gaps), method=method)

    def score_to_pd(self, score: ArrayLike) -> NDArray[np.float64]:
        """The PD that a score stands for: 1 / (1 + exp((score − offset) / factor))."""
        return expit(-(np.asarray(score, float) - self.offset) / self.factor)

    def points_table(self) -> pd.DataFrame:
        """The card itself: one row a bin with its WoE, the coefficient of its feature and its whole points.

        `neutral` is what the feature earns at average risk (WoE 0). `base_` is no row: it belongs to no bin.
        """
        check_is_fitted(self, "logit_")
        slopes = dict(zip(self.logit_.names, self.correction_[1] * self.logit_.slopes, strict=True))
        rows = [
            (name, label, float(weight), float(slopes[name]), int(points), self.neutral_[name])
            for name, bins in self.binning_.features_.items()
            for label, weight, points in zip(bins.labels, bins.woe, self.points_[name], strict=True)
        ]
        return pd.DataFrame(rows, columns=["feature", "bin", "woe", "coefficient", "points", "neutral"])

    def reasons(self, X: pd.DataFrame, n: int = 4, baseline: Baseline = "best") -> pd.DataFrame:
        """The `n` features that cost a row most points, most first; None where none did.

        `baseline`: against the "best" bin, the one with most points among the bins seen when fitted, or against
        "neutral", what average risk earns. Ties keep the order of the features on the card.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n}")
        lost = self.baseline_points(baseline) - self._earned(X)
        order = np.argsort(-lost, axis=1, kind="stable")[:, :n]
        names = np.array(list(self.points_), dtype=object)[order]
        names[np.take_along_axis(lost, order, axis=1) <= 0] = None
        columns = [f"reason_{rank + 1}" for rank in range(names.shape[1])]
        return pd.DataFrame(names, index=X.index, columns=columns, dtype=object)

    def explain(
        self, row: pd.Series | Mapping[str, Any], texts: ReasonTexts | None = None, language: Language = "en"
    ) -> pd.DataFrame:
        """How one case comes to its score, by feature in the order of the card.

        Columns: feature, value, bin, points, `points_lost` against the best bin, `below_neutral` against average risk
        (both at least 0), and the `text` of the bin. With a base, a last line `(base)` holds it: points sum to the
        score.
        """
        check_is_fitted(self, "logit_")
        values, texts = dict(row), texts or ReasonTexts()
        X = pd.DataFrame({name: [values[name]] for name in self.points_ if name in values})
        bins = self.binning_.bins(X).iloc[0]
        earned, features = self._earned(X)[0], self.binning_.features_
        told = pd.DataFrame(
            {
                "feature": list(self.points_),
                "value": pd.Series([values[name] for name in self.points_], dtype=object),
                "bin": [features[name].labels[bins[name]] for name in self.points_],
                "points": earned,
                "points_lost": np.maximum(self.baseline_points("best") - earned, 0),
                "below_neutral": np.maximum(self.baseline_points("neutral") - earned, 0),
                "text": [texts.text(features[name], int(bins[name]), language) for name in self.points_],
            }
        )
        if self.from_zero:
            told.loc[len(told)] = [BASE, None, "", self.base_, 0, 0, ""]
        return told

    def baseline_points(self, baseline: Baseline = "best") -> Integers:
        """What each feature could have earned: in its best bin seen when fitted, or at average risk."""
        if baseline not in ("best", "neutral"):
            raise ValueError(f"baseline must be best or neutral, got {baseline!r}")
        if baseline == "neutral":
            return np.array(list(self.neutral_.values()))
        features = self.binning_.features_
        return np.array([points[features[name].cases > 0].max() for name, points in self.points_.items()])

    def summary(self, level: float = LEVEL) -> pd.DataFrame:
        """The coefficient table of the logit with the IV of each feature."""
        check_is_fitted(self, "logit_")
        order = ["term", "coefficient", "lower", "upper", "standard_error", "z", "p_value"]
        table = self.logit_.table(level)[order]
        return table.assign(iv=table["term"].map(self.binning_.iv_), sign_ok=~table["term"].isin(self.sign_violations_))

    def to_dict(self) -> dict[str, Any]:
        """The whole card as plain data, ready for JSON; `from_dict` reads it back to a card that scores equally."""
        check_is_fitted(self, "logit_")
        return {
            "format": FORMAT,
            "scale": self._scale(),
            "base": self.base_,
            "binning": self.binning_.to_dict(),
            "logit": self.logit_.to_dict(),
            "correction": list(self.correction_),
            "points": [{"feature": name, "points": points.tolist()} for name, points in self.points_.items()],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Scorecard":
        """The fitted card that `to_dict` wrote down; ValueError when its points do not follow from its logit."""
        if data.get("format") != FORMAT:
            raise ValueError(f"a card must have format {FORMAT}, got {data.get('format')!r}")
        binning = WoeBinning.from_dict(data["binning"])
        intercept, slope = data["correction"]
        card = cls(binning, **data["scale"])._keep(binning, Logit.from_dict(data["logit"]), (intercept, slope))
        written = {entry["feature"]: entry["points"] for entry in data["points"]}
        follows = {name: points.tolist() for name, points in card.points_.items()}
        if (written, data.get("base", 0)) != (follows, card.base_):
            raise ValueError("the points of a card must follow from its bins and coefficients, and these do not")
        return card

    def _check_scale(self) -> None:
        for name in ("pdo", "base_odds"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be above 0 and finite, got {getattr(self, name)!r}")
        if not np.isfinite(self.base_score):
            raise ValueError(f"base_score must be finite, got {self.base_score!r}")

    def _fitted(self, W: pd.DataFrame, target: Integers, weights: ArrayLike | None) -> SignedFit:
        if self.constrained:
            return fit_signed(W, target, weights)
        free = fit_logit(W, target, weights=weights)
        return SignedFit(free, free)

    def _keep(self, binning: WoeBinning, logit: Logit, correction: tuple[float, float] = (0.0, 1.0)) -> Self:
        self.binning_, self.logit_, self.correction_ = binning, logit, correction
        self.signs_ = None
        self.classes_ = np.array([0, 1])
        self.feature_names_in_, self.n_features_in_ = binning.feature_names_in_, binning.n_features_in_
        self.sign_violations_ = [name for name, b in zip(logit.names, logit.slopes, strict=True) if b > 0]
        intercept, slope = correction
        points = whole_points(
            self.offset - self.factor * (intercept + slope * logit.intercept),
            {
                name: -self.factor * slope * coefficient * binning.features_[name].woe
                for name, coefficient in zip(logit.names, logit.slopes, strict=True)
            },
            self.from_zero,
        )
        self.base_, self.points_, self.neutral_ = points.base, points.by_bin, points.neutral
        return self

    def _scale(self) -> dict[str, Any]:
        names = ("pdo", "base_score", "base_odds", "from_zero")
        return {name: getattr(self, name) for name in names}

    def _log_odds(self, X: pd.DataFrame | ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self, "logit_")
        intercept, slope = self.correction_
        parts = {
            name: slope * coefficient * self.binning_.features_[name].woe
            for name, coefficient in zip(self.logit_.names, self.logit_.slopes, strict=True)
        }
        return intercept + slope * self.logit_.intercept + self._summed(X, parts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = tags.input_tags.categorical = tags.input_tags.string = True
        return tags

    def _summed(self, X: pd.DataFrame | ArrayLike, by_bin: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """What the bins of a row are worth together, added feature by feature: no table of all of them is made."""
        first, *others = ({name: values} for name, values in by_bin.items())
        worth = np.array(self.binning_.looked_up(X, first))[:, 0]
        for other in others:
            worth += self.binning_.looked_up(X, other).to_numpy()[:, 0]
        return worth

    def _earned(self, X: pd.DataFrame | ArrayLike) -> Integers:
        """Points by row and feature."""
        check_is_fitted(self, "logit_")
        return self.binning_.looked_up(X, self.points_).to_numpy()


def _pure_bins(
    binning: WoeBinning, X: pd.DataFrame, target: Integers, features: list[str]
) -> list[tuple[str, str, int, int]]:
    """The bins of some features that hold cases of one class alone: feature, bin, goods, bads."""
    found = []
    for name in features:
        bins = binning.features_[name]
        placed = bins.bin_of(X[name])
        goods, bads = (np.bincount(placed[target == label], minlength=len(bins.labels)) for label in (0, 1))
        found += [
            (name, label, int(good), int(bad))
            for label, good, bad in zip(bins.labels, goods, bads, strict=True)
            if (good == 0) != (bad == 0)
        ]
    return found
