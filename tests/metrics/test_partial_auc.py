"""The partial AUC."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from riskbench import metrics

rows = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=4, max_size=40).map(
    lambda more: np.array([(True, 3), (True, 6), (False, 2), (False, 5), *more]).T
)
shares = st.floats(0.05, 1)


@given(rows, shares)
def test_it_agrees_with_scikit_learn(data, high):
    y, risk = data
    assert metrics.partial_auc(y, risk, high=high).value == pytest.approx(roc_auc_score(y, risk, max_fpr=high))


@given(rows)
def test_over_the_whole_range_it_is_the_auc_with_its_interval(data):
    y, risk = data
    part, whole = metrics.partial_auc(y, risk, high=1), metrics.auc(y, risk)
    assert part.value == pytest.approx(whole.value)
    if whole.lower is not None and whole.value < 1 - 1e-9:
        assert (part.lower, part.upper) == pytest.approx((whole.lower, whole.upper), abs=1e-6)


@given(rows, shares)
def test_the_ranges_add_to_the_whole(data, cut):
    y, risk = data

    def area(low, high):
        standard, least, most = metrics.partial_auc(y, risk, low, high).value, (high**2 - low**2) / 2, high - low
        return least + (2 * standard - 1) * (most - least)

    if cut < 1:
        assert area(0, cut) + area(cut, 1) == pytest.approx(area(0, 1))


def test_by_hand():
    # the curve is 2/3 up to 1/3 of goods and 1 beyond: area to ½ is 2/9 + 1/6; chance 1/8, perfect ½
    expected = (1 + (7 / 18 - 1 / 8) / (1 / 2 - 1 / 8)) / 2
    assert metrics.partial_auc([1, 1, 0, 1, 0, 0], [6, 5, 4, 3, 2, 1], high=0.5).value == pytest.approx(expected)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    shift = np.sqrt(2) * ndtri(0.75)
    u = (np.arange(100_000) + 0.5) * 3e-6  # the curve of two normals over [0, .3]: Φ(shift + Φ⁻¹(u))
    truth = (1 + (0.3 * ndtr(shift + ndtri(u)).mean() - 0.045) / (0.3 - 0.045)) / 2
    rng, y = np.random.default_rng(9), np.arange(800) < 120
    found = [metrics.partial_auc(y, rng.normal(shift * y)) for _ in range(500)]
    assert 0.93 <= np.mean([e.lower <= truth <= e.upper for e in found]) <= 0.975


def test_its_variance_is_that_of_new_samples():
    rng, y = np.random.default_rng(10), np.arange(1500) < 300
    found = [metrics.partial_auc(y, rng.normal(y * 1.0)) for _ in range(400)]
    half = np.mean([(e.upper - e.lower) / 2 for e in found]) / norm.ppf(0.975)
    assert half == pytest.approx(np.std([e.value for e in found]), rel=0.08)


@pytest.mark.parametrize(("low", "high"), [(0.3, 0.3), (-0.1, 0.5), (0.5, 1.1)])
def test_a_range_that_is_none_is_refused(low, high):
    with pytest.raises(ValueError, match="low and high must satisfy 0 <= low < high <= 1, got"):
        metrics.partial_auc([0, 1], [1, 2], low, high)


def test_one_class_has_no_value_but_a_reason():
    assert metrics.partial_auc([1, 1], [1, 2]).reason == "it needs bad and good cases, and all 2 are bad"
