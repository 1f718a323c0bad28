import numpy as np
import pytest

from riskbench.data.weights import design_effect, frequencies


def test_weights_are_rounded_less_than_any_interval_can_tell():
    weights = np.random.default_rng(0).lognormal(0, 2, 100_000)
    assert np.abs(frequencies(weights, 100_000) - weights).max() < 2**-50 * 2 * weights.sum()
    assert frequencies([1, 2, 0.5], 3).tolist() == [1, 2, 0.5]


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ([1, 0, 1], "weights must be finite and above zero, got 0"),
        ([1, -2, 1], "weights must be finite and above zero, got -2"),
        ([1, np.nan, 1], "weights must be finite and above zero, got nan"),
        ([1, np.inf, 1], "weights must be finite and above zero, got inf"),
        ([1, 2], r"weights must be one a row, 3, got shape \(2,\)"),
    ],
)
def test_weights_that_are_no_frequencies_are_refused(weights, text):
    with pytest.raises(ValueError, match=text):
        frequencies(weights, 3)


def test_the_design_effect_is_kishs():
    assert design_effect(np.array([1.0, 1.0, 4.0])) == 18 / 6  # (1 + 1 + 16) / 6
    assert design_effect(None) == 1
