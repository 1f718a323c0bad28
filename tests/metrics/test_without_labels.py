"""The bad rate and the AUC to expect from PDs alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.metrics.discrimination import auc
from riskbench.metrics.without_labels import expected_auc, expected_rate

PDS = st.lists(st.sampled_from([0.05, 0.1, 0.2, 0.5, 0.8]), min_size=2, max_size=30)


@given(PDS)
def test_the_expected_auc_is_the_sum_over_all_pairs(pds):
    p = np.array(pds)
    h = (p[:, None] > p) + 0.5 * (p[:, None] == p)
    weight = p[:, None] * (1 - p) * (1 - np.eye(len(p)))
    assert expected_auc(p).value == pytest.approx((weight * h).sum() / weight.sum())


def test_where_every_pd_is_right_both_fall_within_their_bounds_as_often_as_they_say():
    rng, p = np.random.default_rng(0), np.random.default_rng(1).beta(1.2, 6, 600)
    rate, area = expected_rate(p), expected_auc(p)
    y = rng.random((500, 600)) < p
    inside_rate = np.mean((y.mean(axis=1) >= rate.lower) & (y.mean(axis=1) <= rate.upper))
    found = np.array([auc(row, p).value for row in y])
    inside_area = np.mean((found >= area.lower) & (found <= area.upper))
    assert min(inside_rate, inside_area) >= 0.91  # four standard errors below .95, of 500 draws
    assert max(inside_rate, inside_area) <= 0.99
    assert found.mean() == pytest.approx(area.value, abs=0.005)


def test_an_error_of_the_level_widens_the_bounds_of_the_rate():
    # Σ p(1 − p) = 21; with the error .1: √(21 + 2.1²)/100 = .0504, against √21/100 = .0458
    wide, narrow = expected_rate([0.3] * 100, level_error=0.1), expected_rate([0.3] * 100)
    assert wide.upper - wide.value == pytest.approx(1.959964 * 0.0504083, rel=1e-5)
    assert narrow.upper - narrow.value == pytest.approx(1.959964 * 0.0458258, rel=1e-5)


def test_equal_pds_rank_nothing_and_pds_of_no_doubt_have_no_auc():
    assert expected_auc([0.2] * 5).value == pytest.approx(0.5)
    assert not expected_auc([0.0, 0.0]).evaluated
    assert not expected_auc([]).evaluated
    assert not expected_rate([]).evaluated
