"""What validation looks at."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.scored import scored

CARD = Scorecard(WoeBinning(max_bins=2)).fit(pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20}), [0, 0, 1, 0, 1, 1] * 20)
SCORES = pd.DataFrame(
    {"application": ["a", "b"], "sample": "test", "month": "2025-01", "y": [0.0, 1.0], "score": [551, 535]}
).assign(pd=[0.1, 0.2], pd_applied=[0.1, 0.2])
APPLICATIONS = pd.DataFrame(
    {"amount_requested": [100, 200], "product": "payday", "channel": ["app", "web"], "salary": 1}, index=[7, 8]
)
STUDY = load_study(Path(__file__).parents[2] / "data" / "microloan" / "study.toml")


def test_amounts_and_segments_stand_beside_the_scores_and_nothing_else():
    rows = scored(STUDY, SCORES, APPLICATIONS, CARD)
    asked = ["sample", "month", "y", "pd", "pd_applied", "pd_of_points", "amount", "product", "channel"]
    assert list(rows) == asked
    assert rows[["amount", "channel"]].to_numpy().tolist() == [[100, "app"], [200, "web"]]


def test_a_study_may_have_neither():
    neither = STUDY.model_copy(update={"base": STUDY.base.model_copy(update={"amount": None, "segments": []})})
    assert list(scored(neither, SCORES, APPLICATIONS, CARD))[-1] == "pd_of_points"


def test_the_pd_of_the_points_may_be_in_another_grade_than_the_pd():
    # 535 points stand for a PD of 16.0 % less a little: grade 5; the exact PD of the second is in grade 6
    rows = scored(STUDY, SCORES, APPLICATIONS, CARD)
    exact, rounded = (grades(rows[name], MasterScale()) for name in ("pd_applied", "pd_of_points"))
    assert (exact - rounded).tolist() == [0, 1]
    assert np.allclose(rows["pd_of_points"], CARD.score_to_pd(SCORES["score"]))


def test_tables_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="must hold the same rows, got 2 and 1"):
        scored(STUDY, SCORES, APPLICATIONS[:1], CARD)
