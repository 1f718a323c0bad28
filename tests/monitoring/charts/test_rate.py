import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from riskbench.monitoring.charts.rate import p_chart


def test_limits_are_quantiles_of_the_beta_binomial():
    chart = p_chart([40], [100], ([300], [1000]), once_in=40)
    # Jeffreys' prior: Beta(300.5, 700.5); each side is exceeded once in 80 looks
    assert chart.upper[0] * 100 == betabinom.isf(1 / 80, 100, 300.5, 700.5)
    assert chart.lower[0] * 100 == betabinom.ppf(1 / 80, 100, 300.5, 700.5)
    assert "beta-binomial" in chart.method


def test_reference_periods_that_vary_more_than_chance_widen_the_limits():
    calm = p_chart([300], [1000], ([290, 310, 300, 285, 315, 300], [1000] * 6), once_in=40)
    wild = p_chart([300], [1000], ([240, 360, 250, 350, 260, 340], [1000] * 6), once_in=40)
    assert wild.upper[0] > calm.upper[0] + 0.05
    assert "reference's own periods, which vary 3.8" in wild.method  # Q/5 = 14.67 by hand, its root 3.83


@pytest.mark.parametrize("excess", [0.0, 0.03])  # sd of the true rate from period to period
def test_a_process_in_control_rings_as_often_as_stated(excess):
    random, once_in, repeats = np.random.default_rng(11), 20, 3000
    rates = np.clip(random.normal(0.3, excess, (repeats, 11)), 0, 1)
    came = random.binomial(800, rates)
    rang = np.mean([p_chart(k[10:], [800], (k[:10], [800] * 10), once_in).signals[0] for k in came])
    assert rang == pytest.approx(1 / once_in, abs=0.012)  # three standard errors


@pytest.mark.parametrize(("excess", "periods"), [(0.0, 10), (0.03, 10), (0.0, 4)])  # 4: beta-binomial limits
def test_with_a_tolerance_it_rings_as_often_as_its_chance_says(excess, periods):
    random, once_in, repeats, tolerance = np.random.default_rng(37), 10, 2000, 0.01
    rates = np.clip(random.normal(0.3, excess, (repeats, periods + 1)), 0, 1)
    came = random.binomial(800, rates)
    charts = [p_chart(k[-1:], [800], (k[:-1], [800] * periods), once_in, tolerance) for k in came]
    rang, chance = (np.mean([getattr(chart, of)[0] for chart in charts]) for of in ("signals", "chance"))
    assert chance < 0.7 / once_in
    assert rang == pytest.approx(chance, abs=0.015)  # three standard errors of a share of .05


@given(st.lists(st.integers(200, 400), min_size=6, max_size=6), st.integers(100, 2000), st.floats(5, 500))
def test_without_a_tolerance_the_chance_is_the_one_that_is_stated(parts, n, once_in):
    chart = p_chart([n // 3], [n], (parts, [1000] * 6), once_in)
    sides = int(chart.lower[0] > 0) + int(chart.upper[0] < 1)  # a side that nothing can pass takes none of it
    rel = 1e-6 if "Laney" in chart.method else 1.0  # whole numbers take what fits
    assert chart.chance[0] == pytest.approx(sides / 2 / once_in, rel=rel)


def test_the_chance_of_few_periods_is_that_of_the_beta_binomial():
    chart = p_chart([40], [100], ([300], [1000]), once_in=40, tolerance=0.055)
    low, high = (betabinom.ppf(1 / 80, 100, 300.5, 700.5) - 5.5, betabinom.isf(1 / 80, 100, 300.5, 700.5) + 5.5)
    law = betabinom(100, 300.5, 700.5).pmf(np.arange(101))
    assert chart.chance[0] == pytest.approx(sum(p for k, p in enumerate(law) if not low <= k <= high))


@given(st.integers(0, 50), st.integers(1, 50), st.floats(0, 0.2))
def test_a_tolerance_never_adds_a_signal(part, more, tolerance):
    looks = ([part], [part + more], ([100], [300]), 30)
    assert p_chart(*looks, tolerance).signals[0] <= p_chart(*looks).signals[0]


@given(st.integers(1, 200), st.integers(0, 200))
def test_counting_the_others_rings_at_the_same_looks(n, k):
    k = min(k, n)
    one, other = p_chart([k], [n], ([30], [90]), 25), p_chart([n - k], [n], ([60], [90]), 25)
    assert one.signals[0] == other.signals[0]


def test_a_rate_of_nobody_can_be_exceeded():
    chart = p_chart([0, 5], [200, 200], ([0, 0], [500, 500]), once_in=100)
    assert chart.signals.tolist() == [False, True]


def test_an_empty_look_is_not_evaluated_and_says_so():
    point = p_chart([0], [0], ([5], [10]), once_in=100).last
    assert (point.value, point.signal, point.reason) == (None, False, "there are no cases")


def test_without_a_reference_nothing_is_evaluated():
    assert p_chart([3], [9], ([], []), once_in=100).last.reason == "there are no reference cases"


def test_a_part_beyond_its_whole_is_refused():
    with pytest.raises(ValueError, match="a part must not exceed its whole, got 12 of 10 at look 2"):
        p_chart([1, 12], [10, 10], ([5], [10]), once_in=100)


def test_the_chance_of_a_share_that_is_rare_is_no_more_than_stated():
    draw, rings, told = np.random.default_rng(7), [], []
    for _ in range(200):
        before = draw.binomial(1_000, 0.001, 9)
        chart = p_chart(draw.binomial(1_000, 0.001, 40), [1_000] * 40, (before, [1_000] * 9), once_in=120)
        rings.append(chart.signals.mean())
        told.append(chart.chance.mean())
    assert np.mean(rings) < 1 / 120  # 8,000 looks; whole cases ring more rarely than once in 120
    assert np.mean(rings) == pytest.approx(np.mean(told), abs=0.003)
