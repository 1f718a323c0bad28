import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.calibration.master_scale import (
    cases_by_grade,
    grades,
    representative_pds,
    scale_table,
    score_bands,
)

SCALE = MasterScale()
CARD = Scorecard(WoeBinning(max_bins=2)).fit(pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20}), [0, 0, 1, 0, 1, 1] * 20)
SCORES = pd.DataFrame(
    {
        "sample": ["development"] * 4 + ["test"] * 2,
        "pd_applied": [0.005, 0.015, 0.015, 0.5, 0.1, 0.2],
        "score": [640, 608, 608, 487, 551, 527],
    }
)


def test_a_pd_on_an_edge_belongs_to_the_riskier_grade():
    assert grades([0, 0.0099, 0.01, 0.0799, 0.08, 0.32, 1], SCALE).tolist() == [1, 1, 2, 4, 5, 7, 7]


@given(st.lists(st.floats(0, 1), min_size=2))
def test_a_riskier_case_is_never_in_a_safer_grade(pds):
    assert (np.diff(grades(sorted(pds), SCALE)) >= 0).all()


def test_a_grade_stands_for_the_geometric_middle_of_its_band():
    # √(.01 · .02), and with half of the lowest and twice the highest edge √(.005 · .01) and √(.32 · .64)
    found = representative_pds(SCALE)
    assert found[[0, 1, 6]] == pytest.approx([0.00707107, 0.01414214, 0.45254834])
    assert grades(found, SCALE).tolist() == [1, 2, 3, 4, 5, 6, 7]


@given(
    st.integers(-200, 1200),
    st.sampled_from([SCALE, MasterScale(version="x", geometric={"grades": 30, "lowest": 0.3, "highest": 0.5})]),
)
def test_a_score_lies_in_the_band_of_the_grade_of_its_pd_and_in_no_other(score, scale):
    inside = [
        (low is None or score >= low) and (high is None or score <= high) for low, high in score_bands(CARD, scale)
    ]
    assert np.flatnonzero(inside).tolist() == [grades(CARD.score_to_pd([score]), scale)[0] - 1]


def test_an_edge_that_is_a_whole_score_belongs_to_the_riskier_grade():
    # 600 points stand for odds of 50:1, a PD of exactly 1/51
    scale = MasterScale(version="x", edges=[float(CARD.score_to_pd(600))])
    assert score_bands(CARD, scale) == [(601, None), (None, 600)]


def test_the_table_says_how_each_sample_fills_the_grades():
    table = scale_table(CARD, SCORES, SCALE)
    assert table["development"].tolist() == [0.25, 0.5, 0, 0, 0, 0, 0.25]
    assert table["test"].tolist() == [0, 0, 0, 0, 0.5, 0.5, 0]
    assert table["mean_pd"].tolist()[:2] == [0.005, 0.015]
    assert np.isnan(table["mean_pd"][2])


def test_the_table_gives_the_bands_in_percent_and_in_points():
    # an edge of 2 % is odds of 49:1, 487.123 + 28.8539 · ln 49 = 599.4 points; 1 % is 619.7
    table = scale_table(CARD, SCORES, SCALE)
    assert table["pd"].tolist()[::3] == ["< 1 %", "4 to 8 %", "≥ 32 %"]
    assert table["score"].tolist()[:2] == ["≥ 620", "600 to 619"]
    narrow = MasterScale(version="x", edges=[0.1, 0.1001])
    assert scale_table(CARD, SCORES, narrow)["score"].tolist() == ["≥ 551", "none", "≤ 550"]


def test_cases_are_counted_by_grade_empty_ones_included():
    assert cases_by_grade([1, 1, 7], SCALE).tolist() == [2, 0, 0, 0, 0, 0, 1]
