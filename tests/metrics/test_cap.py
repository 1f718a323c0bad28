"""The CAP curve and the accuracy ratio."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench import metrics

rows = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=40).map(
    lambda more: np.array([(True, 3), (False, 5), *more]).T
)


@given(rows)
def test_the_accuracy_ratio_is_gini(data):
    y, risk = data
    ratio, gini = metrics.cap_curve(y, risk).accuracy_ratio, metrics.gini(y, risk)
    assert ratio.value == pytest.approx(gini.value, abs=1e-12)
    assert (ratio.lower, ratio.upper) == (gini.lower, gini.upper)


@given(rows)
def test_the_curve_rises_from_0_0_to_1_1(data):
    curve = metrics.cap_curve(*data)
    assert (curve.cases[0], curve.bads[0], curve.cases[-1], curve.bads[-1]) == (0, 0, 1, 1)
    assert (np.diff(curve.cases) > 0).all()
    assert (np.diff(curve.bads) >= 0).all()


@given(rows)
def test_a_point_says_what_share_of_bads_is_at_least_as_risky(data):
    y, risk = data
    curve = metrics.cap_curve(y, risk)
    for at, cut in enumerate(np.unique(risk)[::-1], start=1):
        assert curve.cases[at] == pytest.approx(np.mean(risk >= cut))
        assert curve.bads[at] == pytest.approx(np.mean(risk[y == 1] >= cut))


def test_perfect_and_useless_orders_have_ratios_of_1_and_0():
    assert metrics.cap_curve([0, 0, 0, 1], [1, 2, 3, 4]).accuracy_ratio.value == 1
    assert metrics.cap_curve([0, 1, 0, 1], [7, 7, 7, 7]).accuracy_ratio.value == 0


def test_one_class_gives_no_points_but_a_reason():
    curve = metrics.cap_curve([0, 0], [1, 2])
    assert (curve.cases.size, curve.bads.size) == (0, 0)
    assert curve.accuracy_ratio.reason == "it needs bad and good cases, and all 2 are good"
