"""Tables of scores: PDs at two levels, and goods and bads by band."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.scores import score_distribution, score_table

X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
Y = pd.Series([0, 0, 1, 0, 1, 1] * 20, dtype=float)
CARD = Scorecard(WoeBinning(max_bins=2)).fit(X, Y)
APPLICATIONS = pd.DataFrame(
    {"application": range(120), "month": "2024-01", "sample": "development", "label": "", "y": Y}
)


def test_a_card_moved_to_the_population_is_compared_with_labels_at_the_bad_rate_of_the_data():
    scores = score_table(CARD.shifted(-1.0), APPLICATIONS, X, shift=-1.0)
    assert scores["pd"].to_numpy() == pytest.approx(CARD.predict_proba(X)[:, 1])
    assert scores["pd_applied"].to_numpy() == pytest.approx(expit(logit(scores["pd"].to_numpy()) - 1))
    assert scores["score"].tolist() == CARD.shifted(-1.0).points(X).tolist()


def test_goods_and_bads_are_counted_by_band_and_what_has_no_label_is_not():
    scores = pd.DataFrame({"score": [500, 509, 520, 521], "y": [0, 1, 1, np.nan]})
    assert score_distribution(scores).values.tolist() == [[500, 1, 1], [510, 0, 0], [520, 0, 1]]
