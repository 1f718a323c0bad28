import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from riskbench.monitoring.charts.spending import boundaries

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]


# Reboussin, DeMets, Kim and Lan, Controlled Clinical Trials 21 (2000): five equal looks, two-sided .05
@pytest.mark.parametrize(
    ("spending", "published"),
    [("obrien_fleming", [4.877, 3.357, 2.680, 2.290, 2.031]), ("pocock", [2.438, 2.427, 2.410, 2.397, 2.386])],
)
def test_limits_of_five_equal_looks_are_the_published_ones(spending, published):
    assert boundaries(FIVE, 0.05, spending, two_sided=True) == pytest.approx(published, abs=0.001)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("two_sided", [True, False])
def test_over_all_looks_a_cohort_in_control_rings_as_often_as_alpha_says(spending, two_sided):
    information, alpha, paths = np.array([0.1, 0.35, 0.5, 1.0]), 0.05, 60_000
    steps = np.random.default_rng(7).standard_normal((paths, 4)) * np.sqrt(np.diff(information, prepend=0))
    z = steps.cumsum(axis=1) / np.sqrt(information)
    far = np.abs(z) if two_sided else z
    rang = (far > boundaries(information, alpha, spending, two_sided=two_sided)).any(axis=1).mean()
    assert rang == pytest.approx(alpha, abs=4 * np.sqrt(alpha * (1 - alpha) / paths))


@given(st.floats(0.001, 0.3))
def test_one_look_at_everything_is_an_ordinary_test(alpha):
    assert boundaries([1.0], alpha)[0] == pytest.approx(-ndtri(alpha), abs=1e-6)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 100), min_size=2, max_size=6, unique=True))
def test_the_limits_of_looks_made_do_not_depend_on_looks_to_come(marks):
    information = np.array(sorted(marks)) / 100
    assert boundaries(information, 0.05)[:-1] == pytest.approx(boundaries(information[:-1], 0.05), abs=1e-6)


@pytest.mark.parametrize("information", [[], [0.5, 0.5], [0.0, 1.0], [0.5, 1.1]])
def test_information_that_does_not_grow_within_its_bounds_is_refused(information):
    with pytest.raises(ValueError, match=r"information must increase within \(0, 1\]"):
        boundaries(information, 0.05)


def test_an_unknown_spending_is_refused_by_name():
    with pytest.raises(ValueError, match="spending must be one of obrien_fleming, pocock, got 'even'"):
        boundaries([1.0], 0.05, "even")  # type: ignore[arg-type]  # what is refused here
