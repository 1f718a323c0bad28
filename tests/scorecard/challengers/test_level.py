"""Challengers at the level of the champion."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from riskbench.data.study import Study, load_study
from riskbench.metrics import calibration_line
from riskbench.scorecard.challengers.families import build_all
from riskbench.scorecard.challengers.level import FOLDS, LEAST, fit_all, log_odds, out_of_fold
from riskbench.scorecard.challengers.tuning import customer_folds

MICROLOAN = load_study(Path(__file__).parents[3] / "data" / "microloan" / "study.toml").model_dump()
TARGET = {"kind": "target", "target": 0.06, "because": "the last ten years"}


def portfolio(mixed, n=800):
    X, y = mixed(n=n)
    sample = np.where(np.arange(n) < n // 2, "development", "test")
    rows = {"application": range(n), "customer": range(n), "month": "2024-01", "sample": sample, "y": y.astype(float)}
    return pd.DataFrame(rows), X


def fit(mixed, names, **parts):
    applications, X = portfolio(mixed)
    families = {name: c for name, c in build_all(0, len(X) // 2).items() if name in names}
    return fit_all(families, Study.model_validate(MICROLOAN | parts), applications, X), applications, families, X


def test_a_line_keeps_every_rank_and_draws_an_overfitted_model_together(mixed):
    fitted, _, families, X = fit(mixed, ["boosting"])
    own, levelled = families["boosting"].estimator.predict_proba(X)[:, 1], fitted.pds["boosting"].to_numpy()
    assert (np.argsort(own, kind="stable") == np.argsort(levelled, kind="stable")).all()
    slope, intercept = fitted.lines.loc[0, ["slope", "intercept"]]
    assert slope < 0.9  # 150 trees on 400 cases
    assert logit(levelled) == pytest.approx(intercept + slope * logit(own))


def test_the_line_is_that_of_cases_which_the_model_did_not_learn_from(mixed):
    fitted, _, families, X = fit(mixed, ["forest"])
    y = mixed(n=800)[1][:400]
    outside = out_of_fold(families["forest"].estimator, X[:400], y, customer_folds(y, np.arange(400), FOLDS, 0))
    line = calibration_line(y, 1 / (1 + np.exp(-outside)))
    assert fitted.lines.loc[0, ["intercept", "slope"]].tolist() == pytest.approx(
        [line.intercept.value, line.slope.value]
    )


def test_a_pipeline_that_calibrates_itself_gets_no_second_line(mixed):
    fitted, _, families, X = fit(mixed, ["svm"])
    assert fitted.lines.loc[0, ["slope", "intercept"]].tolist() == [1, 0]
    assert fitted.pds["svm"].to_numpy() == pytest.approx(families["svm"].estimator.predict_proba(X)[:, 1])


def test_a_target_moves_all_log_odds_by_one_amount_to_the_level_asked_for(mixed):
    bare, *_ = fit(mixed, ["additive"])
    moved, *_ = fit(mixed, ["additive"], calibration=TARGET)
    shift = logit(moved.pds["additive"]) - logit(bare.pds["additive"])
    assert shift.std() < 1e-12
    assert moved.pds["additive"].mean() < 0.5 * bare.pds["additive"].mean()  # from about 35 % bad to 6 %


def test_pds_of_0_and_1_keep_finite_log_odds():
    class Certain:
        def predict_proba(self, X):
            return np.array([[1.0, 0.0], [0.0, 1.0]])

    assert log_odds(Certain(), None) == pytest.approx([logit(LEAST), -logit(LEAST)])
