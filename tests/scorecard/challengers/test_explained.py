import numpy as np
import pytest
from scipy.special import logit

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.challengers.explained import explained_card, explained_challenger
from riskbench.scorecard.challengers.families import FAMILIES, build_all


def test_the_card_is_explained_on_its_own_log_odds(mixed):
    X, y = mixed()
    card = Scorecard(WoeBinning(max_bins=4)).fit(X[["number", "level"]], y).recalibrated(0.3, 0.8)
    seen = explained_card(card)
    assert seen.log_odds(seen.encode(X)) == pytest.approx(logit(card.predict_proba(X)[:, 1]))
    assert seen.blocks(X) == {"number": [0], "level": [1]}


@pytest.mark.parametrize("name", FAMILIES)
def test_changing_the_columns_of_a_feature_is_changing_the_feature(mixed, name):
    X, y = mixed()
    challenger = build_all(0, len(X))[name]
    challenger.estimator.fit(X, y)
    seen = explained_challenger(challenger)
    cases = X.head(60)
    matrix, blocks = seen.encode(cases), seen.blocks(cases)
    assert set(blocks) == {"number", "count", "flag", "level", "category"}  # nothing moves with the empty column
    for feature, columns in blocks.items():
        other = cases.assign(**{feature: cases[feature].iloc[::-1].to_numpy()}).astype({feature: X[feature].dtype})
        mixed_up = matrix.copy()
        mixed_up[:, columns] = matrix[::-1][:, columns]
        assert np.array_equal(mixed_up, seen.encode(other), equal_nan=True), feature
