import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.charts.matched import tails
from riskbench.monitoring.charts.volume import volume_chart

WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
PROFILE = np.array([1.2, 1.1, 1.0, 1.0, 1.1, 0.9, 0.7])


def chart_of(weeks, level, extra, once_in=100, **settings):
    n = np.concatenate([np.round(np.tile(PROFILE, weeks) * level), extra])
    season = (WEEK * (weeks + 2))[: len(n)]
    return volume_chart(n, season, np.arange(len(n)) < 7 * weeks, once_in, **settings)


def test_a_sunday_is_held_against_sundays():
    chart = chart_of(20, 100, [120, 110, 100, 100, 110, 90, 70])
    assert not chart.signals[140:].any()
    assert chart.at(-1).centre == pytest.approx(70, rel=0.02)


def test_a_day_without_applications_rings():
    assert chart_of(20, 50, [0]).last.signal


def test_a_business_that_grows_is_compared_with_itself():
    n = np.round(40 * 1.004 ** np.arange(400))  # doubles in half a year
    chart = volume_chart(n, ["any"] * 400, np.arange(400) < 120, once_in=200)
    assert not chart.signals[120:].any()


@pytest.mark.parametrize("size", [np.inf, 20.0])
def test_in_control_it_rings_as_often_as_stated(size):
    random, once_in, days, repeats = np.random.default_rng(29), 25, 400, 40
    mean = np.tile(60 * PROFILE, 58)[:days]
    rang = []
    for _ in range(repeats):
        n = random.poisson(mean if np.isinf(size) else mean * random.gamma(size, 1 / size, days))
        chart = volume_chart(n, (WEEK * 58)[:days], np.arange(days) < 270, once_in)
        rang.append(chart.signals[270:].mean())
    # counts are whole numbers, so the true rate lies a little below
    assert 0.6 / once_in < np.mean(rang) < 1.3 / once_in


@pytest.mark.parametrize("size", [np.inf, 20.0])
def test_with_a_tolerance_it_rings_as_often_as_its_chance_says(size):
    random, days, repeats = np.random.default_rng(31), 400, 40
    mean = np.tile(60 * PROFILE, 58)[:days]
    charts = []
    for _ in range(repeats):
        n = random.poisson(mean if np.isinf(size) else mean * random.gamma(size, 1 / size, days))
        charts.append(volume_chart(n, (WEEK * 58)[:days], np.arange(days) < 270, 10, tolerance=0.05))
    rang, chance = (np.mean([getattr(chart, of)[270:] for chart in charts]) for of in ("signals", "chance"))
    assert chance < 0.085
    assert rang == pytest.approx(chance, abs=0.01)  # days of a window share its level


@given(st.integers(20, 400), st.floats(5, 500))
def test_without_a_tolerance_the_chance_is_what_whole_numbers_leave_of_the_stated_one(level, once_in):
    chart = volume_chart([level] * 50, ["any"] * 50, [True] * 40 + [False] * 10, once_in)
    assert chart.chance[-1] <= 1 / once_in + 1e-9
    more = tails(level, level * (1 + 1 / 28), chart.lower[-1] + 1, chart.upper[-1] - 1)  # a window of 28 days
    assert min(more[0][0], more[1][0]) > 0.5 / once_in - 1e-9


def test_a_season_that_the_reference_lacks_is_not_evaluated():
    point = volume_chart([9] * 60, ["any"] * 59 + ["holiday"], [True] * 59 + [False], once_in=100).last
    assert (point.value, point.signal) == (None, False)
    assert "none of its season in the reference" in point.reason


def test_a_tolerance_keeps_what_nobody_would_act_on_quiet():
    assert chart_of(20, 100, [170]).last.signal
    assert not chart_of(20, 100, [170], tolerance=0.5).last.signal


def test_settings_out_of_their_domain_are_refused():
    with pytest.raises(ValueError, match="window must be at least 1 and tolerance not negative, got 0 and 0"):
        volume_chart([1, 2], ["a", "a"], [True, False], once_in=100, window=0)
