"""Effects: Shapley values against what they must be by hand."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.challengers.effects import Sampling, additive_gap, effects
from riskbench.scorecard.challengers.explained import Explained

NAMES = ("a", "b", "c")
ONES, ZEROS = (pd.DataFrame([[float(v)] * 3], columns=NAMES) for v in (1, 0))


def model(formula, additive=False):
    return Explained("made", lambda X: X.to_numpy(float), formula, additive, NAMES)


def drawn(n, seed):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n, 3)), columns=NAMES)


def curves(Z):
    return np.sin(Z[:, 0]) + Z[:, 1] ** 2 + 0 * Z[:, 2]


def test_an_additive_model_has_exact_effects_that_sum_to_its_log_odds():
    cases, background = drawn(40, 0), drawn(30, 1)
    found = effects(model(curves, additive=True), cases, background, Sampling())
    assert found.exact
    assert (found.errors == 0).all(axis=None)
    assert found.values["b"].to_numpy() == pytest.approx(cases["b"] ** 2 - (background["b"] ** 2).mean())
    assert found.values["c"].abs().max() < 1e-12
    assert additive_gap(model(curves), found, cases, background) < 1e-12


def test_drawn_effects_of_an_additive_model_are_exact_too_and_their_error_says_so():
    cases, background = drawn(40, 0), drawn(30, 1)
    exact, sampled = (effects(model(curves, additive), cases, background, Sampling()) for additive in (True, False))
    assert np.allclose(sampled.values, exact.values, atol=1e-12)
    assert sampled.errors.to_numpy().max() < 1e-12


def test_an_interaction_of_two_features_is_shared_between_them():
    # of a·b at 1 before a background of 0 each of the two makes the whole step in one order and none in the other
    found = effects(model(lambda Z: Z[:, 0] * Z[:, 1]), ONES, ZEROS, Sampling(pairs=3))
    assert found.values.iloc[0].tolist() == [0.5, 0.5, 0.0]
    assert not found.exact


def test_an_interaction_of_three_features_is_shared_within_the_error_that_is_stated():
    found = effects(model(lambda Z: Z.prod(axis=1)), ONES, ZEROS, Sampling(pairs=400))
    assert found.values.iloc[0].sum() == pytest.approx(1)
    assert (abs(found.values - 1 / 3) < 4 * found.errors).all(axis=None)
    assert (found.errors > 0).all(axis=None)


def test_one_seed_gives_the_same_effects_and_another_seed_others():
    cases, background = drawn(10, 0), drawn(30, 1)

    def product(seed):
        return effects(model(lambda Z: Z.prod(axis=1)), cases, background, Sampling(seed=seed)).values

    assert product(1).equals(product(1))
    assert not product(1).equals(product(2))


def test_nothing_to_explain_and_a_draw_without_an_error_are_refused():
    with pytest.raises(ValueError, match="effects take cases and a background, got 0 and 1 rows"):
        effects(model(curves), ONES.head(0), ZEROS, Sampling())
    with pytest.raises(ValueError, match="pairs must be at least 2, so that an error can be stated, got 1"):
        Sampling(pairs=1)
