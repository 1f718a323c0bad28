"""Repeated stratified cross-validation."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold, cross_val_score

from riskbench.validation.cross_validation import cross_validated_auc


def logit(X, y):
    return LogisticRegression(C=np.inf, solver="newton-cholesky").fit(X, y)


def data(n=400):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    return X, (rng.random(n) < 1 / (1 + np.exp(1 - X["a"]))).astype(int).to_numpy()


def fold_aucs(X, y, seeds):
    """The protocol in scikit-learn's words."""
    model = LogisticRegression(C=np.inf, solver="newton-cholesky")
    splits = (StratifiedKFold(5, shuffle=True, random_state=s) for s in seeds)
    return np.concatenate([cross_val_score(model, X, y, cv=s, scoring="roc_auc") for s in splits])


def test_the_value_is_the_mean_over_seeds_and_folds():
    X, y = data()
    e = cross_validated_auc(logit, X, y, repetitions=3, seed=2)
    assert e.value == pytest.approx(fold_aucs(X, y, [2, 3, 4]).mean())
    assert (e.n, e.method) == (400, "mean of 3 × 5-fold cross-validation, seeds 2 to 4; Nadeau–Bengio interval")


def test_the_interval_is_students_with_the_corrected_variance():
    X, y = data()
    aucs = fold_aucs(X, y, [0, 1])  # 10 folds, n_test/n_train = 1/4
    reach = t.ppf(0.975, 9) * np.sqrt((1 / 10 + 1 / 4) * aucs.var(ddof=1))
    e = cross_validated_auc(logit, X, y, repetitions=2)
    assert (e.lower, e.upper) == pytest.approx((aucs.mean() - reach, min(1, aucs.mean() + reach)))


def test_the_same_seed_gives_the_same_estimate():
    X, y = data()
    one, same, other = (cross_validated_auc(logit, X, y, repetitions=1, seed=s) for s in (0, 0, 7))
    assert one == same != other


def test_each_model_is_fitted_on_its_training_rows_alone():
    X, y = data(100)
    trained = []

    def fit(X_train, y_train):
        trained.append(X_train.index)
        return logit(X_train, y_train)

    cross_validated_auc(fit, X, y, repetitions=1)
    tested = [set(X.index) - set(rows) for rows in trained]
    assert sorted(row for fold in tested for row in fold) == list(range(100))


def test_a_class_rarer_than_the_folds_is_not_evaluated():
    X, _ = data(20)
    e = cross_validated_auc(logit, X, np.r_[1, 1, 1, np.zeros(17)], repetitions=1)
    assert e.reason == "the rarer class has 3 cases for 5 folds"


def test_settings_that_are_none_are_refused():
    X, y = data(20)
    with pytest.raises(ValueError, match="folds must be 2 or more and repetitions 1 or more, got 1 and 1"):
        cross_validated_auc(logit, X, y, repetitions=1, folds=1)
    with pytest.raises(ValueError, match="X and y must have the same length, got 20 and 19"):
        cross_validated_auc(logit, X, y[:19], repetitions=1)


def test_folds_are_stratified():
    X, y = data()
    expected = cross_val_score(
        LogisticRegression(C=np.inf, solver="newton-cholesky"),
        X,
        y,
        cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=0),
        scoring="roc_auc",
    ).mean()
    assert cross_validated_auc(logit, X, y, repetitions=1).value == pytest.approx(expected, abs=0.02)


def test_a_customer_who_comes_back_stands_in_one_fold_alone():
    X, y = data(300)
    customers = np.array([f"c{i // 3}" for i in range(300)])
    trained = []

    def fit(X_train, y_train):
        trained.append(set(X_train.index))
        return logit(X_train, y_train)

    found = cross_validated_auc(fit, X, y, customers=customers, repetitions=1)
    for rows in trained:
        judged = sorted(set(range(300)) - rows)
        assert not set(customers[judged]) & set(customers[sorted(rows)])
    assert "each customer in one fold" in found.method


def test_names_of_customers_change_nothing():
    X, y = data(300)
    one, other = (
        cross_validated_auc(logit, X, y, customers=names, repetitions=1)
        for names in (np.arange(300) // 2, [f"{-(i // 2)}" for i in range(300)])
    )
    assert one == other


def test_customers_who_come_once_leave_the_folds_as_they_are():
    X, y = data()
    assert cross_validated_auc(logit, X, y, customers=range(400), repetitions=1) == cross_validated_auc(
        logit, X, y, repetitions=1
    )


def test_customers_of_other_rows_are_refused():
    X, y = data(20)
    with pytest.raises(ValueError, match="one value a row of X, got 3 for 20"):
        cross_validated_auc(logit, X, y, customers=[1, 2, 3], repetitions=1)
