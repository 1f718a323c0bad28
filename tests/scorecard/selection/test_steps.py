"""The steps of the funnel, one by one: what leaves, where, and with which reason."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from riskbench.core.thresholds import Override, Thresholds
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.selection import quarters_of, select
from riskbench.scorecard.selection.chance import cycles, false_discoveries, p_value


def outcome(odds, seed=0):
    return (np.random.default_rng(seed).random(len(odds)) < 1 / (1 + np.exp(1.5 - np.asarray(odds)))).astype(int)


def portfolio(n=6000, seed=1):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame({"a": draw.normal(size=n), "b": draw.normal(size=n), "c": draw.normal(size=n)})
    return X, outcome(0.8 * X["a"] + 0.5 * X["b"], seed)


X, Y = portfolio()


def funnel(rows=X, y=Y, **options):
    return select(rows, y, WoeBinning().fit(rows, y), **options).set_index("feature")


def test_a_feature_left_out_leaves_first_with_the_reason_given():
    found = funnel(left_out={"a": "dated after the decision"}).loc["a"]
    assert (found["step"], found["reason"]) == ("left out", "dated after the decision")


def test_a_column_that_hardly_anybody_has_leaves_for_missing():
    rows = X.assign(rare=X["a"].where(np.arange(len(X)) % 50 == 0))
    assert funnel(rows).loc["rare", "reason"] == "missing in 98.0% of the rows, over 95.0%"


def test_a_column_that_tells_the_outcome_alone_is_suspected_of_leakage_unless_kept_by_name():
    rows = X.assign(told=Y + 0.3 * X["c"])
    found = funnel(rows).loc["told"]
    assert found["step"] == "leakage"
    assert "keep it by name if it was known at the decision" in found["reason"]
    assert funnel(rows, keep=["told"]).loc["told", "status"] == "kept"


def quarters():
    return pd.Series(np.repeat(["2023 Q1", "2023 Q2", "2023 Q3"], len(X) // 3))


def test_a_distribution_that_moved_in_the_last_period_leaves():
    late = (quarters() == "2023 Q3").to_numpy()
    found = funnel(X.assign(a=X["a"] + 1.5 * late), periods=quarters())
    assert found.loc["a", "step"] == "stability"
    assert "in 2023 Q3 against development before it, over 0.25 and beyond chance" in found.loc["a", "reason"]
    assert found.loc["b", "csi"] < 0.02


def test_a_shift_that_is_over_is_shown_and_does_not_drop():
    early = (quarters() == "2023 Q1").to_numpy()
    found = funnel(X.assign(a=X["a"] + 1.5 * early), periods=quarters()).loc["a"]
    assert found["csi_largest"] > 0.5
    assert found["step"] != "stability" or found["csi"] > 0.25


def test_a_small_last_period_is_no_proof_of_a_shift():
    few = pd.Series(["2023 Q1"] * (len(X) - 12) + ["2023 Q2"] * 12)
    found = funnel(periods=few)
    assert "stability" not in set(found["step"])
    assert found["csi"].max() > 0.25  # material, and yet within what chance does to twelve cases


def test_without_dates_stability_is_not_evaluated():
    assert funnel()["csi"].isna().all()
    assert quarters_of(pd.Series(["", ""])) is None


def test_months_of_one_quarter_stay_months():
    assert quarters_of(pd.Series(["2023-01", "2023-02"])).tolist() == ["2023-01", "2023-02"]


def test_the_strongest_of_a_cluster_stands_for_it():
    noise = np.random.default_rng(0).normal(size=len(X))
    rows = X.assign(twin=X["a"] + 0.02 * noise, third=X["a"] + 0.05 * noise)
    found = funnel(rows)
    cluster = found.loc[["a", "twin", "third"]]
    assert cluster["cluster"].nunique() == 1
    assert (cluster["status"] == "kept").sum() == 1
    assert cluster["reason"].str.contains("of 3 candidates").sum() == 2


def test_what_the_others_repeat_together_leaves_for_inflation():
    rows = X.assign(sum=X["a"] + X["b"] + X["c"])
    limits = Thresholds({"features.vif": Override(green=3.0, amber=3.0, reason="test"), **nothing_too_weak()})
    found = funnel(rows, thresholds=limits)
    assert "the others together repeat it: variance inflation" in " ".join(found["reason"])


def nothing_too_weak():
    return {"features.iv_floor": Override(green=0.0, amber=0.0, reason="test")}


def test_among_too_many_candidates_those_that_may_be_chance_leave():
    draw = np.random.default_rng(2)
    noise = pd.DataFrame(draw.normal(size=(1500, 40)), columns=[f"noise_{i}" for i in range(40)])
    rows = pd.concat([X.head(1500), noise], axis=1)
    found = funnel(rows, Y[:1500])
    assert (found.loc[["a", "b"], "status"] == "kept").all()
    assert (found["status"] == "kept").sum() <= 4
    doubted = found.loc[found["step"] == "chance", "reason"]
    assert len(doubted)
    assert doubted.str.contains("with it, more than 10% of those kept could be chance (Benj", regex=False).all()


def test_no_more_stay_than_the_bads_can_weigh_together():
    draw = np.random.default_rng(3)
    many = pd.DataFrame(draw.normal(size=(2000, 30)), columns=[f"f{i}" for i in range(30)])
    y = outcome(0.5 * many.sum(axis=1) - 1)
    limits = Thresholds({"features.bads_per_candidate": Override(green=100, amber=100, reason="test")})
    found = funnel(many, y, thresholds=limits)
    assert (found["step"] == "crowding").any()
    assert (found["status"] == "kept").sum() <= y.sum() / 100


def test_the_chance_of_an_information_value_is_right_where_nothing_is_to_be_found():
    draw = np.random.default_rng(4)
    noise = pd.DataFrame(draw.normal(size=(1200, 150)), columns=[f"n{i}" for i in range(150)])
    y = (draw.random(1200) < 0.25).astype(int)
    bins = WoeBinning().fit(noise, y).features_
    p = np.array([p_value(of, 1200) for of in bins.values()])
    # doubled for two directions, so uniform below one half at best; the 1 % point of Kolmogorov's test at 150 is .13
    assert kstest(p[p < 0.4] / 0.4, "uniform").statistic < 1.63 / np.sqrt((p < 0.4).sum())
    assert (p < 0.05).mean() < 0.10


@given(st.integers(1, 60))
def test_the_cycles_of_a_permutation_are_a_distribution_with_the_harmonic_mean(k):
    weights = cycles(k)
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.arange(1, len(weights) + 1) == pytest.approx(sum(1 / i for i in range(1, k + 1)))


def test_false_discoveries_follow_benjamini_and_hochberg():
    p = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.9}  # limits .025 .05 .075 .1 at a share of .1
    assert false_discoveries(p, 0.1) == {"a", "b", "c"}
    assert false_discoveries({"a": 0.5}, 0.1) == set()


def test_periods_of_other_rows_are_refused():
    with pytest.raises(ValueError, match=r"periods must have one label a row of X, 6000, got 2"):
        funnel(periods=pd.Series(["x", "y"]))
