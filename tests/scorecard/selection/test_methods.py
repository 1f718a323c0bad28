"""Weighing features beside each other: the approximation of the likelihood, and the methods that read it."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.regression.logit import fit_logit
from riskbench.scorecard.selection import METHODS, compare_methods, select
from riskbench.scorecard.selection.methods import ChoiceRule, backward, forward, lasso, stepwise
from riskbench.scorecard.selection.quadratic import Quadratic


def sample(n=5000, seed=0):
    draw = np.random.default_rng(seed)
    W = pd.DataFrame(draw.normal(size=(n, 5)), columns=list("abcde"))
    W["f"] = 0.8 * W["a"] + 0.6 * draw.normal(size=n)
    log_odds = -1.5 - 0.5 * W["a"] - 0.3 * W["b"] - 0.06 * W["c"] + 0.25 * W["f"]
    return W, (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int).to_numpy()


W, Y = sample()
FIT = fit_logit(W, Y)
Q = Quadratic.around(FIT)
AIC = ChoiceRule(0.157)


def quadratics():
    """Small quadratics with a positive definite matrix."""
    return st.integers(0, 10_000).map(_quadratic)


def _quadratic(seed):
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(5, 4))
    names = tuple("abcd")
    return Quadratic(names, 2 * draw.normal(size=4), root.T @ root + 0.1 * np.eye(4), frozenset(), 100)


@given(quadratics())
@settings(max_examples=40)
def test_the_optimum_with_signs_is_that_of_a_general_solver(q):
    found = q.optimum([0, 1, 2, 3])
    other = minimize(
        lambda b: q.lost(b), np.zeros(4), bounds=[(None, 0)] * 4, method="L-BFGS-B", options={"ftol": 1e-14}
    )
    assert (found <= 0).all()
    assert q.lost(found) <= other.fun + 1e-6 * (1 + other.fun)


@given(quadratics())
@settings(max_examples=40)
def test_pressed_columns_would_have_the_wrong_sign_and_no_other_gains(q):
    b = q.optimum([0, 1, 2, 3])
    assert all(slope >= -1e-7 for slope, _ in q.additions(b).values())


@given(quadratics(), st.integers(0, 3))
@settings(max_examples=40)
def test_what_a_column_gains_when_it_enters_is_what_the_loss_falls_by(q, j):
    others = [i for i in range(4) if i != j]
    b = q.optimum(others)
    slope, gain = q.additions(b)[j]
    used = [*np.flatnonzero(b), j]
    free = np.zeros(4)
    H = q.information
    free[used] = np.linalg.solve(H[np.ix_(used, used)], (H @ q.best)[used])
    assert free[j] == pytest.approx(slope, rel=1e-6, abs=1e-9)
    assert q.lost(b) - q.lost(free) == pytest.approx(gain, rel=1e-6, abs=1e-8)


def test_a_column_kept_by_name_may_have_either_sign():
    free = Quadratic.around(FIT, ["f"])
    at = FIT.names.index("f")
    assert FIT.slopes[at] > 0
    assert free.optimum(list(range(6)))[at] > 0
    assert Q.optimum(list(range(6)))[at] == 0


def test_the_approximation_is_close_to_the_refit():
    without = fit_logit(W.drop(columns="b"), Y)
    exact = 2 * (FIT.log_likelihood - without.log_likelihood)
    everything = Quadratic.around(FIT, FIT.names)
    assert everything.losses(FIT.slopes)[FIT.names.index("b")] == pytest.approx(exact, rel=0.05)


def test_backward_elimination_ends_where_each_column_is_worth_its_place():
    chosen = backward(Q, AIC).chosen
    assert {Q.names[j] for j in chosen} >= {"a", "b"}
    assert min(Q.losses(Q.optimum(chosen)).values()) >= 2.0


def test_a_column_pressed_to_zero_returns_when_its_rival_leaves():
    # best (−1, 3): with both, the second is pressed and the first carries it; three columns, the first worthless alone
    H = np.array([[4.0, 3.9], [3.9, 4.0]])
    q = Quadratic(("x", "y"), np.array([2.0, -2.1]), H, frozenset(), 100)
    assert np.flatnonzero(q.optimum([0, 1])).tolist() == [1]
    assert q.optimum([1])[1] == pytest.approx(-0.15)  # 4 y = 3.9 · 2 − 4 · 2.1


def test_forward_by_bic_is_the_best_of_all_subsets_here():
    price = np.log(Q.n)
    subsets = [list(s) for k in range(5) for s in combinations(range(6), k)]
    best = min(subsets, key=lambda s: Q.lost(Q.optimum(s)) + price * np.count_nonzero(Q.optimum(s)))
    assert forward(Q, AIC).chosen == best


def test_stepwise_chooses_no_column_that_the_test_refuses():
    chosen = stepwise(Q, ChoiceRule(0.05)).chosen
    assert min(Q.losses(Q.optimum(chosen)).values()) >= 3.84


def test_the_l1_path_ranks_columns_by_entry_and_holds_signs():
    choice = lasso(Q, AIC)
    assert {Q.names[j] for j in choice.rank if choice.rank[j] <= 2} == {"a", "b"}
    assert Q.names.index("f") not in choice.chosen


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_a_card_without_a_wrong_sign_and_reasons_for_the_rest(method):
    binning = WoeBinning().fit(-W, Y)
    funnel = select(-W, Y, binning, method=method)
    chosen = list(funnel.loc[funnel["status"] == "kept", "feature"])
    assert Scorecard(binning.restricted_to(chosen)).fit(-W[chosen], Y).sign_violations_ == []
    assert (funnel["reason"].str.len() > 10).all()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_respects_the_most_features(method):
    funnel = select(-W, Y, WoeBinning().fit(-W, Y), method=method, max_features=1)
    assert funnel.loc[funnel["status"] == "kept", "feature"].isin(["a", "b"]).tolist() == [True]


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="method must be one of backward, forward, stepwise, lasso, got 'guess'"):
        select(W, Y, WoeBinning().fit(W, Y), method="guess")


def test_the_comparison_shows_every_candidate_and_agrees_with_the_funnel():
    binning = WoeBinning().fit(-W, Y)
    funnel = select(-W, Y, binning)
    table = compare_methods(-W, Y, binning, funnel).set_index("feature")
    assert set(table.index) == set(W)
    assert (table["backward"] == table["card"]).all()
    assert table.loc["a", ["backward", "forward", "stepwise", "lasso"]].tolist() == ["in"] * 4
