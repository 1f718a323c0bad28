"""The logit of which no coefficient has the wrong sign: maximum likelihood subject to slopes at or below 0 on WoE.

WoE is larger where risk is smaller, so a positive slope makes the card pay points for evidence of bad. The likelihood
is concave and the constraints are a cone, so there is one optimum, and it is known when it is met (Karush, Kuhn and
Tucker): the gradient is 0 along the slopes that are free, and none that is pressed to 0 would gain by turning negative.
It is found by an active set as for least squares (Lawson and Hanson, Solving Least Squares Problems, 1974, ch. 23):
each step is an ordinary fit on some of the columns. So the constrained optimum *is* the fit without the columns
pressed to 0. Its standard errors and p-values are those of that fit: they do not know that columns were dropped by
their sign.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.scorecard.regression.logit import Logit, fit_logit, weights_of

GAINS = 1e-8  # of the weight of all cases: a gradient beyond it is a gain


@dataclass(frozen=True, eq=False)
class SignedFit:
    """`logit` on the columns that keep their sign; `free` on all of them, without a constraint."""

    logit: Logit
    free: Logit

    @property
    def pressed(self) -> list[str]:
        """Columns pressed to 0, and so left out of `logit`."""
        return [name for name in self.free.names if name not in self.logit.names]

    @property
    def cost(self) -> float:
        """The log-likelihood that the constraint costs, at least 0."""
        return max(self.free.log_likelihood - self.logit.log_likelihood, 0.0)

    def table(self) -> pd.DataFrame:
        """One row a column, those pressed to 0 first: coefficient and standard error when free, and in the refit."""
        free, kept = (of.table().set_index("term") for of in (self.free, self.logit))
        rows = [
            (name, free.at[name, "coefficient"], free.at[name, "standard_error"])
            for name in [*self.pressed, *self.logit.names]
        ]
        table = pd.DataFrame(rows, columns=["feature", "free_coefficient", "free_standard_error"])
        refit = table["feature"].map(kept["coefficient"]).fillna(0.0)
        return table.assign(coefficient=refit, standard_error=table["feature"].map(kept["standard_error"]))

    def told(self) -> str:
        """What the constraint did, in words."""
        if not self.pressed:
            return "Every coefficient has the right sign without a constraint: none was pressed to 0."
        table = self.table().head(len(self.pressed))
        found = "; ".join(
            f"{name} ({free:+.3f}, standard error {error:.3f})"
            for name, free, error in table.iloc[:, :3].itertuples(index=False)
        )
        return (
            f"Pressed to 0 and left out, because the coefficient without a constraint is positive or turns so beside "
            f"the others: {found}. The refit without costs {self.cost:.2f} of log-likelihood, and the standard errors "
            "are those of the refit: they do not know of the choice."
        )


def fit_signed(W: pd.DataFrame, y: ArrayLike, weights: ArrayLike | None = None) -> SignedFit:
    """Maximum likelihood of y (0/1, 1 = bad) on the columns of `W` with no slope above 0.

    Raises what `fit_logit` raises, for all columns together: combinations of others, separated classes.

    >>> W = pd.DataFrame({"x": [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]})
    >>> fit_signed(W, [0, 0, 1, 0, 1, 1]).pressed  # the bad rate rises with x
    ['x']
    """
    free = fit_logit(W, y, weights=weights)
    target, weight = np.asarray(y, float), weights_of(weights, len(W))
    names = list(free.names)
    fixed = {name for name, z in zip(names, free.z[1:], strict=True) if np.isnan(z)}  # no variation: 0 in any case

    def refit(columns: set[str]) -> Logit:
        return fit_logit(W[[name for name in names if name in columns]], target, free, weight)

    at = dict.fromkeys(names, 0.0)
    active = set(names) - fixed
    fit = _descend(refit, active, at)
    while True:
        residual = weight * (fit.probability(W) - target)
        gains = {n: float(W[n].to_numpy(float) @ residual) for n in names if n not in active | fixed}
        scale = {n: max(float(np.abs(W[n]).max()), 1.0) * weight.sum() for n in gains}
        best = max(gains, key=lambda n: gains[n] / scale[n], default=None)
        if best is None or gains[best] <= GAINS * scale[best]:
            return SignedFit(fit_logit(W[[n for n in names if n in active | fixed]], y, fit, weights), free)
        active.add(best)
        fit = _descend(refit, active, at)


def _descend(refit: Callable[[set[str]], Logit], active: set[str], at: dict[str, float]) -> Logit:
    """From the feasible slopes `at` to the optimum of some of the `active` columns; both are brought up to date.

    The way to the optimum of all of them is gone as far as no slope turns positive; those that would leave.
    """
    while True:
        fit = refit(active)
        goal = dict(zip(fit.names, fit.slopes, strict=True))
        wrong = {name: at[name] / (at[name] - goal[name]) for name in active if goal[name] > 0}
        step = min(wrong.values(), default=1.0)
        at.update({name: at[name] + step * (goal[name] - at[name]) for name in active})
        if not wrong:
            return fit
        leaving = {name for name, reach in wrong.items() if reach <= step}
        at.update(dict.fromkeys(leaving, 0.0))
        active -= leaving
