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


def test_concentration_reproduces_the_published_value(filled):
    # statistics.md: shares 5 15 60 20: HI .382767
    found = by_name(filled([5, 15, 60, 20]))["grades.concentration.test"]
    assert (round(found.estimate.value, 6), found.status) == (0.382767, "information")


def test_over_many_grades_the_ecbs_test_sees_a_rise(case):
    scale = MasterScale(version="x", edges=np.linspace(0.05, 0.95, 19).round(2).tolist())
    even, crowded = np.linspace(0.001, 0.999, 400), np.linspace(0.3, 0.7, 400)
    before, now = (np.concatenate([even, part]) for part in (even, crowded))
    development = case(np.zeros(800), before, "development", scale=scale)
    found = by_name(case(np.zeros(800), now, scale=scale, development=development))["grades.concentration_change.test"]
    initial, counts = (np.histogram(pd, [0, *scale.bounds, 1])[0] for pd in (before, now))
    assert found.estimate.value == pytest.approx(metrics.hhi(counts, initial).p_value)
    assert found.status == "red"


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
        ("concentration_rise", "there is no development sample to compare with"),
        ("concentration_by_amount", "the scores carry no amounts"),
        ("concentration_change", "there is no development sample to compare with"),
        ("moved_by_rounding", "the scores carry no PD of the whole points"),
    ],
)
def test_what_is_lacking_is_said(filled, name, reason):
    found = by_name(filled([1, 2, 3, 4]))[f"grades.{name}.test"]
    assert (found.status, found.reason) == ("not_evaluated", reason)


def test_where_no_rise_could_be_significant_the_ecbs_test_is_not_evaluated_and_the_rise_is_judged(filled):
    # four grades at 5 15 60 20: whatever follows, p stays above .05
    found = by_name(filled([0, 0, 100, 0], development=filled([5, 15, 60, 20], sample="development")))
    assert found["grades.concentration_change.test"].status == "not_evaluated"
    assert "no rise can be significant" in found["grades.concentration_change.test"].reason
    rise = found["grades.concentration_rise.test"]
    assert (rise.status, rise.estimate.value) == ("red", pytest.approx(1 - 0.382767, abs=1e-6))
