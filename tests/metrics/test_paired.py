"""The difference of two shares of the same cases."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.metrics.intervals import wilson
from riskbench.metrics.paired import paired_difference

COUNTS = st.integers(0, 400)


def test_it_is_newcombes_method_10_by_hand():
    # both 36, second alone 12, first alone 2, neither 0; n = 50: shares .76 and .96, no correlation as ad − bc < 0
    # but by its sign: phi = (36·0 − 12·2) / √(48·2·38·12)
    found, first, second = paired_difference(36, 12, 2, 0), wilson(38, 50), wilson(48, 50)
    phi = -24 / sqrt(48 * 2 * 38 * 12)
    a, b = second.value - second.lower, first.upper - first.value
    assert found.value == pytest.approx(0.2)
    assert found.lower == pytest.approx(0.2 - sqrt(a * a - 2 * phi * a * b + b * b))


@given(COUNTS, COUNTS, COUNTS, COUNTS.filter(bool))
def test_the_other_way_round_it_has_the_other_sign_to_the_last_digit(both, second, first, neither):
    there, back = paired_difference(both, second, first, neither), paired_difference(both, first, second, neither)
    assert there.bounded == (-back.value, -back.upper, -back.lower)
    assert there.lower <= there.value <= there.upper


def test_an_interval_exists_where_nobody_moves():
    found = paired_difference(70, 0, 0, 30)
    assert found.value == 0
    assert found.lower < 0 < found.upper


def test_it_covers_what_it_should():
    # of 1,000 draws with a true difference of .05 on the same 400 cases, 93 to 97 % of intervals must hold it:
    # ± 3 standard errors of 95 %, √(.95 · .05 / 1000) = .007
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(400, [0.6, 0.08, 0.03, 0.29], size=1_000)
    held = [e.lower <= 0.05 <= e.upper for e in (paired_difference(*map(int, cells)) for cells in drawn)]
    assert 0.929 <= np.mean(held) <= 0.975


def test_no_cases_and_counts_below_zero_are_said():
    assert paired_difference(0, 0, 0, 0).reason == "there are no cases"
    with pytest.raises(ValueError, match="0 or more"):
        paired_difference(1, -1, 0, 0)
