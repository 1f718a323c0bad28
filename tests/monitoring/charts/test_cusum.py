import numpy as np
import pytest

from riskbench.monitoring.charts.cusum import _levels, _simulated, cusum
from riskbench.monitoring.charts.mean import Periods


def periods(looks, n=400, pd=0.15):
    return Periods([n] * looks, [n * pd] * looks, [n * pd**2] * looks)


def test_points_by_the_likelihood_ratio_of_each_loan():
    # all p = .15, R = 2: W = D ln 2 − 400 ln 1.15; 80 bads: 55.452 − 55.905, forgotten; 90 bads: 62.383 − 55.905
    chart = cusum([80, 90, 90], periods(3), once_in=50, odds=2)
    step = 90 * np.log(2) - 400 * np.log(1.15)
    assert chart.points == pytest.approx([80 * np.log(2) - 400 * np.log(1.15), step, 2 * step])


def test_loans_of_different_pds_are_summed_to_the_second_order():
    pds = np.array([0.05] * 50 + [0.25] * 50)
    exact = np.log1p(0.5 * pds).sum()
    chart = cusum([20], Periods([100], [pds.sum()], [(pds**2).sum()]), once_in=50, odds=1.5)
    assert chart.points[0] == pytest.approx(20 * np.log(1.5) - exact, abs=0.01)


@pytest.mark.parametrize("seen", [np.inf, 600.0])  # the level known, and known from 600 bads
def test_in_control_it_stays_quiet_for_the_stated_looks_as_often_as_a_geometric_run_would(seen):
    random, once_in, paths = np.random.default_rng(23), 30, 1500
    level = 1.0 if np.isinf(seen) else random.gamma(seen, 1 / seen, paths)[:, None]
    n = 500 + 7 * np.arange(once_in)  # of one size, sums of whole numbers lie on few values and no limit is exact
    bad = random.binomial(n, 0.15 * level * np.ones((paths, once_in)))
    reference = None if np.isinf(seen) else (seen, seen)
    limit = cusum(bad[0], Periods(n, 0.15 * n, 0.0225 * n), once_in, reference).upper[0]
    s, quiet = np.zeros(paths), np.ones(paths, bool)
    for d, size in zip(bad.T, n, strict=True):
        s = np.maximum(0, s) + d * np.log(1.5) - size * np.log(1 + 0.5 * 0.15)
        quiet &= s <= limit
    assert quiet.mean() == pytest.approx(np.exp(-1), abs=0.04)  # three standard errors


@pytest.mark.parametrize("tolerance", [0.0, 0.05])
def test_looks_signal_as_often_as_their_chances_say(tolerance):
    random, looks, paths, seen = np.random.default_rng(59), 25, 4000, 900.0
    n = 500 + 7 * np.arange(looks)
    chart = cusum(np.zeros(looks), Periods(n, 0.15 * n, 0.0225 * n), 15, (seen, seen), tolerance=tolerance)
    level = random.gamma(seen, 1 / seen, (paths, 1))
    s, rang = np.zeros(paths), []
    for d, size in zip(random.binomial(n, 0.15 * level).T, n, strict=True):
        s = np.maximum(0, s) + d * np.log(1.5) - size * np.log(1 + 0.5 * 0.15 * (1 + tolerance))
        rang.append((s > chart.upper[0]).mean())
    assert rang[-1] > 0.005
    assert chart.chance == pytest.approx(rang, abs=0.03)  # three standard errors of both


def test_odds_that_rose_as_looked_for_are_found_within_a_few_looks():
    bad = [60] * 6 + [83] * 4  # from p = .15, odds times 1.5 are p = .209
    signals = cusum(bad, periods(10), once_in=100).signals
    assert not signals[:6].any()
    assert signals[6:].any()


def test_a_long_good_past_hides_nothing():
    assert cusum([30] * 50 + [83] * 4, periods(54), once_in=100).signals[-1]


def test_looks_without_outcomes_are_passed_over():
    pds = Periods([400, 0, 400], [60, 0, 60], [9, 0, 9])
    chart = cusum([80, 0, 80], pds, once_in=50)
    assert chart.at(1).reason == "no loan has an outcome"
    assert chart.points[2] == pytest.approx(2 * chart.points[0])


def test_what_cannot_be_judged_says_why_and_what_is_wrong_is_refused():
    assert cusum([5], periods(1), 50, reference=(0, 10)).last.reason == "the reference has no bads"
    assert cusum([0], Periods([0], [0], [0]), 50).last.reason == "no loan has an outcome"
    with pytest.raises(ValueError, match="odds must be positive and not 1, got 1"):
        cusum([5], periods(1), 50, odds=1)


def test_a_drift_within_the_tolerance_does_not_add_up():
    bad = [69] * 60  # 60 are expected: a level of 1.15, for good
    assert cusum(bad, periods(60), once_in=100, odds=1.2).signals.any()
    assert not cusum(bad, periods(60), once_in=100, odds=1.2, tolerance=0.15).signals.any()


def test_limits_are_the_same_whatever_was_asked_before():
    growing = [cusum([60] * looks, periods(looks), 80, reference=(500.0, 480.0)).upper[0] for looks in range(1, 8)]
    _simulated.cache_clear()
    _levels.cache_clear()
    again = [cusum([60] * looks, periods(looks), 80, reference=(500.0, 480.0)).upper[0] for looks in range(7, 0, -1)]
    assert growing == again[::-1]
