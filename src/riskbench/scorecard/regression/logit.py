"""Unpenalised logistic regression with its full statistics.

ln(PD / (1 − PD)) = b0 + Σ b_j · x_j. scikit-learn finds the coefficients (Newton with Cholesky), the covariance is
(X'WX)^-1 with W = PD (1 − PD); what else is told of a fit is in `inference.py`. Columns are fitted in `units` of their
own; all that is told is in the units that came. What has no finite or no single answer is refused by name: columns that
are combinations of others (`collinearity.py`), and classes that columns separate perfectly (`separation.py`; there a
solver stops at some large coefficient without a word).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, expit, ndtr, ndtri
from sklearn.linear_model import LogisticRegression

from riskbench.core.results import LEVEL, Estimate
from riskbench.data.weights import frequencies
from riskbench.scorecard.regression.collinearity import dependent_columns
from riskbench.scorecard.regression.inverse import inverse
from riskbench.scorecard.regression.separation import SeparationError, separating
from riskbench.scorecard.regression.units import Units

INTERCEPT = "intercept"
TOLERANCE = 1e-10  # of the largest entry of the mean gradient
UNCONVERGED = 1e-6
SUSPECT_LOGIT = 10.0  # odds beyond 22,000:1 call for the test of separation

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Logit:
    """A fitted logit: coefficients and covariance have the intercept first, then `names`.

    A column without variation has coefficient 0 and no standard error (NaN). `n` counts cases, each by its weight.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    n: float

    @property
    def intercept(self) -> float:
        """The log odds of bad where every column is 0."""
        return float(self.coefficients[0])

    @property
    def slopes(self) -> Floats:
        """The coefficients of `names`."""
        return self.coefficients[1:]

    @property
    def z(self) -> Floats:
        """Wald statistics, the intercept first; H0: the coefficient is 0."""
        return self.coefficients / np.sqrt(np.diag(self.covariance))

    def log_odds(self, W: pd.DataFrame) -> Floats:
        """ln(PD / (1 − PD)) by row."""
        return self.intercept + W[list(self.names)].to_numpy(float) @ self.slopes

    def probability(self, W: pd.DataFrame) -> Floats:
        """Probability of default by row, in (0, 1)."""
        return expit(self.log_odds(W))

    def table(self, level: float = LEVEL) -> pd.DataFrame:
        """Coefficient, standard error, z, two-sided p-value and Wald interval of confidence `level` by term."""
        error = np.sqrt(np.diag(self.covariance))
        reach = ndtri((1 + level) / 2) * error
        return pd.DataFrame(
            {
                "term": [INTERCEPT, *self.names],
                "coefficient": self.coefficients,
                "standard_error": error,
                "z": self.z,
                "p_value": 2 * ndtr(-np.abs(self.z)),
                "lower": self.coefficients - reach,
                "upper": self.coefficients + reach,
            }
        )

    @property
    def degrees(self) -> int:
        """Slopes that were estimated: columns that vary."""
        return int(np.isfinite(self.z[1:]).sum())

    def likelihood_ratio(self) -> Estimate:
        """McFadden's pseudo R², with the likelihood-ratio test that every slope is 0."""
        df = self.degrees
        statistic = 2 * (self.log_likelihood - self.null_log_likelihood)
        p_value = float(chdtrc(df, max(statistic, 0.0))) if df else None
        value = 1 - self.log_likelihood / self.null_log_likelihood
        method = f"McFadden; likelihood ratio, {df} degrees of freedom"
        return Estimate(value, n=round(self.n), method=method, statistic=statistic, p_value=p_value)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; NaN is written as None."""
        covariance = [[float(v) if np.isfinite(v) else None for v in row] for row in self.covariance]
        return {
            "names": list(self.names),
            "coefficients": self.coefficients.tolist(),
            "covariance": covariance,
            "log_likelihood": self.log_likelihood,
            "null_log_likelihood": self.null_log_likelihood,
            "n": self.n,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Logit":
        """The logit that `to_dict` wrote down."""
        return cls(
            tuple(data["names"]),
            np.array(data["coefficients"], float),
            np.array(data["covariance"], float),
            float(data["log_likelihood"]),
            float(data["null_log_likelihood"]),
            data["n"],
        )


def fit_logit(W: pd.DataFrame, y: ArrayLike, start: Logit | None = None, weights: ArrayLike | None = None) -> Logit:
    """Maximum likelihood of y (0/1, 1 = bad) on the columns of `W`.

    `weights` by row are positive and count like frequencies: weight 3 is the row three times over, in the standard
    errors too. `start` is a fit of the same cases to set out from; columns that were all in it need no test for what
    they could not be without it: combinations of each other, or separating the classes.
    Raises ValueError for weights that are not positive and finite, for a target of one class, and for columns that hold
    missing or infinite values or are combinations of others; `SeparationError` (a ValueError) for classes that are
    perfectly separated.

    >>> W = pd.DataFrame({"x": [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]})
    >>> fit_logit(W, [0, 0, 1, 0, 1, 1]).table()["coefficient"].round(4).tolist()  # ln(1/2), ln 2 − ln(1/2)
    [-0.6931, 1.3863]
    """
    target = np.asarray(y, float)
    weight = weights_of(weights, len(target))
    _check(W, target)
    varying = [str(name) for name in W if np.ptp(W[name].to_numpy(float)) > 0]
    tested = start is not None and set(varying) <= set(start.names)
    if not tested and (dependent := dependent_columns(W[varying])):
        raise ValueError(f"columns must not be combinations of others, got {', '.join(map(repr, dependent))}")
    raw = W[varying].to_numpy(float)
    units = Units.of(raw)
    A = units.scaled(raw)
    found = _maximise(A, target, weight, units.there(_start(start, varying)))
    design = np.column_stack([np.ones(len(A)), A])
    log_odds = design @ found
    if not tested and np.abs(log_odds).max() > SUSPECT_LOGIT and (guilty := separating(design, target, varying)):
        raise SeparationError(guilty)
    p = expit(log_odds)
    largest = UNCONVERGED * weight.sum() * max(1.0, float(np.abs(design).max()))
    if np.abs(design.T @ (weight * (p - target))).max() > largest:
        raise ValueError("the logit did not converge: look for a column that nearly separates")
    hessian = (design * (weight * p * (1 - p))[:, None]).T @ design
    back, names = units.back, [str(name) for name in W]
    coefficients, covariance = _over_all(names, varying, back @ found, back @ inverse(hessian) @ back.T)
    reached = float(weight @ (target * log_odds - np.logaddexp(0.0, log_odds)))
    n, bads = float(weight.sum()), float(weight @ target)
    nothing = float(bads * np.log(bads / n) + (n - bads) * np.log1p(-bads / n))
    return Logit(tuple(names), coefficients, covariance, reached, nothing, int(n) if n.is_integer() else n)


def weights_of(weights: ArrayLike | None, rows: int) -> Floats:
    """Weights as floats, one a row, all 1 where none are given; ValueError unless each is positive and finite."""
    return np.ones(rows) if weights is None else frequencies(weights, rows)


def _check(W: pd.DataFrame, target: Floats) -> None:
    if np.unique(target).size < 2:
        raise ValueError(f"y must hold both classes, got {len(target)} times {np.unique(target).tolist()}")
    if wrong := [str(name) for name in W if not np.isfinite(W[name].to_numpy(float)).all()]:
        raise ValueError(f"columns must hold finite numbers, got missing or infinite ones in {', '.join(wrong)}")


def _maximise(A: Floats, target: Floats, weight: Floats, start: Floats | None) -> Floats:
    """Coefficients, the intercept first; warnings are not heard here, the result is checked instead."""
    average = np.average(target, weights=weight)
    if not A.shape[1]:
        return np.array([np.log(average / (1 - average))])
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=TOLERANCE, max_iter=200, warm_start=True)
    if start is not None:
        model.classes_, model.intercept_, model.coef_ = np.array([0.0, 1.0]), start[:1].copy(), start[None, 1:].copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(A, target, sample_weight=weight)
    return np.concatenate([model.intercept_, model.coef_[0]])


def _start(start: Logit | None, names: list[str]) -> Floats | None:
    if start is None:
        return None
    known = dict(zip(start.names, start.slopes, strict=True))
    return np.array([start.intercept, *(known.get(name, 0.0) for name in names)])


def _over_all(names: list[str], varying: list[str], coefficients: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Coefficients and covariance over all columns: those without variation get 0 and no standard error."""
    places = np.array([0, *(1 + names.index(name) for name in varying)])
    every = np.zeros(len(names) + 1)
    every[places] = coefficients
    full = np.full((len(names) + 1,) * 2, np.nan)
    full[np.ix_(places, places)] = covariance
    return every, full
