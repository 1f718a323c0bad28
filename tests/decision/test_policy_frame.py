"""What a policy reads of a study's applications."""

from pathlib import Path

import pandas as pd

from riskbench.data.study import load_study
from riskbench.decision.policy_frame import policy_frame

STUDY = load_study(Path(__file__).parents[2] / "data" / "taiwan" / "study.toml")
SCORES = pd.DataFrame({"score": [500, 600], "pd": [0.2, 0.1], "pd_applied": [0.2, 0.1]})
FEATURES = pd.DataFrame({"application": ["p", "q"], "amount": [0.0, None], "income": [1.0, 2.0]})


def test_a_feature_called_amount_is_not_taken_for_the_amount_asked_for() -> None:
    study = STUDY.model_copy(update={"base": STUDY.base.model_copy(update={"amount": None})})
    frame = policy_frame(study, pd.DataFrame({"y": [1.0, 0.0]}), FEATURES, SCORES)
    assert "amount" not in frame
    assert frame["income"].tolist() == [1.0, 2.0]


def test_the_amount_of_the_study_stands_before_a_feature_of_that_name() -> None:
    frame = policy_frame(STUDY, pd.DataFrame({"y": [1.0, 0.0], "LIMIT_BAL": [10, 20]}), FEATURES, SCORES)
    assert frame["amount"].tolist() == [10.0, 20.0]


def test_the_policy_in_force_stands_beside_where_its_decisions_are_known() -> None:
    study = load_study(Path(__file__).parents[2] / "data" / "microloan" / "study.toml")
    applications = pd.DataFrame({"y": [1.0, 0.0], "amount_requested": [10, 20], "decision": ["approve", "decline"]})
    assert policy_frame(study, applications, FEATURES, SCORES)["in_force"].tolist() == [True, False]
    assert "in_force" not in policy_frame(STUDY, pd.DataFrame({"y": [1.0, 0.0], "LIMIT_BAL": [1, 2]}), FEATURES, SCORES)
