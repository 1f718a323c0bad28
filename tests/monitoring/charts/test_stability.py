import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from riskbench.metrics import psi
from riskbench.monitoring.charts.stability import drifted, psi_chart, psi_p_values

SHARES = np.full(10, 0.1)


def test_with_one_reference_period_the_limit_is_the_size_aware_critical_value():
    now, before = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]
    known = psi(before, now)  # .067693, critical .025183, p 7.2e-6 (Yurdakul and Naranjo, 2020)
    point = psi_chart([now], [before], once_in=20).last
    assert (point.value, point.upper) == pytest.approx((known.value, known.critical))
    assert psi_p_values([now], [before])[0] == pytest.approx(known.p_value)


@pytest.mark.parametrize("concentration", [np.inf, 1500.0])  # chance alone, and months that differ by themselves
def test_a_process_in_control_rings_as_often_as_stated(concentration):
    random, once_in, repeats = np.random.default_rng(17), 20, 2500
    rang = 0
    for _ in range(repeats):
        shares = SHARES if np.isinf(concentration) else random.dirichlet(concentration * SHARES, 10)
        months = random.multinomial(1000, shares, size=None if np.ndim(shares) == 2 else 10)
        rang += psi_chart(months[9:], months[:9], once_in).signals[0]
    assert rang / repeats == pytest.approx(1 / once_in, abs=0.015)


@pytest.mark.parametrize("concentration", [np.inf, 1500.0])
def test_with_a_floor_it_rings_as_often_as_its_chance_says(concentration):
    random, once_in, repeats = np.random.default_rng(47), 10, 2500
    floor = 0.0185 if np.isinf(concentration) else 0.031  # 1.1 times the PSI of once in 10 looks
    rang = chance = 0.0
    for _ in range(repeats):
        shares = SHARES if np.isinf(concentration) else random.dirichlet(concentration * SHARES, 10)
        months = random.multinomial(1000, shares, size=None if np.ndim(shares) == 2 else 10)
        chart = psi_chart(months[9:], months[:9], once_in, floor)
        rang, chance = rang + chart.signals[0] / repeats, chance + chart.chance[0] / repeats
    assert 0.3 / once_in < chance < 0.7 / once_in
    assert rang == pytest.approx(chance, abs=0.014)  # three standard errors


@given(st.lists(st.integers(50, 500), min_size=12, max_size=12), st.integers(1, 6), st.floats(5, 500))
def test_without_a_floor_the_chance_is_the_one_that_is_stated(counts, periods, once_in):
    chart = psi_chart([[30, 40, 50]], np.reshape(counts * 2, (-1, 3))[:periods], once_in)
    assert chart.chance[0] == pytest.approx(1 / once_in, rel=1e-6)


def test_where_the_floor_decides_the_chance_is_the_tail_beyond_it():
    # 10 cells, 1,000 against 1,000 cases of one period: PSI over 2/1000 is χ² of 9 degrees of freedom
    chart = psi_chart([[100] * 10], [[100] * 10], once_in=20, floor=0.05)
    assert chart.chance[0] == pytest.approx(chi2.sf(25, 9))


def test_what_is_beyond_chance_but_does_not_matter_is_quiet():
    now, before = [10_400, 9_600], [[100_000, 100_000]]
    assert psi_chart([now], before, once_in=100).signals[0]
    assert not psi_chart([now], before, once_in=100, floor=0.05).signals[0]


def test_what_is_large_but_within_chance_is_quiet():
    chart = psi_chart([[9, 3]], [[50, 50]], once_in=100, floor=0.05)
    assert chart.points[0] > 0.05
    assert not chart.signals[0]


@given(st.lists(st.integers(1, 500), min_size=3, max_size=3), st.floats(2, 1000))
def test_a_look_rings_exactly_where_its_p_value_is_below_the_stated_rate(now, once_in):
    reference = [[200, 300, 100], [190, 320, 120], [230, 280, 90], [210, 310, 80], [170, 300, 130]]
    p, signal = psi_p_values([now], reference)[0], psi_chart([now], reference, once_in).signals[0]
    assert signal == (p < 1 / once_in) or p == pytest.approx(1 / once_in, rel=1e-6)


def test_features_that_moved_are_found_among_those_that_did_not():
    which, adjusted = drifted([1e-6, 0.04, np.nan, 0.5], [0.3, 0.2, np.nan, 0.2], q=0.05, floor=0.1)
    assert which.tolist() == [True, False, False, False]  # .04 times 3/2 = .06
    assert adjusted[:2] == pytest.approx([3e-6, 0.06])
    assert np.isnan(adjusted[2])


@pytest.mark.parametrize(("now", "reason"), [([0, 0], "there are no cases"), ([5, 0], "it needs two cells")])
def test_a_look_that_cannot_be_compared_is_not_evaluated(now, reason):
    point = psi_chart([now], [[10, 0]], once_in=100).last
    assert point.value is None
    assert point.reason.startswith(reason)


@pytest.mark.parametrize(
    ("now", "reference", "text"),
    [
        ([[1, 2, 3]], [[1, 2]], "the same cells, got 3 and 2"),
        ([[1, -2]], [[1, 2]], "finite and not negative"),
    ],
)
def test_counts_that_are_none_are_refused(now, reference, text):
    with pytest.raises(ValueError, match=text):
        psi_chart(now, reference, once_in=100)
