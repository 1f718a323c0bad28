"""The checks of a card: what they judge, and that they see what is wrong."""

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.card_checks import card_checks, rounding_checks
from riskbench.scorecard.reason_texts import ReasonTexts


def test_rounding_is_not_all_one_way(card, X, y):
    told = {check.name: check.estimate for check in rounding_checks(card, X, y, Thresholds())}
    assert abs(told["champion.rounding_bias"].value) <= told["champion.rounding_error"].value
    assert abs(sum(card.neutral_.values()) - (card.offset - card.factor * card.logit_.intercept)) <= 0.5


def test_rounding_is_shown_in_points_auc_and_pd(card, X, y):
    told = {check.name: check.estimate for check in rounding_checks(card, X, y, Thresholds())}
    gap = told["champion.auc_exact.development"].value - told["champion.auc_points.development"].value
    assert told["champion.rounding_auc"].value == pytest.approx(gap)
    assert abs(gap) < 0.005
    exact = card.predict_proba(X)[:, 1]
    moved = np.abs(card.score_to_pd(card.points(X)) - exact)
    assert (told["champion.rounding_pd"].value, told["champion.rounding_pd"].upper) == (moved.mean(), moved.max())


def test_bins_without_a_text_are_counted_against_the_card(card, X, y):
    checks = card_checks(card, X, y, X.iloc[0], Thresholds(), ReasonTexts())
    lacking = next(check for check in checks if check.name == "champion.reason_texts_lacking")
    assert (lacking.estimate.value, lacking.estimate.n) == (1.0, 2 * len(card.points_table()))  # no word in either
    assert lacking.status == "amber"
