"""A model as explanations see it: a matrix of inputs, the columns of each feature in it, and log odds.

Whether card, forest or machine, all are explained on one scale, the log odds of bad, and by one set of functions
(`effects.py`), so that their reasons can be compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.challengers.families import Challenger
from riskbench.scorecard.challengers.level import log_odds

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Explained:
    """`encode` turns raw rows into a matrix, `log_odds` a matrix into log odds of bad; both are those of one model.

    `additive`: the log odds are a sum of one curve a feature. `columns`: the names of the matrix's columns, where they
    are those of features.
    """

    name: str
    encode: Callable[[pd.DataFrame], Floats]
    log_odds: Callable[[Floats], Floats]
    additive: bool
    columns: tuple[str, ...] | None = None

    def blocks(self, X: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
        """By feature of X the columns of the matrix that it moves within these rows; one that moves none may be out.

        Where columns have no names of features, they are found by holding one feature after another at its first
        value: whatever then changes is its own.
        """
        if self.columns is not None:
            return {name: np.array([place]) for place, name in enumerate(self.columns)}
        matrix = self.encode(X)
        found = {}
        for name in X:
            held = X.assign(**{str(name): X[name].iloc[[0] * len(X)].to_numpy()}).astype({name: X[name].dtype})
            moved = np.flatnonzero((self.encode(held) != matrix).any(axis=0))
            if moved.size:
                found[str(name)] = moved
        return found


def explained_card(card: Scorecard) -> Explained:
    """The card, on weights of evidence: an additive model."""
    slope = card.correction_[1] * card.logit_.slopes
    names = list(card.points_)
    return Explained(
        "champion",
        lambda X: card.binning_.transform(X)[names].to_numpy(float),
        lambda matrix: matrix @ slope + card.correction_[0] + card.correction_[1] * card.logit_.intercept,
        additive=True,
        columns=tuple(names),
    )


def explained_challenger(challenger: Challenger) -> Explained:
    """A fitted challenger, on the columns that its encoder gives."""
    view = _Encoded(challenger.estimator)
    return Explained(challenger.name, view.encode, view.log_odds, challenger.additive, view.columns)


@dataclass(frozen=True)
class _Encoded:
    pipeline: Pipeline

    @cached_property
    def columns(self) -> tuple[str, ...] | None:
        """The names that the machine was fitted with, if it knows any."""
        names = getattr(self.pipeline[1], "feature_names_in_", None)
        return None if names is None else tuple(map(str, names))

    def encode(self, X: pd.DataFrame) -> Floats:
        matrix = self.pipeline[0].transform(X)
        return matrix.to_numpy(float, na_value=np.nan) if isinstance(matrix, pd.DataFrame) else matrix

    def log_odds(self, matrix: Floats) -> Floats:
        frame = matrix if self.columns is None else pd.DataFrame(matrix, columns=list(self.columns))
        return log_odds(self.pipeline[1:], frame)
