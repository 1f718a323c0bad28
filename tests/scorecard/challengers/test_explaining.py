import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.challengers.explained import Explained
from riskbench.scorecard.challengers.explaining import Plan, explain, riskiest, trend_breaks


def model(name, formula, additive):
    return Explained(name, lambda X: X.to_numpy(float), formula, additive, ("a", "b"))


CASES = pd.DataFrame(np.random.default_rng(0).uniform(-1, 1, size=(80, 2)), columns=["a", "b"])
LINE = model("line", lambda Z: 2 * Z[:, 0] - Z[:, 1], True)
TURN = model("turn", lambda Z: Z[:, 0] ** 2 * np.sign(Z[:, 1]), False)


def test_a_trend_is_broken_by_as_much_as_the_worst_case_moves_against_it():
    assert trend_breaks(LINE, CASES, {"a": 1, "b": -1}) == {"a": 0.0, "b": 0.0}
    told = trend_breaks(LINE, CASES, {"a": -1}, steps=2)
    assert told["a"] == pytest.approx(2 * (CASES["a"].max() - CASES["a"].min()))
    assert trend_breaks(TURN, CASES, {"a": 1})["a"] > 0


def test_a_constant_breaks_no_trend():
    assert trend_breaks(LINE, CASES.assign(a=1.0), {"a": -1}) == {"a": 0.0}


def test_every_model_explains_the_same_cases_and_exact_effects_leave_no_gap():
    told = explain([LINE, TURN], CASES, CASES, {"a": 1}, Plan(cases=20, background=30))
    assert told.effects["line"].values.index.equals(told.effects["turn"].values.index)
    assert len(told.effects["line"].values) == 20
    assert told.gap < 1e-12
    assert told.breaks["line"] == {"a": 0.0}


def test_the_riskiest_include_all_who_share_the_pd_at_the_border():
    assert riskiest(pd.Series([0.9, 0.5, 0.5, 0.1]), 0.5).tolist() == [True, True, True, False]
    assert riskiest(pd.Series([0.9, 0.8, np.nan, np.nan]), 0.5).tolist() == [True, False, False, False]  # of two


def test_a_plan_that_explains_nobody_is_refused():
    with pytest.raises(ValueError, match=r"a share in \(0, 1\], got 0, 200 and 0.3"):
        Plan(cases=0)
