"""Challengers: other families of models on the same frame as the card, to show what its simplicity costs.

Each is a scikit-learn pipeline that takes the raw columns (numbers with missing values, strings, categories) and gives
`predict_proba` with the PD in column 1. The families are declared in one table at the bottom of this file. One core
each; a seed fixes every random draw.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, TargetEncoder
from sklearn.svm import SVC, LinearSVC

EXACT_SVM_ROWS = 10_000  # an RBF machine costs the square of the rows
NUMBERS = ["number", "bool", "boolean"]
RARE = 0.01  # levels below this share are pooled where levels become columns

Monotone = Mapping[str, int]


@dataclass(frozen=True)
class Challenger:
    """One family: its name, its title, what it is in words, and the unfitted pipeline."""

    name: str
    title: str
    description: str
    estimator: Pipeline


@dataclass(frozen=True)
class _Family:
    name: str
    title: str
    describe: Callable[[int], str]
    build: Callable[[int, int, Monotone], Pipeline]


def challengers(seed: int, rows: int, monotone: Monotone | None = None) -> dict[str, Challenger]:
    """Every family by name, unfitted, ready for `rows` rows of training data.

    `monotone` holds, by feature, +1 where the PD may only rise with a number and −1 where it may only fall; boosting
    respects it, the other families cannot. Raises ValueError for other signs.

    >>> sorted(challengers(seed=0, rows=1000))
    ['boosting', 'forest', 'svm']
    """
    if rows < 1:
        raise ValueError(f"rows must be at least 1, got {rows}")
    signs = dict(monotone or {})
    if wrong := {name: sign for name, sign in signs.items() if sign not in (-1, 0, 1)}:
        raise ValueError(f"monotone must hold -1, 0 or 1 by feature, got {wrong}")
    return {
        family.name: Challenger(family.name, family.title, family.describe(rows), family.build(seed, rows, signs))
        for family in _FAMILIES
    }


def challenger_table(families: Mapping[str, Challenger]) -> pd.DataFrame:
    """One row a challenger: name, title and description."""
    rows = [(c.name, c.title, c.description) for c in families.values()]
    return pd.DataFrame(rows, columns=["model", "title", "description"])


def fit_and_score(
    families: Mapping[str, Challenger], X: pd.DataFrame, y: pd.Series, everyone: pd.DataFrame
) -> pd.DataFrame:
    """Fit every challenger on X and y (1 = bad); the PD of each row of `everyone`, one column a challenger."""
    target = np.asarray(y, dtype=int)
    pds = {c.name: c.estimator.fit(X, target).predict_proba(everyone)[:, 1] for c in families.values()}
    return pd.DataFrame(pds, index=everyone.index)


def _forest(seed: int, rows: int, monotone: Monotone) -> Pipeline:
    model = RandomForestClassifier(
        n_estimators=200,
        min_samples_leaf=_leaf(rows),
        max_features="sqrt",
        max_samples=0.5,
        n_jobs=1,
        random_state=seed,
    )
    return make_pipeline(_encoded(seed, SimpleImputer(strategy="median")), model)


def _boosting(seed: int, rows: int, monotone: Monotone) -> Pipeline:
    model = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=_leaf(rows),
        l2_regularization=1.0,
        early_stopping=False,
        monotonic_cst=dict(monotone) or None,
        random_state=seed,
    )
    return make_pipeline(_encoded(seed, "passthrough"), model)


def _svm(seed: int, rows: int, monotone: Monotone) -> Pipeline:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(n_quantiles=min(200, rows), output_distribution="normal", random_state=seed),
    )
    levels = OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False)
    columns = _columns(numbers, levels)
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    if rows <= EXACT_SVM_ROWS:
        machine = SVC(C=0.5, kernel="rbf", gamma="scale", class_weight="balanced", cache_size=500)
        return make_pipeline(columns, CalibratedClassifierCV(machine, ensemble=False, cv=folds))
    kernel = Nystroem(kernel="rbf", gamma=0.003, n_components=200, random_state=seed)
    linear = LinearSVC(C=0.2, dual=False, tol=1e-3, class_weight="balanced", random_state=seed)
    return make_pipeline(columns, kernel, CalibratedClassifierCV(linear, ensemble=False, cv=folds))


def _describe_svm(rows: int) -> str:
    if rows <= EXACT_SVM_ROWS:
        return "Support vector machine, RBF kernel, its margin calibrated to a PD by Platt's sigmoid over three folds."
    return (
        f"Linear support vector machine on 200 Nyström features of the RBF kernel, an approximation taken above"
        f" {EXACT_SVM_ROWS:,} rows, its margin calibrated to a PD by Platt's sigmoid over three folds."
    )


def _encoded(seed: int, numbers: BaseEstimator | str) -> ColumnTransformer:
    """Numbers as they are, each level as the cross-fitted bad rate of its cases."""
    rates = TargetEncoder(target_type="binary", cv=StratifiedKFold(5, shuffle=True, random_state=seed))
    return _columns(numbers, rates).set_output(transform="pandas")


def _columns(numbers: BaseEstimator | str, levels: BaseEstimator) -> ColumnTransformer:
    return ColumnTransformer(
        [
            ("numbers", numbers, numbers_with_values),
            ("levels", levels, make_column_selector(dtype_exclude=NUMBERS)),
        ],
        verbose_feature_names_out=False,
    )


def numbers_with_values(X: pd.DataFrame) -> list[str]:
    """Numeric and boolean columns that hold at least one value; no family can learn from the others."""
    return [name for name in make_column_selector(dtype_include=NUMBERS)(X) if X[name].notna().any()]


def _leaf(rows: int) -> int:
    """Cases in a leaf: one in a thousand, between 10 and 50."""
    return int(np.clip(rows // 1000, 10, 50))


_FAMILIES = (
    _Family(
        "forest",
        "Random forest",
        lambda rows: (
            f"200 trees, each on half of the cases and the square root of the features a split, at least {_leaf(rows)}"
            " cases a leaf; missing numbers at the median, levels by their cross-fitted bad rate."
        ),
        _forest,
    ),
    _Family("svm", "Support vector machine", _describe_svm, _svm),
    _Family(
        "boosting",
        "Gradient boosting",
        lambda rows: (
            f"150 histogram-based trees of at most 15 leaves with at least {_leaf(rows)} cases each, learning rate .06;"
            " missing values sent where they fit, levels by their cross-fitted bad rate."
        ),
        _boosting,
    ),
)
