"""Whether a candidate's distribution holds over time: who leaves for it, and where it cannot be judged."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.selection import quarters_of


@pytest.fixture
def quarters(X) -> pd.Series:
    return pd.Series(np.repeat(["2023 Q1", "2023 Q2", "2023 Q3"], len(X) // 3))


def test_a_distribution_that_moved_in_the_last_period_leaves(X, funnel, quarters):
    late = (quarters == "2023 Q3").to_numpy()
    found = funnel(X.assign(a=X["a"] + 1.5 * late), periods=quarters)
    assert found.loc["a", "step"] == "stability"
    assert "in 2023 Q3 against development before it, over 0.25 and beyond chance" in found.loc["a", "reason"]
    assert found.loc["b", "csi"] < 0.02


def test_a_shift_that_is_over_is_shown_and_does_not_drop(X, funnel, quarters):
    early = (quarters == "2023 Q1").to_numpy()
    found = funnel(X.assign(a=X["a"] + 1.5 * early), periods=quarters).loc["a"]
    assert found["csi_largest"] > 0.5
    assert found["step"] != "stability" or found["csi"] > 0.25


def test_a_small_last_period_is_no_proof_of_a_shift(X, funnel):
    few = pd.Series(["2023 Q1"] * (len(X) - 12) + ["2023 Q2"] * 12)
    found = funnel(periods=few)
    assert "stability" not in set(found["step"])
    assert found["csi"].max() > 0.25  # material, and yet within what chance does to twelve cases


def test_without_dates_stability_is_not_evaluated(funnel):
    assert funnel()["csi"].isna().all()
    assert quarters_of(pd.Series(["", ""])) is None


def test_months_of_one_quarter_stay_months():
    assert quarters_of(pd.Series(["2023-01", "2023-02"])).tolist() == ["2023-01", "2023-02"]


def test_periods_of_other_rows_are_refused(funnel):
    with pytest.raises(ValueError, match=r"periods must have one label a row of X, 6000, got 2"):
        funnel(periods=pd.Series(["x", "y"]))
