import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from riskbench.monitoring.charts.mean import Periods, ewma
from riskbench.monitoring.charts.run_length import ewma_limit


def periods(means, n=400, sd=20.0):
    """Periods of n cases each with exactly these means and this spread."""
    m = np.asarray(means, dtype=float)
    return Periods(np.full(m.shape, n), n * m, n * (m**2 + sd**2))


def test_points_and_limits_by_hand():
    # error of a mean 20/√400 = 1; λ = .2: variance .04 at the first look, then .64 · .04 + .04 = .0656
    chart = ewma(periods([103.0, 101.0]), periods([100.0] * 1000), once_in=370.4, weight=0.2)
    assert chart.points == pytest.approx([100.6, 0.8 * 100.6 + 0.2 * 101])
    widths = chart.upper - chart.centre
    assert widths[1] / widths[0] == pytest.approx(np.sqrt(0.0656 / 0.04), rel=1e-3)


def test_a_larger_look_has_tighter_limits():
    reference = periods([100.0] * 9)
    few, many = (ewma(periods([100.0], n), reference, once_in=100).upper[0] for n in (50, 5000))
    assert many < few


@pytest.mark.parametrize("between", [0.0, 2.0])  # sd of the true mean from period to period, where chance has 1
def test_in_control_the_first_alarm_comes_as_rarely_as_stated(between):
    random, once_in, repeats, looks = np.random.default_rng(13), 50, 1500, 12
    survived = rang = 0
    for _ in range(repeats):
        means = random.normal(500, np.hypot(1, between), 9 + looks)
        signals = ewma(periods(means[9:]), periods(means[:9]), once_in).signals
        first = int(np.argmax(signals)) + 1 if signals.any() else looks
        survived, rang = survived + first, rang + bool(signals.any())
    # one path's alarms share the error of its nine reference periods, so the rate is only near 1/50
    assert 0.5 / once_in < rang / survived < 1.35 / once_in


@pytest.mark.parametrize("between", [0.0, 2.0])
def test_looks_signal_as_often_as_their_chances_say(between):
    random, once_in, repeats, looks, tolerance = np.random.default_rng(41), 20, 2000, 8, 0.3
    rang, chance = np.zeros(looks), np.zeros(looks)
    for _ in range(repeats):
        means = random.normal(500, np.hypot(1, between), 9 + looks)
        chart = ewma(periods(means[9:]), periods(means[:9]), once_in, tolerance)
        rang, chance = rang + chart.signals / repeats, chance + chart.chance / repeats
    assert (chance < 0.08).all()  # 2 Φ(−L) without the tolerance
    assert rang == pytest.approx(chance, abs=0.015)  # three standard errors


@settings(max_examples=20)
@given(st.floats(5, 500), st.integers(5, 40))
def test_without_a_tolerance_the_chance_is_that_of_its_run_length(once_in, n):
    means = np.random.default_rng(n).normal(100, 1, n)
    chart = ewma(periods([100.0, 101.0]), periods(means), once_in)
    assert chart.chance == pytest.approx([2 * ndtr(-ewma_limit(0.2, once_in))] * 2, rel=1e-6)


def test_a_lasting_shift_is_found_soon():
    chart = ewma(periods([100.0] * 3 + [101.5] * 6), periods([100.0] * 9), once_in=100)  # 1.5 standard errors
    assert not chart.signals[:3].any()
    assert chart.signals[3:].any()


@given(st.floats(-5, 5), st.floats(0, 3))
def test_a_tolerance_never_adds_a_signal(shift, tolerance):
    looks = periods([100 + shift] * 3), periods([100.0] * 9), 50
    assert not (ewma(*looks, tolerance).signals & ~ewma(*looks).signals).any()


def test_an_empty_look_leaves_the_average_where_it_was():
    gap = Periods([400, 0, 400], [41200, 0, 41200], [4403600, 0, 4403600])
    chart = ewma(gap, periods([100.0] * 9), once_in=100)
    without = ewma(periods([103.0, 103.0]), periods([100.0] * 9), once_in=100)
    assert np.isnan(chart.points[1])
    assert chart.reasons[1] == "there are no cases"
    assert chart.points[2] == pytest.approx(without.points[1])


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (Periods([], [], []), "the reference has too few cases to tell how values vary"),
        (Periods([5], [50], [500]), "the reference holds one value only, so its spread is not known"),
    ],
)
def test_a_reference_that_tells_no_spread_is_not_evaluated(reference, reason):
    assert ewma(periods([100.0]), reference, once_in=100).last.reason == reason
