"""The family of concentration."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.data.study.calibration import MasterScale
from riskbench.validation import battery

FOUR = MasterScale(version="x", edges=[0.1, 0.2, 0.3])
MIDDLES = [0.05, 0.15, 0.25, 0.35]


def by_name(*cases):
    return {r.name: r for r in battery.run("concentration", *cases)}


@pytest.fixture
def filled(case):
    """A sample whose four grades hold these numbers of cases, each with an amount of its grade."""

    def made(numbers, amounts=None, **more):
        pd = np.repeat(MIDDLES, numbers)
        also = {} if amounts is None else {"amount": np.repeat(np.array(amounts, dtype=float), numbers)}
        return case(np.zeros(len(pd)), pd, also=also, scale=FOUR, **more)

    return made


def test_concentration_and_its_rise_reproduce_the_published_values(filled):
    # statistics.md: shares 20 30 30 20 → 5 15 60 20: HI .382767, p .114454
    found = by_name(filled([5, 15, 60, 20], development=filled([20, 30, 30, 20], sample="development")))
    assert found["grades.concentration.test"].estimate.value == pytest.approx(0.382767, abs=1e-6)
    risen = found["grades.concentration_change.test"]
    assert (round(risen.estimate.value, 6), risen.status) == (0.114454, "green")


def test_by_amount_a_grade_weighs_what_is_applied_for_in_it(filled):
    # 25 cases a grade, of 1, 3, 12 and 4: shares 5 15 60 20 %
    found = by_name(filled([25, 25, 25, 25], [1, 3, 12, 4]))
    assert found["grades.concentration.test"].estimate.value == pytest.approx(0, abs=1e-12)
    by_amount = found["grades.concentration_by_amount.test"].estimate
    assert (round(by_amount.value, 6), by_amount.n) == (0.382767, 100)


def test_the_fullest_grade_is_told_with_its_share_and_judged(filled):
    largest = by_name(filled([5, 15, 60, 20]))["grades.largest_share.test"]
    assert largest.estimate.value == metrics.proportion(60, 100).value
    assert (largest.status, largest.estimate.method) == ("amber", "Wilson: grade 3")


def test_empty_grades_are_counted_and_named(filled):
    empty = by_name(filled([0, 50, 50, 0]))["grades.empty.test"]
    assert (empty.estimate.value, empty.estimate.method) == (2, "1, 4")


def test_a_case_whose_points_stand_for_another_grade_is_counted(case):
    found = by_name(case([0, 1], [0.05, 0.15], also={"pd_of_points": [0.101, 0.16]}, scale=FOUR))
    assert found["grades.moved_by_rounding.test"].estimate.value == 0.5


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("concentration_by_amount", "the scores carry no amounts"),
        ("concentration_change", "there is no development sample to compare with"),
        ("moved_by_rounding", "the scores carry no PD of the whole points"),
    ],
)
def test_what_is_lacking_is_said(filled, name, reason):
    found = by_name(filled([1, 2, 3, 4]))[f"grades.{name}.test"]
    assert (found.status, found.reason) == ("not_evaluated", reason)
