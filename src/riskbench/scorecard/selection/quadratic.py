"""The likelihood of every sub-model from one fit: its second-order approximation around the logit on all candidates.

Twice the log-likelihood lost by coefficients b against the optimum b̂ is about (b − b̂)' H (b − b̂), H the information
with the intercept profiled out (Lawless and Singhal, Biometrics 34, 1978, who eliminate by it; Wang and Leng, JASA 102,
2007, who lay the lasso over it). What would be a refit is then algebra on a small matrix, so that hundreds of
sub-models cost as much as one. WoE asks for coefficients at or below 0: the best such b is a non-negative least
squares problem, solved exactly (Lawson and Hanson 1974). A column that is pressed to 0 comes back by itself as soon as
the columns beside it leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import nnls

from riskbench.scorecard.regression.inverse import inverse
from riskbench.scorecard.regression.logit import Logit

ZERO = 1e-9  # of the largest coefficient: smaller is 0
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Quadratic:
    """`best` is b̂ and `information` H, in the order of `names`; columns in `free` may have either sign."""

    names: tuple[str, ...]
    best: Floats
    information: Floats
    free: frozenset[int]
    n: int

    @classmethod
    def around(cls, fit: Logit, free: Iterable[str] = ()) -> "Quadratic":
        """The approximation around a fit of which every column varies."""
        covariance = fit.covariance[1:, 1:]
        information = inverse(covariance)
        places = frozenset(fit.names.index(name) for name in free if name in fit.names)
        return cls(fit.names, fit.slopes, information, places, int(fit.n))

    def optimum(self, columns: list[int]) -> Floats:
        """The best coefficients with the right sign on some columns; 0 on the others."""
        b = np.zeros(len(self.names))
        if not columns:
            return b
        root = np.linalg.cholesky(self.information).T
        turned = [column for column in columns if column in self.free]  # both signs: the column and its negative
        x, _ = nnls(np.hstack([-root[:, columns], root[:, turned]]), root @ self.best, maxiter=30 * len(self.names))
        b[columns] = -x[: len(columns)]
        b[turned] += x[len(columns) :]
        b[np.abs(b) < ZERO * max(float(np.abs(self.best).max()), ZERO)] = 0.0
        return b

    def lost(self, b: Floats) -> float:
        """Likelihood-ratio statistic of coefficients b against the optimum without signs."""
        return float((b - self.best) @ self.information @ (b - self.best))

    def losses(self, b: Floats) -> dict[int, float]:
        """Likelihood-ratio statistic of each column in use: what its leaving costs, the others adapting."""
        used = [int(j) for j in np.flatnonzero(b)]
        variance = np.diag(inverse(self.information[np.ix_(used, used)])) if used else np.empty(0)
        return dict(zip(used, (b[used] ** 2 / variance).tolist(), strict=True))

    def additions(self, b: Floats) -> dict[int, tuple[float, float]]:
        """By column not in use: the coefficient it would take beside the others, and the likelihood ratio it gains."""
        used = [int(j) for j in np.flatnonzero(b)]
        others = [j for j in range(len(b)) if j not in set(used)]
        gradient = self.information[others] @ (self.best - b)
        own = np.diag(self.information)[others].copy()
        if used:
            across = self.information[np.ix_(used, others)]
            own -= (across * cho_solve(cho_factor(self.information[np.ix_(used, used)]), across)).sum(axis=0)
        own = np.maximum(own, 1e-300)
        return {j: (float(g / o), float(g * g / o)) for j, g, o in zip(others, gradient, own, strict=True)}
