"""What moved the decision and not the risk."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.scorecard.rejects.exclusion import exclusions, identified_by, with_exclusions


def test_the_lenders_own_complete_numbers_are_taken_as_exclusions():
    study = load_study(Path(__file__).parents[3] / "data" / "microloan" / "study.toml")
    table = pd.DataFrame({"legacy_score": [600.0, 610.0], "monthly_rate": [0.02, np.nan], "decision": ["a", "b"]})
    assert exclusions(study, table) == ["legacy_score"]
    assert exclusions(study, table, []) == []
    with pytest.raises(ValueError, match="without gaps, which is not the case for monthly_rate"):
        exclusions(study, table, ["legacy_score", "monthly_rate"])


def test_exclusions_are_scaled():
    X, scores = pd.DataFrame({"x": [1.0, 0.0, 2.0, 3.0]}), pd.DataFrame({"score": [1.0, 2.0, 3.0, 4.0]})
    both = with_exclusions(X, scores, ["score"])
    assert list(both) == ["x", "score"]
    assert both["score"].mean() == pytest.approx(0)
    assert both["score"].std() == pytest.approx(1)


def test_what_identifies_the_correlation_is_said():
    assert "normal curve alone" in identified_by([])
    assert "identified by score" in identified_by(["score"])
