"""The scorecard: bins turned into whole points, so that a score can be added up by hand and a decision explained.

score = offset + factor · ln(odds good : bad), factor = PDO / ln 2, offset = base score − factor · ln(base odds)
(Siddiqi 2017, ch. 10). Offset and intercept are spread evenly over the features; each bin's part is then rounded to a
whole number, and the score *is* the sum of those. The PD stays the exact one of the logit; `rounding_error` states
how far the two lie apart.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from riskbench.core.results import Estimate
from riskbench.scorecard.binning import WoeBinning, require_frame, target_of
from riskbench.scorecard.logit import Logit, fit_logit

FORMAT = 1


class Scorecard(ClassifierMixin, BaseEstimator):
    """A logistic regression on weights of evidence, scaled to points: a larger score is safer.

    `binning`: a `WoeBinning`, fitted or not; a fitted one is used as it is, for the columns of X. `pdo`: points to
    double the odds (> 0). `base_score` points mean odds of `base_odds` good to one bad (> 0).

    Learned: `binning_`, `logit_` (see `riskbench.scorecard.logit`), `correction_` (intercept and slope laid over the
    logit's log odds; 0 and 1 unless corrected), `points_` (whole points by bin of each feature),
    `sign_violations_` (features whose coefficient is above 0: more evidence of good would raise the PD), `classes_`.

    >>> X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
    >>> card = Scorecard(WoeBinning(max_bins=2)).fit(X, [0, 0, 1, 0, 1, 1] * 20)
    >>> card.points(X.iloc[[0, 3]]).tolist()  # odds 2:1 and 1:2, two doublings of 20 points apart
    [507, 467]
    """

    def __init__(
        self,
        binning: WoeBinning | None = None,
        pdo: float = 20,
        base_score: float = 600,
        base_odds: float = 50,
    ):
        self.binning = binning
        self.pdo = pdo
        self.base_score = base_score
        self.base_odds = base_odds

    @property
    def factor(self) -> float:
        """Points for one unit of log odds."""
        return float(self.pdo / np.log(2))

    @property
    def offset(self) -> float:
        """Points at odds of 1:1."""
        return float(self.base_score - self.factor * np.log(self.base_odds))

    def fit(self, X: pd.DataFrame, y: ArrayLike) -> Self:
        """Bin where that is not done yet, fit the logit on WoE, scale to points; y: 1 = bad."""
        for name in ("pdo", "base_odds"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)!r}")
        target = target_of(X, y)
        binning = self.binning or WoeBinning()
        if hasattr(binning, "features_"):
            binning = binning.restricted_to(X.columns)
        else:
            binning = binning.unfitted_for(X.columns).fit(X, target)
        return self._keep(binning, fit_logit(binning.transform(X), target))

    def shrunk(self, slope: float, X: pd.DataFrame, y: ArrayLike) -> "Scorecard":
        """The same card with its log odds multiplied by `slope`, in (0, 1], and the mean PD of X kept at the rate of y.

        A card fits its own sample too well, so its PDs lie too far apart elsewhere. Uniform shrinkage draws them
        together by a slope estimated out of sample (van Houwelingen and le Cessie, Statistics in Medicine 9, 1990).
        """
        if not 0 < slope <= 1:
            raise ValueError(f"slope must lie in (0, 1], got {slope!r}")
        check_is_fitted(self, "logit_")
        drawn = slope * self.logit_.log_odds(self.binning_.transform(X))
        rate = float(target_of(X, y).mean())
        intercept = float(brentq(lambda shift: expit(drawn + shift).mean() - rate, -20, 20, xtol=1e-12))
        card = Scorecard(self.binning_, self.pdo, self.base_score, self.base_odds)
        return card._keep(self.binning_, self.logit_, (intercept, slope))

    def shifted(self, log_odds: float) -> "Scorecard":
        """The same card with `log_odds` added to everybody's log odds of bad, for another bad rate."""
        return self.recalibrated(log_odds, 1.0)

    def recalibrated(self, intercept: float, slope: float) -> "Scorecard":
        """The same card with its log odds of bad times `slope` (> 0: the ranking stays), and `intercept` added then."""
        if not slope > 0:
            raise ValueError(f"slope must be above 0, got {slope!r}")
        check_is_fitted(self, "logit_")
        before, spread = self.correction_
        card = Scorecard(self.binning_, self.pdo, self.base_score, self.base_odds)
        return card._keep(self.binning_, self.logit_, (intercept + slope * before, slope * spread))

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """P(good) and PD by row, from the exact coefficients: the PD is column 1."""
        check_is_fitted(self, "logit_")
        p = expit(self._log_odds(X))
        return np.column_stack([1 - p, p])

    def predict(self, X: pd.DataFrame) -> NDArray[np.int64]:
        """1 where the PD is at least one half. A decision takes a cut-off from a policy, not this."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(np.int64)

    def points(self, X: pd.DataFrame) -> NDArray[np.int64]:
        """The score by row: the sum of the whole points of its bins; larger is safer."""
        return self._earned(X).sum(axis=1)

    def exact_score(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """The score before rounding: offset − factor · ln(PD / (1 − PD))."""
        check_is_fitted(self, "logit_")
        return self.offset - self.factor * self._log_odds(X)

    def rounding_error(self, X: pd.DataFrame) -> Estimate:
        """Mean absolute difference, in points, between the score in whole points and the exact one.

        `upper` is the largest difference found; half a point for each feature bounds it.
        """
        gaps = np.abs(self.points(X) - self.exact_score(X))
        method = f"mean and largest absolute difference in points; at most {len(self.points_) / 2:g} is possible"
        return Estimate(float(gaps.mean()), upper=float(gaps.max()), n=len(gaps), method=method)

    def score_to_pd(self, score: ArrayLike) -> NDArray[np.float64]:
        """The PD that a score stands for: 1 / (1 + exp((score − offset) / factor))."""
        return expit(-(np.asarray(score, float) - self.offset) / self.factor)

    def points_table(self) -> pd.DataFrame:
        """The card itself: one row a bin with its WoE, the coefficient of its feature and its whole points."""
        check_is_fitted(self, "logit_")
        slopes = dict(zip(self.logit_.names, self.correction_[1] * self.logit_.slopes, strict=True))
        rows = [
            (name, label, float(weight), float(slopes[name]), int(points))
            for name, bins in self.binning_.features_.items()
            for label, weight, points in zip(bins.labels, bins.woe, self.points_[name], strict=True)
        ]
        return pd.DataFrame(rows, columns=["feature", "bin", "woe", "coefficient", "points"])

    def reasons(self, X: pd.DataFrame, n: int = 4) -> pd.DataFrame:
        """The `n` features that cost a row most points against their best bin, most first; None where none did.

        The best bin is the one with most points among the bins seen when fitted. Ties keep the order of the features.
        """
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n}")
        lost = self._best() - self._earned(X)
        order = np.argsort(-lost, axis=1, kind="stable")[:, :n]
        names = np.array(list(self.points_), dtype=object)[order]
        names[np.take_along_axis(lost, order, axis=1) <= 0] = None
        columns = [f"reason_{rank + 1}" for rank in range(names.shape[1])]
        return pd.DataFrame(names, index=X.index, columns=columns, dtype=object)

    def explain(self, row: pd.Series | Mapping[str, Any]) -> pd.DataFrame:
        """How one case comes to its score: value, bin, points and points lost by feature, in the order of the card."""
        check_is_fitted(self, "logit_")
        values = dict(row)
        X = pd.DataFrame({name: [values[name]] for name in self.points_ if name in values})
        bins = self.binning_.bins(X).iloc[0]
        earned = self._earned(X)[0]
        labels = [self.binning_.features_[name].labels[bins[name]] for name in self.points_]
        told = pd.Series([values[name] for name in self.points_], dtype=object)
        return pd.DataFrame(
            {
                "feature": list(self.points_),
                "value": told,
                "bin": labels,
                "points": earned,
                "points_lost": np.maximum(self._best() - earned, 0),
            }
        )

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """The coefficient table of the logit with the IV of each feature."""
        check_is_fitted(self, "logit_")
        order = ["term", "coefficient", "lower", "upper", "standard_error", "z", "p_value"]
        table = self.logit_.table(level)[order]
        return table.assign(iv=table["term"].map(self.binning_.iv_), sign_ok=~table["term"].isin(self.sign_violations_))

    def to_dict(self) -> dict[str, Any]:
        """The whole card as plain data, ready for JSON; `from_dict` reads it back to a card that scores equally."""
        check_is_fitted(self, "logit_")
        scale = {"pdo": self.pdo, "base_score": self.base_score, "base_odds": self.base_odds}
        return {
            "format": FORMAT,
            "scale": scale,
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
        if written != {name: points.tolist() for name, points in card.points_.items()}:
            raise ValueError("the points of a card must follow from its bins and coefficients, and these do not")
        return card

    def _keep(self, binning: WoeBinning, logit: Logit, correction: tuple[float, float] = (0.0, 1.0)) -> Self:
        self.binning_, self.logit_, self.correction_ = binning, logit, correction
        self.classes_ = np.array([0, 1])
        self.feature_names_in_, self.n_features_in_ = binning.feature_names_in_, binning.n_features_in_
        self.sign_violations_ = [name for name, b in zip(logit.names, logit.slopes, strict=True) if b > 0]
        shift, shrinkage = correction
        share = (self.offset - self.factor * (shift + shrinkage * logit.intercept)) / len(logit.names)
        self.points_ = {
            name: np.rint(share - self.factor * shrinkage * slope * binning.features_[name].woe).astype(np.int64)
            for name, slope in zip(logit.names, logit.slopes, strict=True)
        }
        return self

    def _log_odds(self, X: pd.DataFrame) -> NDArray[np.float64]:
        check_is_fitted(self, "logit_")
        intercept, slope = self.correction_
        return intercept + slope * self.logit_.log_odds(self.binning_.transform(X))

    def _earned(self, X: pd.DataFrame) -> NDArray[np.int64]:
        """Points by row and feature."""
        check_is_fitted(self, "logit_")
        require_frame(X)
        bins = self.binning_.bins(X)
        return np.column_stack([points[bins[name].to_numpy()] for name, points in self.points_.items()])

    def _best(self) -> NDArray[np.int64]:
        """Most points that each feature can earn in a bin that was seen when fitted."""
        features = self.binning_.features_
        return np.array([points[features[name].cases > 0].max() for name, points in self.points_.items()])
