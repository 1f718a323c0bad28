import re

import pytest

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.challengers.families import EXACT_SVM_ROWS, FAMILIES
from riskbench.scorecard.challengers.size import card_size, challenger_size


@pytest.mark.parametrize(
    ("name", "rows", "told"),
    [
        ("forest", 600, r"[\d,]+ leaves in 100 trees"),
        ("svm", 600, r"\d+ support vectors of \d+ inputs"),
        ("svm", EXACT_SVM_ROWS + 1, "200 coefficients on kernel features"),
        ("boosting", 600, "at most 1,200 leaves in 150 trees"),  # 150 trees of 8
        ("additive", 600, "at most 900 leaves in 150 trees"),  # 150 trees of 6
    ],
)
def test_a_model_says_what_it_holds(mixed, name, rows, told):
    estimator = FAMILIES[name].challenger(0, rows, {}).estimator.fit(*mixed())
    assert re.fullmatch(told, challenger_size(estimator))


def test_a_card_says_its_points(mixed):
    X, y = mixed()
    card = Scorecard(WoeBinning(max_bins=2)).fit(X[["flag"]], y)
    assert card_size(card) == f"{len(card.points_['flag'])} points in 1 features"
