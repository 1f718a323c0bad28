import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.bands import band_codes, band_edges


def counts(scores: list[float], edges: list[float]) -> list[int]:
    return np.bincount(band_codes(pd.Series(scores), edges).score).tolist()


def test_bands_are_deciles_of_development_and_merge_where_scores_repeat():
    assert counts(range(100), band_edges(range(100))) == [10] * 10
    assert band_edges([500] * 95 + [600] * 5).tolist() == []
    assert counts([500] * 50 + [600] * 50, band_edges([500] * 50 + [600] * 50)) == [50, 50]


def test_a_score_beyond_all_of_development_falls_in_the_outer_bands():
    assert band_codes(pd.Series([-1e9, 1e9]), band_edges(range(100))).score.tolist() == [0, 9]


def test_codes_keep_the_index_of_the_scores():
    assert band_codes(pd.Series([500.0], index=[7]), [450.0]).index.tolist() == [7]


@pytest.mark.parametrize("scores", [[500, np.nan], [np.inf]])
def test_scores_must_be_finite(scores):
    with pytest.raises(ValueError, match="scores must be finite, got 1"):
        band_edges(scores)


def test_one_band_or_no_score_gives_no_bands():
    with pytest.raises(ValueError, match="bands need two or more and at least one score, got 1 bands and 2 scores"):
        band_edges([500, 600], bands=1)
