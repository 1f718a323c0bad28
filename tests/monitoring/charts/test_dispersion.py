import numpy as np
import pytest
from scipy.stats import nct

from riskbench.monitoring.charts.dispersion import Dispersion, dispersion


def test_fewer_than_five_periods_measure_nothing():
    assert dispersion([1.0, 9.0, 1.0, 9.0], [1.0] * 4) == Dispersion()


def test_the_mean_is_weighted_by_precision():
    # weights 1 1 1 1 100: mean 990/104... by hand: (0+0+0+0+1000)/104 = 9.615; Q = 4 (9.615)² + 100 (.385)² = 384.6
    found = dispersion([0, 0, 0, 0, 10], [1, 1, 1, 1, 0.1])
    assert found.factor == pytest.approx(np.sqrt(384.615 / 4), rel=1e-4)
    assert found.df == 4


def test_periods_that_agree_better_than_chance_can_are_not_believed():
    assert dispersion([5.0] * 12, [1.0] * 12) == Dispersion()


def test_a_quantile_that_was_estimated_rings_as_often_as_stated_at_any_excess():
    random, repeats = np.random.default_rng(31), 8000
    for excess in (1.0, 1.5, 3.0):
        x = random.normal(0, excess, (repeats, 10))
        limits = np.array([dispersion(row[:9], np.ones(9)).widened(2.0537) for row in x])  # one-sided, once in 50
        rang = (x[:, 9] - x[:, :9].mean(axis=1) > limits * np.sqrt(1 + 1 / 9)).mean()
        assert rang == pytest.approx(1 / 50, abs=0.006)


@pytest.mark.parametrize(("factor", "further"), [(1.0, 0.6), (2.0, 1.0)])
def test_what_lies_further_out_is_passed_as_often_as_said_on_average_over_references(factor, further):
    random, repeats = np.random.default_rng(53), 5000
    x = random.normal(0, factor, (repeats, 10))
    found = [dispersion(row[:9], np.ones(9)) for row in x]
    limits = np.array([one.widened(1.2816) for one in found]) * np.sqrt(1 + 1 / 9) + further
    rang = (x[:, 9] - x[:, :9].mean(axis=1) > limits).mean()
    said = np.mean([one.passed(1.2816, further / np.sqrt(1 + 1 / 9)) for one in found])
    assert rang == pytest.approx(said, abs=0.009)  # three standard errors of a share of .05


def test_the_chance_to_pass_is_the_tail_of_a_noncentral_t():
    found = Dispersion(2.0, 8.0).passed(1.959964, [0.0, 1.0, 3.0])
    assert found == pytest.approx(nct.sf(2.306004, 8, [0.0, -0.5, -1.5]), rel=1e-6)


def test_what_the_limits_stand_on_is_told():
    assert "fewer than 5 periods" in Dispersion().told()
    assert "1.50 times as much as by chance" in Dispersion(1.5, 8).told()
