"""The master scale and the test of every grade."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench import metrics
from riskbench.core.thresholds import Thresholds
from riskbench.validation.grades import MASTER_SCALE, grade_checks, grade_table, grades

THRESHOLDS = Thresholds()


def test_each_rung_of_the_master_scale_doubles_the_one_below():
    assert [b / a for a, b in pairwise(MASTER_SCALE)] == [2] * 5


def test_a_pd_on_a_rung_belongs_to_the_riskier_grade():
    assert grades([0, 0.0099, 0.01, 0.0799, 0.08, 0.32, 1]).tolist() == [1, 1, 2, 4, 5, 7, 7]


@given(st.lists(st.floats(0, 1), min_size=2))
def test_a_riskier_case_is_never_in_a_safer_grade(pds):
    assert (np.diff(grades(sorted(pds))) >= 0).all()


@pytest.mark.parametrize("edges", [[0.2, 0.1], [0.0, 0.1], [0.5, 1.0], [0.1, 0.1]])
def test_edges_that_do_not_rise_inside_0_and_1_are_refused(edges):
    with pytest.raises(ValueError, match=r"edges must rise strictly inside \(0, 1\), got"):
        grades([0.5], edges)


def sample():
    """Grade 1: 400 cases at .4 % with 2 bads; grade 2: 250 at 1.5 % with 9; grade 3: 10 at 3 %."""
    pd = np.repeat([0.004, 0.015, 0.03], [400, 250, 10])
    y = np.zeros(660)
    y[:2] = y[400:409] = 1
    return y, pd


def test_grades_reproduce_the_published_jeffreys_values():
    # statistics.md: (400, 2, .004) → .330878 and (250, 9, .015) → .008440
    y, pd = sample()
    table = grade_table(y, pd, grades(pd), THRESHOLDS)
    assert table["jeffreys_p"].round(6).tolist()[:2] == [0.330878, 0.008440]
    assert table["status"].tolist()[:3] == ["green", "red", "not_evaluated"]
    assert table[["n", "defaults"]].to_numpy()[:3].tolist() == [[400, 2], [250, 9], [10, 0]]


def test_a_grade_with_too_few_cases_is_not_evaluated_and_says_why():
    y, pd = sample()
    few, none = grade_checks(y, pd, grades(pd), THRESHOLDS, "test")[2:4]
    assert (few.name, few.status) == ("grade_3.jeffreys.test", "not_evaluated")
    assert few.reason == "the grade has 10 labelled cases, and at least 30 are asked for"
    assert none.reason == "the grade has 0 labelled cases, and at least 30 are asked for"


def test_checks_and_table_agree():
    y, pd = sample()
    table = grade_table(y, pd, grades(pd), THRESHOLDS)
    checks = grade_checks(y, pd, grades(pd), THRESHOLDS, "test")
    assert [c.status for c in checks] == table["status"].tolist()
    assert [c.dims for c in checks] == [{"sample": "test", "grade": str(g)} for g in table["grade"]]
    assert checks[0].estimate.value == metrics.jeffreys(400, 2, 0.004).p_value


def test_cases_without_a_label_do_not_count():
    y, pd = sample()
    y[-10:] = np.nan
    assert grade_table(y, pd, grades(pd), THRESHOLDS)["n"].tolist() == [400, 250, 0, 0, 0, 0, 0]


def test_another_scale_has_its_own_number_of_grades():
    y, pd = sample()
    table = grade_table(y, pd, grades(pd, [0.01]), THRESHOLDS, count=2)
    assert table["n"].tolist() == [400, 260]


def test_labels_outside_the_scale_are_refused():
    with pytest.raises(ValueError, match=r"grades must be the numbers 1 to 7, got \[0, 8\]"):
        grade_table([0, 1], [0.1, 0.2], [0, 8], THRESHOLDS)
