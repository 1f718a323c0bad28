"""Whole points: they are the exact ones, each rounded once, and sum to the score."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskbench.scorecard.points import whole_points

PARTS = st.dictionaries(
    st.text("abcdef", min_size=1), st.lists(st.floats(-300, 300), min_size=1, max_size=5).map(np.array), min_size=1
)


@given(st.floats(-1000, 1000), PARTS, st.booleans())
def test_points_of_neutral_bins_sum_to_the_neutral_score_and_no_bin_is_off_by_more_than_half(neutral, parts, from_zero):
    found = whole_points(neutral, parts, from_zero)
    assert found.base + sum(found.neutral.values()) == round(neutral)
    for name, exact in parts.items():
        assert np.abs(found.by_bin[name] - found.neutral[name] - exact).max() <= 0.5


@given(st.floats(-1000, 1000), PARTS)
def test_from_zero_no_feature_earns_less_than_nothing_and_every_sum_stays(neutral, parts):
    plain, moved = whole_points(neutral, parts), whole_points(neutral, parts, from_zero=True)
    assert all(points.min() == 0 for points in moved.by_bin.values())
    first = {name: points[0] for name, points in plain.by_bin.items()}
    assert moved.base + sum(points[0] for points in moved.by_bin.values()) == sum(first.values())


def test_what_does_not_divide_goes_to_the_first_features():
    found = whole_points(8.0, {name: np.zeros(1) for name in "abc"})
    assert found.neutral == {"a": 3, "b": 3, "c": 2}
    assert found.base == 0
