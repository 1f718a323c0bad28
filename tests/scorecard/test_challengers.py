import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from riskbench.scorecard.challengers import EXACT_SVM_ROWS, challengers

NAMES = ["boosting", "forest", "svm"]


def mixed(n=600, seed=0):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "number": draw.normal(size=n),
            "count": pd.array(draw.integers(0, 9, n), dtype="Int64"),
            "flag": draw.random(n) < 0.5,
            "level": pd.Series(draw.choice(["x", "y", "z"], n), dtype="str"),
            "category": pd.Categorical(draw.choice(["u", "v"], n)),
            "empty": np.full(n, np.nan),
        }
    )
    y = (draw.random(n) < 1 / (1 + np.exp(1 - 1.5 * X["number"] - (X["level"] == "x")))).astype(int).to_numpy()
    for name in ("number", "count", "level"):
        X.loc[draw.random(n) < 0.1, name] = None
    return X, y


X, Y = mixed()


@pytest.fixture(scope="module")
def fitted():
    return {name: c.estimator.fit(X, Y) for name, c in challengers(seed=0, rows=len(X)).items()}


@pytest.mark.parametrize("name", NAMES)
def test_raw_columns_go_in_and_a_useful_pd_comes_out(fitted, name):
    new, outcome = mixed(seed=1)
    p = fitted[name].predict_proba(new)[:, 1]
    assert ((p >= 0) & (p <= 1)).all()
    assert roc_auc_score(outcome, p) > 0.72
    assert p.mean() == pytest.approx(outcome.mean(), abs=0.08)


@pytest.mark.parametrize("name", NAMES)
def test_levels_never_seen_are_scored(fitted, name):
    new = X.head(3).assign(level="new", category=pd.Categorical(["w"] * 3))
    assert np.isfinite(fitted[name].predict_proba(new)).all()


@pytest.mark.parametrize("name", NAMES)
def test_one_seed_gives_one_model(fitted, name):
    again = clone(challengers(seed=0, rows=len(X))[name].estimator).fit(X, Y)
    assert again.predict_proba(X).tolist() == fitted[name].predict_proba(X).tolist()


def test_boosting_respects_monotone_constraints():
    model = challengers(0, len(X), monotone={"number": 1})["boosting"].estimator.fit(X, Y)
    ladder = pd.concat([X.iloc[[0]].assign(number=v) for v in np.linspace(-3, 3, 50)])
    assert (np.diff(model.predict_proba(ladder)[:, 1]) >= 0).all()


def test_above_ten_thousand_rows_the_svm_is_an_approximation_and_says_so():
    small, large = (challengers(0, rows)["svm"] for rows in (EXACT_SVM_ROWS, EXACT_SVM_ROWS + 1))
    assert "nystroem" not in small.estimator.named_steps
    assert "nystroem" in large.estimator.named_steps
    assert "Nyström" in large.description
    assert "Nyström" not in small.description


def test_the_approximate_svm_ranks_too():
    model = challengers(0, EXACT_SVM_ROWS + 1)["svm"].estimator.fit(X, Y)
    new, outcome = mixed(seed=1)
    assert roc_auc_score(outcome, model.predict_proba(new)[:, 1]) > 0.75


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="rows must be at least 1, got 0"):
        challengers(0, 0)
    with pytest.raises(ValueError, match=r"monotone must hold -1, 0 or 1 by feature, got \{'a': 2\}"):
        challengers(0, 10, monotone={"a": 2})
