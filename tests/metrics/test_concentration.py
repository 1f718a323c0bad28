"""The Herfindahl index of grades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench import metrics
from riskbench.metrics.concentration import least_p


def test_hhi_reproduces_the_published_example():
    before, now = [20, 30, 30, 20], [5, 15, 60, 20]  # statistics.md
    e = metrics.hhi(now, initial=before)
    assert round(metrics.hhi(before).value, 6) == 0.028292
    assert (round(e.value, 6), round(e.statistic, 6), round(e.p_value, 6)) == (0.382767, 1.203174, 0.114454)


def test_even_grades_have_index_0_and_a_single_one_has_index_1():
    assert metrics.hhi([10, 10, 10]).value == pytest.approx(0)
    assert metrics.hhi([0, 30, 0]).value == pytest.approx(1)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=9).filter(any))
def test_hhi_lies_inside_its_interval_inside_0_and_1(cases):
    e = metrics.hhi(cases)
    assert -1e-12 <= e.lower <= e.value + 1e-12
    assert e.value <= e.upper + 1e-12 <= 1 + 2e-12


@pytest.mark.parametrize(
    ("cases", "why"), [([5], "concentration needs at least two grades"), ([0, 0], "there are no cases")]
)
def test_hhi_that_is_not_defined_says_why(cases, why):
    assert metrics.hhi(cases).reason == why


def test_the_grades_at_development_must_be_the_same():
    with pytest.raises(ValueError, match="initial must count cases in the same 2 grades"):
        metrics.hhi([1, 2], initial=[1, 2, 3])


@given(
    st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any),
    st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any),
)
def test_no_counts_give_a_smaller_p_than_the_least(before, now):
    p = metrics.hhi(now, initial=before).p_value
    assert p is None or p >= least_p(before) - 1e-9


def test_the_least_p_is_reached():
    # from 20 30 30 20, CV₀ = .2: CV³ = .4 CV² + .1 at CV = .6431; z = √3 · .4431/(.6431 √(.5 + .4136)) = 1.2487
    assert least_p([20, 30, 30, 20]) == pytest.approx(0.1059, abs=1e-4)


def test_with_many_even_grades_a_rise_can_be_significant_and_with_few_uneven_ones_never():
    assert least_p([10, 12] * 10) < 0.001
    assert least_p([5, 15, 60, 20]) > 0.2


@pytest.mark.parametrize("counts", [[5], [0, 0]])
def test_the_least_p_asks_for_cases_in_two_grades(counts):
    with pytest.raises(ValueError, match="initial must count cases in two grades or more"):
        least_p(counts)
