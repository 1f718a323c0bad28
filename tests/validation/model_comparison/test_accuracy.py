"""Paired differences of Brier score and log loss."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from riskbench import metrics
from riskbench.validation.model_comparison.accuracy import accuracy, brier_gain, brier_gains, log_loss_gain
from riskbench.validation.model_comparison.judged import Judged

DRAW = np.random.default_rng(0)
TRUE = DRAW.uniform(0.02, 0.6, 3000)
Y = (DRAW.random(3000) < TRUE).astype(float)
CRUDE = np.clip(TRUE + DRAW.normal(0, 0.1, 3000), 0.01, 0.9)


def judged(**pds):
    return Judged(Y, pd.DataFrame(pds), np.ones_like(Y), None)


def test_gains_are_differences_of_the_scores_of_scikit_learn():
    assert brier_gain(Y, TRUE, CRUDE).value == pytest.approx(brier_score_loss(Y, CRUDE) - brier_score_loss(Y, TRUE))
    assert log_loss_gain(Y, TRUE, CRUDE).value == pytest.approx(log_loss(Y, CRUDE) - log_loss(Y, TRUE))


def test_the_interval_is_that_of_paired_differences():
    e = brier_gain([0, 0, 1], [0.1, 0.2, 0.9], [0.2, 0.2, 0.7])
    # differences .04 − .01, 0, .09 − .01: mean .036667, sd .0404145, se .0233333
    assert (e.value, e.upper - e.value) == pytest.approx((0.11 / 3, 1.959964 * 0.0233333), rel=1e-5)
    assert brier_gain(Y, TRUE, CRUDE).lower > 0


def test_a_model_gains_exactly_nothing_over_itself():
    for gain in (brier_gain, log_loss_gain):
        e = gain(Y, TRUE, TRUE)
        assert (e.value, e.lower, e.upper) == (0, 0, 0)


def test_a_certain_pd_that_proved_wrong_has_no_log_loss_and_one_that_proved_right_has():
    e = log_loss_gain([1, 0], [0.0, 0.5], [0.5, 0.5])
    assert e.reason == "a PD of exactly 0 or 1 proved wrong, so the log loss is infinite"
    assert log_loss_gain([1, 0], [1.0, 0.5], [0.5, 0.5]).value == pytest.approx(np.log(2) / 2)


def test_the_table_has_the_champion_first_without_a_gain_and_the_line_of_every_model():
    table = accuracy(judged(true=TRUE, champion=CRUDE)).set_index("model")
    assert list(table.index) == ["champion", "true"]
    assert table.loc["champion", ["brier_gain", "log_loss_gain_upper"]].isna().all()
    line = metrics.calibration_line(Y, TRUE)
    assert table.loc["true", "calibration_slope"] == line.slope.value
    assert table.loc["true", "intercept_upper"] == line.intercept.upper


def test_without_cases_nothing_is_evaluated():
    (result,) = brier_gains(Judged(Y[:0], pd.DataFrame({"champion": [], "a": []}), Y[:0], None), "test")
    assert (result.name, result.status, result.reason) == (
        "a.brier_gain.test",
        "not_evaluated",
        "there are no cases",
    )
