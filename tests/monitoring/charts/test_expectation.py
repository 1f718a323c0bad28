import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from riskbench.monitoring.charts.expectation import Cohorts, early_outcomes, vintages
from riskbench.monitoring.charts.matched import tails

AGES = ["2", "3", "final"]
GROWN = {"2": 0.35, "3": 0.6, "final": 1.0}  # share of the bads of the end that is seen by then


def cohorts(rows):
    """Rows of (cohort, age, n, bad) whose loans all have a PD of .15."""
    cohort, age, n, bad = (list(column) for column in zip(*rows, strict=True))
    n = np.array(n, dtype=float)
    return Cohorts(cohort, age, n, bad, 0.15 * n, 0.0225 * n)


REFERENCE = cohorts([(f"{m}", age, 1000, round(150 * share)) for m in range(4) for age, share in GROWN.items()])


def test_expected_bads_and_the_limit_by_hand():
    # 208 bads by month 2 (52 of 1,000 in each of four cohorts) for PDs of 600 in all; 200 loans have PDs of 30 in all
    ratio = 208 / 600
    mean = 30 * ratio  # 10.4
    variance = mean - ratio**2 * 4.5 + mean**2 / 208  # by chance, and by the error of the reference
    chart = early_outcomes(cohorts([("a", "2", 200, 18)]), REFERENCE, AGES, once_in=50)
    cases = round(mean / (1 - variance / mean))  # less than Poisson's: a binomial with that mean and variance
    assert chart.centre[0] * 200 == pytest.approx(mean)
    assert chart.upper[0] * 200 == pytest.approx(binom.isf(0.02, cases, mean / cases))


def test_each_cohort_counts_once_at_its_oldest_age():
    chart = early_outcomes(cohorts([("a", "2", 100, 5), ("a", "3", 100, 9), ("b", "2", 50, 3)]), REFERENCE, AGES, 50)
    assert chart.n[0] == 150
    assert chart.points[0] * 150 == pytest.approx(12)  # 9 of a, 3 of b


def test_a_young_cohort_is_not_read_as_a_good_one():
    young, old = (early_outcomes(cohorts([("a", age, 400, 21)]), REFERENCE, AGES, 50) for age in ("2", "final"))
    assert young.points[0] == pytest.approx(young.centre[0], rel=0.02)
    assert old.points[0] < 0.4 * old.centre[0]


def test_a_riskier_intake_is_expected_to_have_more_bads():
    riskier = Cohorts(["a"], ["final"], [400], [90], [0.225 * 400], [0.225**2 * 400])
    assert early_outcomes(cohorts([("a", "final", 400, 90)]), REFERENCE, AGES, 50).signals[0]
    assert not early_outcomes(riskier, REFERENCE, AGES, 50).signals[0]


@pytest.mark.parametrize("excess", [0.0, 0.25])  # sd of the log level from cohort to cohort
def test_loans_in_control_ring_as_often_as_stated(excess):
    random, once_in, repeats = np.random.default_rng(19), 20, 2500
    rang = 0
    for _ in range(repeats):
        level = np.exp(random.normal(0, excess, 10))
        bad = random.binomial(600, 0.15 * level)
        reference = cohorts([(str(m), "final", 600, bad[m]) for m in range(9)])
        rang += early_outcomes(cohorts([("now", "final", 600, bad[9])]), reference, AGES, once_in).signals[0]
    assert rang / repeats == pytest.approx(1 / once_in, abs=0.015)


@pytest.mark.parametrize("excess", [0.0, 0.25])
def test_with_a_tolerance_loans_ring_as_often_as_their_chances_say(excess):
    random, once_in, repeats, tolerance = np.random.default_rng(43), 10, 1500, 0.05
    rang = chance = 0.0
    for _ in range(repeats):
        bad = random.binomial(600, 0.15 * np.exp(random.normal(0, excess, 10)))
        reference = cohorts([(str(m), "final", 600, bad[m]) for m in range(9)])
        chart = early_outcomes(cohorts([("now", "final", 600, bad[9])]), reference, AGES, once_in, tolerance)
        rang, chance = rang + chart.signals[0] / repeats, chance + chart.chance[0] / repeats
    assert chance < 0.9 / once_in
    assert rang == pytest.approx(chance, abs=0.02)  # three standard errors


@given(st.floats(0.02, 0.5), st.integers(50, 5000), st.floats(5, 500))
def test_without_a_tolerance_the_chance_is_what_whole_numbers_leave_of_the_stated_one(pd, n, once_in):
    now = Cohorts(["a"], ["final"], [n], [0], [pd * n], [pd**2 * n])
    chart = early_outcomes(now, REFERENCE, AGES, once_in)  # four cohorts: by chance alone
    mean = pd * n
    variance = mean - pd**2 * n + mean**2 / 600  # 600 bads as expected: by chance, and by the error of the reference
    more = tails(mean, variance, -np.inf, chart.upper * n - 1)[1][0]  # one bad less would be too often
    assert chart.chance[0] <= 1 / once_in + 1e-9
    assert more > 1 / once_in - 1e-9


@given(st.integers(0, 100), st.floats(0, 1))
def test_a_tolerance_never_adds_a_signal(bad, tolerance):
    now = cohorts([("a", "final", 300, bad)])
    assert (
        early_outcomes(now, REFERENCE, AGES, 30, tolerance).signals[0]
        <= early_outcomes(now, REFERENCE, AGES, 30).signals[0]
    )


def test_vintages_are_looks_in_the_order_of_their_cohorts():
    chart = vintages(cohorts([("2026-02", "final", 400, 100), ("2026-01", "final", 400, 60)]), REFERENCE, "final", 50)
    assert chart.points.tolist() == [0.15, 0.25]
    assert chart.signals.tolist() == [False, True]


def test_what_cannot_be_judged_says_why():
    empty = Cohorts([], [], [], [], [], [])
    assert early_outcomes(empty, REFERENCE, AGES, 50).last.reason == "no loan is old enough"
    now = cohorts([("a", "2", 100, 5)])
    assert early_outcomes(now, empty, AGES, 50).last.reason == "the reference has no bads of age 2"
    assert len(vintages(empty, REFERENCE, "final", 50).points) == 0
