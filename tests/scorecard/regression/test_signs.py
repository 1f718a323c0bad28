import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.regression.logit import fit_logit
from riskbench.scorecard.regression.signs import fit_signed


def simulated(seed, n=400, k=5):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, k)) @ draw.normal(size=(k, k))
    y = draw.random(n) < 1 / (1 + np.exp(-0.3 * x @ draw.normal(size=k)))
    return pd.DataFrame(x, columns=list("abcde")[:k]), y.astype(int), draw.uniform(0.5, 2.0, n)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000))
def test_the_optimum_satisfies_karush_kuhn_and_tucker(seed):
    W, y, weights = simulated(seed)
    signed = fit_signed(W, y, weights)
    gradient = W.T @ (weights * (signed.logit.probability(W) - y)) / weights.sum()  # of the mean loss
    assert (signed.logit.slopes <= 0).all()
    assert (np.abs(gradient[list(signed.logit.names)]) < 1e-6).all()
    assert (gradient[signed.pressed] <= 1e-6 * np.abs(W).to_numpy().max()).all()  # turning negative gains nothing


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 100_000))
def test_no_subset_of_columns_with_right_signs_fits_better(seed):
    W, y, _ = simulated(seed, n=200, k=4)
    subsets = [[c for i, c in enumerate(W) if mask >> i & 1] for mask in range(16)]
    fits = [fit_logit(W[columns], y) for columns in subsets]
    best = max(fit.log_likelihood for fit in fits if (fit.slopes <= 0).all())
    assert fit_signed(W, y).logit.log_likelihood == pytest.approx(best, abs=1e-7)


def test_right_signs_are_left_alone():
    draw = np.random.default_rng(0)
    W = pd.DataFrame(draw.normal(size=(2000, 2)), columns=["a", "b"])
    signed = fit_signed(W, draw.random(2000) < 1 / (1 + np.exp(W["a"] + W["b"])))
    assert signed.pressed == []
    assert signed.cost == pytest.approx(0, abs=1e-9)
    assert signed.told() == "Every coefficient has the right sign without a constraint: none was pressed to 0."


def test_a_nearly_constant_column_with_a_huge_wrong_coefficient_is_named_with_it():
    # a WoE of .0005 or -.0051 says nothing; beside others its coefficient is whatever noise makes of it
    draw = np.random.default_rng(4)
    W = pd.DataFrame({"a": draw.normal(size=1000), "flat": np.where(draw.random(1000) < 0.9, 0.0005, -0.0051)})
    y = (draw.random(1000) < 1 / (1 + np.exp(1 + W["a"] - 40 * W["flat"]))).astype(int)
    signed = fit_signed(W, y)
    table = signed.table().set_index("feature")
    assert signed.pressed == ["flat"]
    assert table.at["flat", "free_coefficient"] > 30
    assert table.at["flat", "coefficient"] == 0
    assert f"flat ({table.at['flat', 'free_coefficient']:+.3f}, standard error" in signed.told()


def test_german_credit_presses_other_debtors_to_nothing(shared_data):
    # co-applicants (18 of 41 bad) and guarantors (10 of 52) pooled have the bad rate of everybody, so a WoE near 0
    data = pd.read_csv(shared_data / "south_german_credit.csv.gz")
    names = ["status", "credit_history", "purpose", "savings", "property", "number_credits", "employment_duration"]
    X = data[names].astype("str").assign(duration=data["duration"], amount=data["amount"])
    X["other_debtors"] = np.where(data["other_debtors"] == 1, "none", "somebody")
    card = Scorecard(WoeBinning(), constrained=True).fit(X, 1 - data["credit_risk"])
    table = card.signs_.table().set_index("feature")
    assert table.at["other_debtors", "free_coefficient"] > 30
    assert table.at["other_debtors", "free_standard_error"] > 30
    assert "other_debtors" in card.signs_.pressed
    assert card.sign_violations_ == []
    assert list(card.points_) == list(card.signs_.logit.names)


def test_a_column_without_variation_stays_at_0():
    W, y, _ = simulated(1)
    signed = fit_signed(W.assign(k=2.0), y)
    assert "k" in signed.logit.names
    assert signed.logit.slopes[signed.logit.names.index("k")] == 0


def test_a_constrained_card_with_nothing_left_is_refused():
    draw = np.random.default_rng(0)
    X = pd.DataFrame({"x": draw.normal(size=500)})
    binning = WoeBinning().fit(X, draw.random(500) < 1 / (1 + np.exp(-X["x"])))
    with pytest.raises(ValueError, match="a card needs a feature, and none of x keeps its sign"):
        Scorecard(binning, constrained=True).fit(X, draw.random(500) < 1 / (1 + np.exp(X["x"])))
