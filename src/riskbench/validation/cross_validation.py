"""The one protocol for an AUC that is compared: repeated stratified k-fold, everything refitted inside each fold.

A customer who comes back stands in one fold alone, else a model would be judged on people that it has seen.
"""

from collections.abc import Callable
from math import sqrt
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike
from pandas import DataFrame, factorize
from scipy.special import stdtrit

from riskbench import metrics
from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import labels


class Classifier(Protocol):
    """Anything fitted that gives PDs in column 1."""

    def predict_proba(self, X: Any) -> Any:
        """Shape (n, 2): probability of good, probability of bad."""


def cross_validated_auc(
    fit: Callable[[DataFrame, np.ndarray], Classifier],
    X: DataFrame,
    y: ArrayLike,
    *,
    customers: ArrayLike | None = None,
    repetitions: int = 10,
    folds: int = 5,
    seed: int = 0,
    level: float = LEVEL,
) -> Estimate:
    """Mean AUC over `repetitions` (seeds `seed`, `seed` + 1, …) of stratified `folds`-fold cross-validation.

    `fit(X_train, y_train)` returns a new fitted model each time, so that binning and selection happen inside the fold;
    fitted outside, they leak. The folds are those of scikit-learn's shuffled `StratifiedKFold` and so hang on the row
    order of `X`; where `customers` (one a row) repeat, they are those of `StratifiedGroupKFold`, which keeps each of
    them in one fold. The interval is Student's with the variance of the fold AUCs enlarged by n_test/n_train, because
    training sets overlap. Source: Nadeau and Bengio, Machine Learning 52 (2003). A class with fewer cases than folds,
    or a fold of one class, gives `Estimate.missing`. Raises ValueError for fewer than 2 folds, 1 repetition, or unequal
    lengths.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if folds < 2 or repetitions < 1:
        raise ValueError(f"folds must be 2 or more and repetitions 1 or more, got {folds} and {repetitions}")
    bad = labels(y).astype(int)
    if len(X) != len(bad):
        raise ValueError(f"X and y must have the same length, got {len(X)} and {len(bad)}")
    who = np.arange(len(bad)) if customers is None else factorize(np.asarray(customers))[0]  # in order of appearance
    if len(who) != len(bad):
        raise ValueError(f"customers must have one value a row of X, got {len(who)} for {len(bad)}")
    repeat = len(np.unique(who)) < len(who)
    kind, apart = (StratifiedGroupKFold, ", each customer in one fold") if repeat else (StratifiedKFold, "")
    method = f"mean of {repetitions} × {folds}-fold cross-validation{apart}, seeds {seed} to {seed + repetitions - 1}"
    rarest = int(min(bad.sum(), len(bad) - bad.sum()))
    if rarest < folds:
        return Estimate.missing(f"the rarer class has {rarest} cases for {folds} folds", len(bad), method)
    aucs: list[float] = []
    for repetition in range(repetitions):
        splitter = kind(folds, shuffle=True, random_state=seed + repetition)
        for train, test in splitter.split(np.zeros(len(bad)), bad, who if repeat else None):
            model = fit(X.iloc[train], bad[train])
            fold = metrics.auc(bad[test], model.predict_proba(X.iloc[test])[:, 1])
            if fold.value is None:
                return Estimate.missing(f"a fold cannot be judged: {fold.reason}", len(bad), method)
            aucs.append(fold.value)
    value = float(np.mean(aucs))
    reach = stdtrit(len(aucs) - 1, (1 + level) / 2) * sqrt((1 / len(aucs) + 1 / (folds - 1)) * np.var(aucs, ddof=1))
    return Estimate(
        value,
        max(0.0, value - float(reach)),
        min(1.0, value + float(reach)),
        level,
        len(bad),
        f"{method}; Nadeau–Bengio interval",
    )
