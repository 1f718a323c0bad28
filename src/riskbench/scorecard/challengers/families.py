"""The families of challengers: each a scikit-learn pipeline on the raw columns, with a small declared grid of settings.

A pipeline takes numbers with missing values, strings and categories, and gives `predict_proba` with the PD in column 1.
The families are declared in one table at the bottom of this file; the first setting of a grid is the default. One core
each; a seed fixes every random draw.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.model_selection import ParameterGrid, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, StandardScaler, TargetEncoder
from sklearn.svm import LinearSVC

from riskbench.scorecard.challengers.kernel_machine import KernelMachine

EXACT_SVM_ROWS = 10_000  # an RBF machine costs the square of the rows
LANDMARKS = 200  # Nyström features of the approximation
TREES = 100  # of a forest
MOST = 5_000  # cases that a tree sees, at most
QUANTILES = 50  # at most, between which numbers are ranked for a support vector machine
ROUNDS = 150  # trees of boosting
NUMBERS = ["number", "bool", "boolean"]
RARE = 0.01  # levels below this share are pooled where levels become columns

Monotone = Mapping[str, int]
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """What a pipeline is built for: `rows` of training data, signs by feature, and the settings of its family."""

    seed: int
    rows: int
    monotone: Monotone
    settings: Settings


@dataclass(frozen=True)
class Challenger:
    """One family: its name, its title, what it is in words, its settings and the unfitted pipeline.

    `additive`: its log odds are a sum of one curve a feature, so that effects are exact. `held`: it respects trends.
    """

    name: str
    title: str
    description: str
    settings: Settings
    estimator: Pipeline
    additive: bool = False
    held: bool = False


@dataclass(frozen=True)
class Family:
    """What all challengers of one kind have in common; `grid` holds the values of each setting, the default first."""

    name: str
    title: str
    describe: Callable[[Terms], str]
    build: Callable[[Terms], Pipeline]
    grid: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    additive: bool = False
    held: bool = False

    @property
    def declared(self) -> list[dict[str, Any]]:
        """Every setting of the grid, the default first."""
        default = {name: values[0] for name, values in self.grid.items()}
        return sorted(ParameterGrid(dict(self.grid)), key=lambda setting: setting != default)

    def challenger(self, seed: int, rows: int, monotone: Monotone, settings: Settings | None = None) -> Challenger:
        """The unfitted challenger with these settings, or with the default."""
        terms = Terms(seed, rows, monotone, dict(settings or self.declared[0]))
        told, built = self.describe(terms), self.build(terms)
        return Challenger(self.name, self.title, told, terms.settings, built, self.additive, self.held)


def build_all(
    seed: int, rows: int, monotone: Monotone | None = None, chosen: Mapping[str, Settings] | None = None
) -> dict[str, Challenger]:
    """Every family by name, unfitted, ready for `rows` rows of training data.

    `monotone` holds, by feature, +1 where the PD may only rise with a number and −1 where it may only fall; the two
    kinds of boosting respect it, the other families cannot. `chosen` holds settings by family, the default where it is
    silent. Raises ValueError for other signs and for settings of no family.

    >>> sorted(build_all(seed=0, rows=1000))
    ['additive', 'boosting', 'forest', 'svm']
    """
    if rows < 1:
        raise ValueError(f"rows must be at least 1, got {rows}")
    signs = dict(monotone or {})
    if wrong := {name: sign for name, sign in signs.items() if sign not in (-1, 0, 1)}:
        raise ValueError(f"monotone must hold -1, 0 or 1 by feature, got {wrong}")
    settings = dict(chosen or {})
    if unknown := [name for name in settings if name not in FAMILIES]:
        raise ValueError(f"the families are {', '.join(FAMILIES)}, got settings of {', '.join(unknown)}")
    return {name: of.challenger(seed, rows, signs, settings.get(name)) for name, of in FAMILIES.items()}


def challenger_table(families: Mapping[str, Challenger]) -> pd.DataFrame:
    """One row a challenger: name, title and description."""
    rows = [(c.name, c.title, c.description) for c in families.values()]
    return pd.DataFrame(rows, columns=["model", "title", "description"])


def settings_told(settings: Settings) -> str:
    """Settings in words, in their order.

    >>> settings_told({"leaves": 8, "learning_rate": 0.06})
    'leaves 8, learning rate 0.06'
    """
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items())


def numbers_with_values(X: pd.DataFrame) -> list[str]:
    """Numeric and boolean columns that hold at least one value; no family can learn from the others."""
    return [name for name in make_column_selector(dtype_include=NUMBERS)(X) if X[name].notna().any()]


def _forest(terms: Terms) -> Pipeline:
    model = RandomForestClassifier(
        n_estimators=TREES,
        min_samples_leaf=terms.settings["leaf_multiple"] * _leaf(terms.rows),
        max_features=terms.settings["features_a_split"],
        max_samples=_cases_a_tree(terms.rows),
        n_jobs=1,
        random_state=terms.seed,
    )
    return make_pipeline(_encoded(terms.seed, SimpleImputer(strategy="median")), model)


def _boosting(terms: Terms, interactions: str | None = None) -> Pipeline:
    model = HistGradientBoostingClassifier(
        learning_rate=terms.settings["learning_rate"],
        max_iter=ROUNDS,
        max_leaf_nodes=terms.settings["leaves"],
        min_samples_leaf=_leaf(terms.rows),
        l2_regularization=1.0,
        early_stopping=False,
        monotonic_cst=dict(terms.monotone) or None,
        interaction_cst=interactions,
        random_state=terms.seed,
    )
    return make_pipeline(_encoded(terms.seed, "passthrough"), model)


def _svm(terms: Terms) -> Pipeline:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(n_quantiles=min(QUANTILES, max(2, terms.rows // 4)), random_state=terms.seed),
        StandardScaler(),
    )
    levels = OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False)
    columns, gamma, c = _columns(numbers, levels), terms.settings["gamma"], terms.settings["C"]
    folds = StratifiedKFold(3, shuffle=True, random_state=terms.seed)
    if terms.rows <= EXACT_SVM_ROWS:
        machine = KernelMachine(C=c, kernel="rbf", gamma=gamma, class_weight="balanced", cache_size=500)
        return make_pipeline(columns, CalibratedClassifierCV(machine, ensemble=False, cv=folds))
    kernel = Nystroem(kernel="rbf", gamma=gamma, n_components=LANDMARKS, random_state=terms.seed)
    linear = LinearSVC(C=c, dual=False, tol=1e-3, class_weight="balanced", random_state=terms.seed)
    return make_pipeline(columns, kernel, CalibratedClassifierCV(linear, ensemble=False, cv=folds))


def _describe_svm(terms: Terms) -> str:
    calibrated = f"{settings_told(terms.settings)}; its margin calibrated to a PD by Platt's sigmoid over three folds."
    if terms.rows <= EXACT_SVM_ROWS:
        return f"Support vector machine, RBF kernel, {calibrated}"
    return (
        f"Linear support vector machine on {LANDMARKS} Nyström features of the RBF kernel, an approximation taken"
        f" above {EXACT_SVM_ROWS:,} rows, {calibrated}"
    )


def _describe_boosting(terms: Terms, kind: str) -> str:
    held = sum(sign != 0 for sign in terms.monotone.values())
    return (
        f"{ROUNDS} histogram-based trees of at most {terms.settings['leaves']} leaves with at least"
        f" {_leaf(terms.rows)} cases each, learning rate {terms.settings['learning_rate']}, {kind}; {held} features"
        " held to the trend of the card's bins, missing values sent where they fit, levels by their cross-fitted bad"
        " rate."
    )


def _describe_forest(terms: Terms) -> str:
    tried = terms.settings["features_a_split"]
    least = terms.settings["leaf_multiple"] * _leaf(terms.rows)
    part = "the square root of the features" if tried == "sqrt" else f"{tried:.0%} of the features"
    return (
        f"{TREES} trees, each on a draw of {_cases_a_tree(terms.rows):.0%} of the cases and {part} a split, at least"
        f" {least} cases a leaf; missing numbers at the median, levels by their cross-fitted bad rate."
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


def _cases_a_tree(rows: int) -> float:
    """The share of cases that a tree of a forest sees: half of them, or less where that is more than `MOST`."""
    return min(0.5, MOST / rows)


def _leaf(rows: int) -> int:
    """Cases in a leaf: one in a thousand, between 10 and 50."""
    return int(np.clip(rows // 1000, 10, 50))


FAMILIES = {
    family.name: family
    for family in (
        Family(
            "forest",
            "Random forest",
            _describe_forest,
            _forest,
            {"features_a_split": ("sqrt", 0.3), "leaf_multiple": (1, 3, 6)},
        ),
        Family(
            "svm",
            "Support vector machine",
            _describe_svm,
            _svm,
            {"C": (0.5, 0.1, 2.5), "gamma": (0.003, 0.001, 0.01)},
        ),
        Family(
            "boosting",
            "Gradient boosting",
            lambda terms: _describe_boosting(terms, "features may interact"),
            _boosting,
            {"leaves": (8, 4, 15), "learning_rate": (0.06, 0.03)},
            held=True,
        ),
        Family(
            "additive",
            "Additive boosting",
            lambda terms: _describe_boosting(terms, "one feature a tree, so that the log odds are a sum of curves"),
            lambda terms: _boosting(terms, "no_interactions"),
            {"leaves": (6, 4, 8), "learning_rate": (0.06, 0.03, 0.1)},
            additive=True,
            held=True,
        ),
    )
}
