"""The families of challengers: what each takes, and what it promises."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from riskbench.scorecard.challengers.families import EXACT_SVM_ROWS, FAMILIES, build_all

NAMES = ["additive", "boosting", "forest", "svm"]


@pytest.fixture(scope="module")
def fitted(mixed):
    X, y = mixed()
    return {name: c.estimator.fit(X, y) for name, c in build_all(seed=0, rows=len(X)).items()}


@pytest.mark.parametrize("name", NAMES)
def test_raw_columns_go_in_and_a_useful_pd_comes_out(fitted, mixed, name):
    new, outcome = mixed(seed=1)
    p = fitted[name].predict_proba(new)[:, 1]
    assert ((p >= 0) & (p <= 1)).all()
    assert roc_auc_score(outcome, p) > 0.72
    assert p.mean() == pytest.approx(outcome.mean(), abs=0.08)


@pytest.mark.parametrize("name", NAMES)
def test_levels_never_seen_are_scored(fitted, mixed, name):
    new = mixed()[0].head(3).assign(level="new", category=pd.Categorical(["w"] * 3))
    assert np.isfinite(fitted[name].predict_proba(new)).all()


@pytest.mark.parametrize("name", NAMES)
def test_one_seed_gives_one_model(fitted, mixed, name):
    X, Y = mixed()
    again = clone(build_all(seed=0, rows=len(X))[name].estimator).fit(X, Y)
    assert again.predict_proba(X).tolist() == fitted[name].predict_proba(X).tolist()


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.held])
def test_boosting_respects_the_trends_that_it_is_held_to(mixed, name):
    X, y = mixed()
    model = build_all(0, len(X), monotone={"number": -1})[name].estimator.fit(X, y)  # against what the data say
    ladder = pd.concat([X.iloc[[0]].assign(number=v) for v in np.linspace(-3, 3, 50)])
    assert (np.diff(model.predict_proba(ladder)[:, 1]) <= 0).all()


def test_only_the_additive_family_has_log_odds_that_are_a_sum_of_curves(fitted, mixed):
    X, _ = mixed()
    base, number, level, both = X.iloc[[0]], {"number": 2.0}, {"level": "z"}, {"number": 2.0, "level": "z"}

    def log_odds(name, **told):
        p = fitted[name].predict_proba(base.assign(**told))[0, 1]
        return np.log(p / (1 - p))

    def interaction(name):
        return log_odds(name, **both) - log_odds(name, **number) - log_odds(name, **level) + log_odds(name)

    assert abs(interaction("additive")) < 1e-12
    assert abs(interaction("boosting")) > 1e-3
    assert [name for name, family in FAMILIES.items() if family.additive] == ["additive"]


def test_the_default_stands_first_among_the_settings_that_a_family_declares():
    for family in FAMILIES.values():
        default, *others = family.declared
        assert default == {name: values[0] for name, values in family.grid.items()}
        assert default not in others
        assert family.challenger(0, 100, {}).settings == default


def test_above_ten_thousand_rows_the_svm_is_an_approximation_and_says_so():
    small, large = (build_all(0, rows)["svm"] for rows in (EXACT_SVM_ROWS, EXACT_SVM_ROWS + 1))
    assert "nystroem" not in small.estimator.named_steps
    assert "nystroem" in large.estimator.named_steps
    assert "Nyström" in large.description
    assert "Nyström" not in small.description


def test_the_approximate_svm_ranks_too(mixed):
    X, Y = mixed()
    model = build_all(0, EXACT_SVM_ROWS + 1)["svm"].estimator.fit(X, Y)
    new, outcome = mixed(seed=1)
    assert roc_auc_score(outcome, model.predict_proba(new)[:, 1]) > 0.75


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="rows must be at least 1, got 0"):
        build_all(0, 0)
    with pytest.raises(ValueError, match=r"monotone must hold -1, 0 or 1 by feature, got \{'a': 2\}"):
        build_all(0, 10, monotone={"a": 2})
    with pytest.raises(ValueError, match="the families are forest, svm, boosting, additive, got settings of tree"):
        build_all(0, 10, chosen={"tree": {}})
