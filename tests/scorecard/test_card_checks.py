"""The checks of a card: what they judge, and that they see what is wrong."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.card_checks import card_checks, rounding_checks
from riskbench.scorecard.reason_texts import ReasonTexts

DRAW = np.random.default_rng(8)
X = pd.DataFrame({"a": DRAW.normal(size=4000), "b": DRAW.integers(0, 5, 4000), "c": DRAW.choice(["x", "y"], 4000)})
Y = pd.Series((DRAW.random(4000) < 1 / (1 + np.exp(1 + X["a"] + 0.4 * X["b"] + (X["c"] == "x")))).astype(int))
CARD = Scorecard(WoeBinning()).fit(X, Y)


def test_rounding_is_not_all_one_way():
    told = {check.name: check.estimate for check in rounding_checks(CARD, X, Y, Thresholds())}
    assert abs(told["champion.rounding_bias"].value) <= told["champion.rounding_error"].value
    assert abs(sum(CARD.neutral_.values()) - (CARD.offset - CARD.factor * CARD.logit_.intercept)) <= 0.5


def test_rounding_is_shown_in_points_auc_and_pd():
    told = {check.name: check.estimate for check in rounding_checks(CARD, X, Y, Thresholds())}
    gap = told["champion.auc_exact.development"].value - told["champion.auc_points.development"].value
    assert told["champion.rounding_auc"].value == pytest.approx(gap)
    assert abs(gap) < 0.005
    exact = CARD.predict_proba(X)[:, 1]
    moved = np.abs(CARD.score_to_pd(CARD.points(X)) - exact)
    assert (told["champion.rounding_pd"].value, told["champion.rounding_pd"].upper) == (moved.mean(), moved.max())


def test_bins_without_a_text_are_counted_against_the_card():
    checks = card_checks(CARD, X, Y, X.iloc[0], Thresholds(), ReasonTexts())
    lacking = next(check for check in checks if check.name == "champion.reason_texts_lacking")
    assert (lacking.estimate.value, lacking.estimate.n) == (1.0, 2 * len(CARD.points_table()))  # no word in either
    assert lacking.status == "amber"
