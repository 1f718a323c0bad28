"""The search for settings: nested inside development, with a budget that is stated before it begins.

Folds are drawn from development alone, each customer in one fold, so that the holdout still judges models that never
met it. Every family tries its default and a random draw from the rest of its grid, on the same folds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import (
    ParameterSampler,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_val_score,
    train_test_split,
)
from sklearn.pipeline import Pipeline

from riskbench.scorecard.challengers.families import FAMILIES, Family, Monotone, Settings, settings_told

Splits = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


@dataclass(frozen=True)
class Budget:
    """What tuning may cost: `settings` tried by each family, `folds` of cross-validation, `rows` at most."""

    settings: int = 3
    folds: int = 3
    rows: int = 4000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.settings < 1 or self.folds < 2 or self.rows < 1:
            got = f"got {self.settings}, {self.folds} and {self.rows}"
            raise ValueError(f"a budget takes 1 setting, 2 folds and 1 row or more, {got}")


@dataclass(frozen=True)
class Tuned:
    """What the search found.

    `table` has one row a setting tried: model, setting in words, `inner_auc`, its standard deviation over folds
    `inner_sd`, `fits` and whether it was chosen. `chosen` holds settings by family, `told` the budget as a sentence.
    """

    table: pd.DataFrame
    chosen: dict[str, Settings]
    told: str

    @property
    def favoured(self) -> str:
        """The family with the largest inner AUC, named before the holdout is seen; the first where none was tuned."""
        best = self.table[self.table["chosen"].astype(bool)].sort_values("inner_auc", ascending=False, kind="stable")
        return str(best["model"].iloc[0]) if len(best) else next(iter(FAMILIES))


def tune(X: pd.DataFrame, y: ArrayLike, customers: ArrayLike, monotone: Monotone, budget: Budget) -> Tuned:
    """Try settings of every family on the development sample X, y (1 = bad); the largest mean inner AUC is chosen.

    Of more than `budget.rows` rows a stratified draw is used. `customers` has one value a row. The default wins a tie.
    Where folds cannot be made nothing is tried: the defaults are chosen, and `told` says so.
    """
    target, who = np.asarray(y, dtype=int), pd.factorize(np.asarray(customers))[0]
    rows = _drawn(target, budget)
    frame, target, who = X.iloc[rows], target[rows], who[rows]
    splits = customer_folds(target, who, budget.folds, budget.seed)
    if not splits:
        told = f"Nothing was tuned: goods, bads or customers are too few for {budget.folds} folds."
        columns = ["model", "setting", "inner_auc", "inner_sd", "fits", "chosen"]
        return Tuned(pd.DataFrame(columns=columns), {name: of.declared[0] for name, of in FAMILIES.items()}, told)
    found: list[dict[str, Any]] = []
    chosen: dict[str, Settings] = {}
    for name, family in FAMILIES.items():
        tried = list(_settings(family, budget))
        aucs = []
        for settings in tried:
            model = ranking(family.challenger(budget.seed, len(X), monotone, settings).estimator)
            aucs.append(cross_val_score(model, frame, target, cv=splits, scoring="roc_auc"))
        best = int(np.argmax([of.mean() for of in aucs]))
        chosen[name] = tried[best]
        found += [
            {
                "model": name,
                "setting": settings_told(settings),
                "inner_auc": float(of.mean()),
                "inner_sd": float(of.std(ddof=1)),
                "fits": len(splits),
                "chosen": place == best,
            }
            for place, (settings, of) in enumerate(zip(tried, aucs, strict=True))
        ]
    table = pd.DataFrame(found)
    return Tuned(table, chosen, _told(int(table["fits"].sum()), len(X), len(frame), budget))


def customer_folds(y: NDArray[np.int64], customers: NDArray[Any], folds: int, seed: int) -> Splits:
    """Stratified folds as pairs of row positions, to train and to judge; a customer who comes back stands in one fold.

    Empty where goods, bads or customers are too few for every fold to hold both classes.

    >>> pairs = customer_folds(np.array([0, 1, 0, 1]), np.array([1, 2, 3, 4]), 2, 0)
    >>> [len(judged) for _, judged in pairs], customer_folds(np.array([0, 1]), np.array([1, 2]), 2, 0)
    ([2, 2], [])
    """
    known, who = np.unique(customers, return_inverse=True)
    if min(y.sum(), len(y) - y.sum()) < folds:
        return []
    repeat = len(known) < len(customers)
    kind = StratifiedGroupKFold if repeat else StratifiedKFold
    splitter = kind(folds, shuffle=True, random_state=seed)
    pairs = list(splitter.split(np.zeros(len(y)), y, who if repeat else None))
    both = all(len(np.unique(y[rows])) == 2 for pair in pairs for rows in pair)
    return pairs if both else []


def ranking(estimator: Pipeline) -> Pipeline:
    """The pipeline without the calibration of its last step, which keeps every rank and costs fits."""
    if not calibrates(estimator):
        return estimator
    return Pipeline([*estimator.steps[:-1], ("machine", estimator[-1].estimator)])


def calibrates(estimator: Pipeline) -> bool:
    """Whether the last step of the pipeline is a calibration."""
    return isinstance(estimator[-1], CalibratedClassifierCV)


def _drawn(y: NDArray[np.int64], budget: Budget) -> NDArray[np.int64]:
    everyone = np.arange(len(y))
    if len(y) <= budget.rows:
        return everyone
    drawn, _ = train_test_split(everyone, train_size=budget.rows, stratify=y, random_state=budget.seed)
    return np.sort(drawn)


def _settings(family: Family, budget: Budget) -> Iterator[Settings]:
    """The default, then a draw without repetition from the rest of the grid."""
    default, *others = family.declared
    yield default
    wanted = min(budget.settings - 1, len(others))
    if wanted:
        places = ParameterSampler({"at": range(len(others))}, wanted, random_state=budget.seed)
        yield from (others[place] for place in sorted(drawn["at"] for drawn in places))


def _told(fits: int, everyone: int, rows: int, budget: Budget) -> str:
    grid = ", ".join(f"{len(of.declared)} of {of.title.lower()}" for of in FAMILIES.values())
    part = "all" if rows == everyone else f"a stratified draw of {rows:,} of the"
    return (
        f"Budget: {fits} fits, at most {budget.settings} settings a family in {budget.folds} folds, on {part}"
        f" {everyone:,} labelled development applications. Settings declared: {grid}."
    )
