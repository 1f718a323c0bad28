"""IV, PSI and CSI: one divergence."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench import metrics

# statistics.md, PSI
BEFORE, NOW = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]

tables = (
    st.integers(2, 8)
    .flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 60), min_size=k, max_size=k) for _ in range(2)]))
    .filter(lambda t: sum(t[0]) and sum(t[1]) and sum(a + b > 0 for a, b in zip(*t, strict=True)) > 1)
)


def test_psi_reproduces_the_published_example():
    e = metrics.psi(BEFORE, NOW)
    assert (round(e.value, 6), round(e.critical, 6), f"{e.p_value:.1e}") == (0.067693, 0.025183, "7.2e-06")


@pytest.mark.parametrize(("size", "critical"), [(100, 0.338), (200, 0.169), (400, 0.085), (1000, 0.034)])
def test_critical_psi_reproduces_the_published_table(size, critical):
    counts = np.full(10, size / 10)
    assert round(metrics.psi(counts, counts).critical, 3) == critical


@given(tables)
def test_a_sample_is_at_no_distance_from_itself_nor_from_its_double(table):
    counts = np.array(table[0])
    if (counts > 0).sum() > 1:
        assert metrics.psi(counts, counts).value == 0
        assert metrics.psi(counts, 2 * counts).value == pytest.approx(0)


@given(tables)
def test_divergence_is_symmetric_and_never_negative(table):
    a, b = table
    assert metrics.psi(a, b).value == pytest.approx(metrics.psi(b, a).value)
    assert (metrics.contributions(a, b) >= 0).all()


@given(tables)
def test_the_interval_holds_the_value(table):
    e = metrics.psi(*table)
    assert 0 <= e.lower <= e.value <= e.upper


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_cells_changes_nothing(table, random):
    order = random.sample(range(len(table[0])), len(table[0]))
    a, b = np.array(table)
    assert metrics.psi(a[order], b[order]).value == pytest.approx(metrics.psi(a, b).value)


def test_an_empty_cell_counts_as_half_an_observation():
    # shares .5 .5 against .005 1: (.5 − .005) ln 100 + (.5 − 1) ln ½
    e = metrics.psi([50, 50], [0, 100])
    assert e.value == pytest.approx(0.495 * math.log(100) + 0.5 * math.log(2))
    assert "half an observation" in e.method


def test_a_cell_empty_on_both_sides_is_left_out_of_value_and_test():
    assert metrics.psi([*BEFORE, 0], [*NOW, 0]) == metrics.psi(BEFORE, NOW)


def test_iv_is_the_sum_of_share_differences_times_woe():
    # good 80 20, bad 40 60: WoE ln 2 and −ln 3; (.8 − .4) ln 2 + (.2 − .6)(−ln 3)
    e = metrics.iv([80, 20], [40, 60])
    assert (e.value, e.n) == (pytest.approx(0.4 * math.log(2) + 0.4 * math.log(3)), 200)


def test_csi_is_psi_under_its_own_name():
    psi, csi = metrics.psi(BEFORE, NOW), metrics.csi(BEFORE, NOW)
    assert (csi.value, csi.method[:3]) == (psi.value, "CSI")


def test_chance_exceeds_the_critical_value_as_often_as_it_says():
    rng, edges = np.random.default_rng(3), np.full(10, 0.1)
    pairs = [(rng.multinomial(400, edges), rng.multinomial(600, edges)) for _ in range(1000)]
    false_alarms = np.mean([e.value > e.critical for e in (metrics.psi(*pair) for pair in pairs)])
    assert 0.03 < false_alarms < 0.08


def test_the_interval_holds_the_true_distance_about_as_often_as_it_says():
    a, b = np.array([0.3, 0.3, 0.2, 0.1, 0.1]), np.array([0.25, 0.3, 0.2, 0.1, 0.15])
    truth, rng = float(((a - b) * np.log(a / b)).sum()), np.random.default_rng(4)
    pairs = [metrics.psi(rng.multinomial(1500, a), rng.multinomial(1500, b)) for _ in range(500)]
    assert 0.92 < np.mean([e.lower <= truth <= e.upper for e in pairs]) <= 0.99


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [([5, 5], [0, 0], "one of the two samples is empty"), ([5, 0], [3, 0], "it needs two cells with cases")],
)
def test_psi_that_is_not_defined_says_why(a, b, why):
    assert metrics.psi(a, b).reason == why


def test_negative_counts_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="the second counts must not be negative, got -1"):
        metrics.psi([1, 2], [3, -1])
    with pytest.raises(ValueError, match="same length, got first 2, second 3"):
        metrics.psi([1, 2], [1, 2, 3])
