import numpy as np
import pytest

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
