"""Do decision and default share something that the data do not show? A probit for each, with correlated errors.

    accepted:  s = 1 where z'g + u > 0        (the outcome of the application is known)
    bad:       y = 1 where x'b + e > 0        (seen only where s = 1)

(u, e) are bivariate normal with unit variances and correlation rho (van de Ven and van Praag, Journal of Econometrics
17, 1981; the binary sibling of Heckman, Econometrica 47, 1979). rho = 0: what is hidden does not matter, and the known
outcomes may stand for all at equal x. rho < 0: applications were accepted that are safer than x shows, so declined
ones are riskier than a card fitted on the accepted says.

rho is told from the shape of the normal curve alone unless z holds a variable that moves the decision and does not
move the risk (an exclusion restriction). No data can test that it does not; the caller has to say so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize
from scipy.special import chdtrc, log_ndtr, ndtr, ndtri, owens_t

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats
from riskbench.scorecard.regression.collinearity import dependent_columns

NEXT_TO_0 = 1e-300
SMALLEST = 1e-14  # a probability below is told from rounding no longer
STRIDE = 0.25
WIDEST = 3.0  # of the inverse hyperbolic tangent of rho: .995, past which the likelihood cannot tell


@dataclass(frozen=True, eq=False)
class BivariateProbit:
    """A fitted bivariate probit. Coefficients have the intercept first, then the columns' names.

    `outcome` is b, `decision` is g. `rho` carries its profile-likelihood interval, and statistic and p-value of the
    likelihood-ratio test of rho = 0 (one degree of freedom). Where an end of the interval is -1 or 1, the likelihood
    does not bound it on that side.
    """

    outcome: pd.Series
    decision: pd.Series
    rho: Estimate
    log_likelihood: float

    @property
    def identified(self) -> bool:
        """Whether a variable moves the decision alone; else rho hangs on the normal curve, and PDs on rho."""
        return bool(set(self.decision.index) - set(self.outcome.index))

    @property
    def independence(self) -> Estimate:
        """The p-value of the likelihood-ratio test of rho = 0, with its statistic: small, where the known differ."""
        method = "likelihood ratio of the bivariate probit of decision and default, one degree of freedom"
        return Estimate(self.rho.p_value, n=self.rho.n, method=method, statistic=self.rho.statistic)

    def probability(self, X: pd.DataFrame) -> Floats:
        """PD by row, whatever was decided."""
        return ndtr(_index(self.outcome, X))

    def probability_given(self, X: pd.DataFrame, Z: pd.DataFrame, declined: ArrayLike) -> Floats:
        """PD by row, given that it was declined, or that it was not: P(bad, decision) / P(decision).

        The decision says something of what `X` does not show. Where it was all but impossible it says nothing.
        """
        side = np.where(np.asarray(declined, bool), -1.0, 1.0)
        bad, decided = _index(self.outcome, X), side * _index(self.decision, Z)
        chance = ndtr(decided)
        given = bivariate_normal(bad, decided, side * float(self.rho.value or 0.0)) / np.maximum(chance, SMALLEST)
        return np.where(chance > np.sqrt(SMALLEST), np.minimum(given, 1.0), ndtr(bad))


def fit_bivariate_probit(X: pd.DataFrame, y: ArrayLike, Z: pd.DataFrame) -> BivariateProbit:
    """Maximum likelihood of both probits and rho, of all applications at once.

    `y`: 1 bad, 0 good, NaN where the application was declined. `X` moves the outcome, `Z` the decision; both without
    intercept, one row an application. Raises ValueError for shapes that differ, labels other than these, a missing
    class or decision, columns that do not vary and columns that are combinations of others.
    """
    target = np.asarray(y, float)
    if not len(X) == len(Z) == len(target):
        raise ValueError(f"X, y and Z must have one length, got {len(X)}, {len(target)} and {len(Z)}")
    if (
        not np.isin(target[~np.isnan(target)], (0, 1)).all()
        or not {0.0, 1.0} <= set(target)
        or not np.isnan(target).any()
    ):
        raise ValueError("y must hold 1 (bad), 0 (good) and NaN (declined), each of them at least once")
    for frame in (X, Z):
        if constant := [str(name) for name in frame if frame[name].nunique() < 2]:
            raise ValueError(f"columns must vary, which is not the case for {', '.join(constant)}")
        if dependent := dependent_columns(frame):
            raise ValueError(f"columns must not be combinations of others, got {', '.join(map(repr, dependent))}")
    likelihood = _Likelihood(X, target, Z)
    apart, nothing = likelihood.maximise(np.zeros(likelihood.size - 1), 0.0)
    found = minimize(likelihood.both, [*apart, 0.0], jac=True, method="BFGS", options={"gtol": 1e-8})
    together, curvature = found.x, (found.hess_inv + found.hess_inv.T)[:-1, :-1] / 2
    best, where = -likelihood.both(together)[0] * len(target), float(np.clip(together[-1], -WIDEST, WIDEST))
    statistic = max(0.0, 2 * (best - nothing))

    def short_of_best(at: float) -> float:
        return 2 * (best - likelihood.maximise(together[:-1], at, curvature)[1]) - float(ndtri((1 + LEVEL) / 2)) ** 2

    rho = Estimate(
        float(np.tanh(where)),
        _end(short_of_best, where, -WIDEST),
        _end(short_of_best, where, WIDEST),
        LEVEL,
        len(target),
        "bivariate probit of decision and default; profile likelihood; likelihood-ratio test of rho = 0",
        statistic=float(statistic),
        p_value=float(chdtrc(1, statistic)),
    )
    names = [["intercept", *frame.columns] for frame in (X, Z)]
    split = len(names[0])
    return BivariateProbit(pd.Series(together[:split], names[0]), pd.Series(together[split:-1], names[1]), rho, best)


def bivariate_normal(h: ArrayLike, k: ArrayLike, rho: ArrayLike) -> Floats:
    """P(U <= h, V <= k) of standard normal variables with correlation `rho` in (-1, 1), element by element.

    By Owen's T (Annals of Mathematical Statistics 27, 1956); absolute error about 1e-15.

    >>> bivariate_normal(0.0, 0.0, 0.5).round(12).item()  # 1/4 + arcsin(1/2) / (2 pi)
    0.333333333333
    """
    h, k, rho = np.asarray(h, float), np.asarray(k, float), np.asarray(rho, float)
    h, k = (np.where(x == 0, NEXT_TO_0, x) for x in (h, k))  # the limit from above: no 0 / 0
    root = np.sqrt(1 - np.square(rho))
    with np.errstate(over="ignore"):
        turned = owens_t(h, (k / h - rho) / root) + owens_t(k, (h / k - rho) / root)
    return np.clip((ndtr(h) + ndtr(k)) / 2 - turned - ((h < 0) != (k < 0)) / 2, 0.0, 1.0)


class _Likelihood:
    """Minus the mean log-likelihood and its gradient; parameters are b, g and the inverse hyperbolic tangent of rho."""

    def __init__(self, X: pd.DataFrame, y: Floats, Z: pd.DataFrame):
        self.known = ~np.isnan(y)
        x, z = (np.column_stack([np.ones(len(frame)), frame.to_numpy(float)]) for frame in (X, Z))
        self.x, self.z, self.declined = x[self.known], z[self.known], z[~self.known]
        self.sign = 2 * y[self.known] - 1  # P(good, known) is P(bad, known) with x'b and rho reversed
        self.n, self.split, self.size = len(y), x.shape[1], x.shape[1] + z.shape[1] + 1

    def both(self, parameters: Floats) -> tuple[float, Floats]:
        rho = np.tanh(parameters[-1])
        b, g = parameters[: self.split], parameters[self.split : -1]
        w, v, r = self.sign * (self.x @ b), self.z @ g, self.sign * rho
        refused = -(self.declined @ g)
        p, root = np.maximum(bivariate_normal(w, v, r), SMALLEST), np.sqrt(1 - rho**2)
        value = np.log(p).sum() + log_ndtr(refused).sum()
        by_w = _density(w) * ndtr((v - r * w) / root) / p
        by_v = _density(v) * ndtr((w - r * v) / root) / p
        by_rho = _density(w) * _density((v - r * w) / root) / root / p
        mills = np.exp(-(refused**2) / 2 - log_ndtr(refused)) / np.sqrt(2 * np.pi)
        slope = [
            self.x.T @ (self.sign * by_w),
            self.z.T @ by_v - self.declined.T @ mills,
            [(self.sign * by_rho).sum() * (1 - rho**2)],
        ]
        return -value / self.n, -np.concatenate(slope) / self.n

    def maximise(self, start: Floats, at: float, curvature: Floats | None = None) -> tuple[Floats, float]:
        """The best b and g with rho held, and the log-likelihood there; `curvature` is a first inverse Hessian."""

        def held(parameters: Floats) -> tuple[float, Floats]:
            value, slope = self.both(np.append(parameters, at))
            return value, slope[:-1]

        found = minimize(held, start, jac=True, method="BFGS", options={"gtol": 1e-8, "hess_inv0": curvature})
        return found.x, -float(found.fun) * self.n


def _end(short_of_best: Callable[[float], float], best: float, farthest: float) -> float:
    """Where the profile likelihood has fallen by the critical value, as rho; -1 or 1 if nowhere."""
    stops = np.append(np.arange(best, farthest, np.copysign(STRIDE, farthest)), farthest)
    for inside, outside in pairwise(stops):
        if short_of_best(float(outside)) > 0:
            return float(np.tanh(brentq(short_of_best, inside, outside, xtol=1e-9)))
    return float(np.sign(farthest))


def _index(coefficients: pd.Series, frame: pd.DataFrame) -> Floats:
    names = list(coefficients.index[1:])
    return coefficients.iloc[0] + frame[names].to_numpy(float) @ coefficients.to_numpy()[1:]


def _density(x: Floats) -> Floats:
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
