"""The test of every grade of the master scale."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.grades import grade_checks, grade_table

THRESHOLDS = Thresholds()
SCALE = MasterScale()
THREE = MasterScale(version="x", edges=[0.01, 0.02], names=["A", "B", "C"])


def sample():
    """Grade 1: 400 cases at .4 % with 2 bads; grade 2: 250 at 1.5 % with 9; grade 3: 10 at 3 %."""
    pd = np.repeat([0.004, 0.015, 0.03], [400, 250, 10])
    y = np.zeros(660)
    y[:2] = y[400:409] = 1
    return y, pd


def test_grades_reproduce_the_published_jeffreys_values():
    # statistics.md: (400, 2, .004) → .330878 and (250, 9, .015) → .008440
    y, pd = sample()
    table = grade_table(y, pd, grades(pd, SCALE), SCALE, THRESHOLDS)
    assert table["jeffreys_p"].round(6).tolist()[:2] == [0.330878, 0.008440]
    assert table["status"].tolist()[:3] == ["green", "red", "not_evaluated"]
    assert table[["n", "defaults"]].to_numpy()[:3].tolist() == [[400, 2], [250, 9], [10, 0]]


def test_a_grade_with_too_few_cases_is_not_evaluated_and_says_why():
    y, pd = sample()
    few, none = grade_checks(y, pd, grades(pd, SCALE), SCALE, THRESHOLDS, "test")[2:4]
    assert (few.name, few.status) == ("grade_3.jeffreys.test", "not_evaluated")
    assert few.reason == "the grade has 10 labelled cases, and at least 30 are asked for"
    assert none.reason == "the grade has 0 labelled cases, and at least 30 are asked for"


def test_one_case_is_told_in_the_singular():
    check = grade_checks([0], [0.004], [1], SCALE, THRESHOLDS, "test")[0]
    assert check.reason == "the grade has 1 labelled case, and at least 30 are asked for"


def test_checks_and_table_agree():
    y, pd = sample()
    table = grade_table(y, pd, grades(pd, SCALE), SCALE, THRESHOLDS)
    checks = grade_checks(y, pd, grades(pd, SCALE), SCALE, THRESHOLDS, "test")
    *single, _, _ = checks
    assert [c.status for c in single] == table["status"].tolist()
    assert [c.dims for c in single] == [{"grade": str(g)} for g in table["grade"]]
    assert checks[0].estimate.value == metrics.jeffreys(400, 2, 0.004).p_value


def test_cases_without_a_label_do_not_count():
    y, pd = sample()
    y[-10:] = np.nan
    assert grade_table(y, pd, grades(pd, SCALE), SCALE, THRESHOLDS)["n"].tolist() == [400, 250, 0, 0, 0, 0, 0]


def test_a_study_names_the_grades_and_evidence_counts_them():
    y, pd = sample()
    table = grade_table(y, pd, grades(pd, THREE), THREE, THRESHOLDS)
    assert table[["grade", "n"]].to_numpy().tolist() == [["A", 400], ["B", 250], ["C", 10]]
    check = grade_checks(y, pd, grades(pd, THREE), THREE, THRESHOLDS, "test")[1]
    assert (check.name, check.dims["grade"]) == ("grade_2.jeffreys.test", "B")


def test_labels_outside_the_scale_are_refused():
    with pytest.raises(ValueError, match=r"grades must be the numbers 1 to 7, got \[0, 8\]"):
        grade_table([0, 1], [0.1, 0.2], [0, 8], SCALE, THRESHOLDS)


def test_the_chi2_over_grades_reproduces_the_published_value():
    # statistics.md: n = 100, 200; D = 2, 10; PD = .01, .04 → p = .465117
    pd = np.repeat([0.01, 0.04], [100, 200])
    y = np.concatenate([np.arange(100) < 2, np.arange(200) < 10]).astype(float)
    scale = MasterScale(version="x", edges=[0.02])
    chi2 = grade_checks(y, pd, grades(pd, scale), scale, THRESHOLDS, "test")[-2]
    assert chi2.name == "grades.chi2.test"
    assert round(chi2.estimate.value, 6) == 0.465117


@pytest.mark.parametrize(("riskier", "inversions"), [(40, 0), (15, 0), (2, 1)])
def test_only_a_fall_of_default_rates_beyond_chance_counts_as_one(riskier, inversions):
    # 20 of 500 in the safer grade: 15 of 500 may be chance, 2 of 500 may not
    pd = np.repeat([0.005, 0.015], 500)
    y = np.concatenate([np.arange(500) < 20, np.arange(500) < riskier]).astype(float)
    check = grade_checks(y, pd, grades(pd, THREE), THREE, THRESHOLDS, "test")[-1]
    assert (check.estimate.value, check.estimate.n) == (inversions, 1)
    assert check.status == ("red" if inversions else "green")


def test_without_two_grades_to_compare_nothing_is_said_of_their_order():
    y, pd = np.zeros(40), np.full(40, 0.005)
    *_, chi2, order = grade_checks(y, pd, grades(pd, SCALE), SCALE, THRESHOLDS, "test")
    assert (order.status, order.reason) == ("not_evaluated", "a comparison takes two grades with cases enough")
    assert grade_checks([], [], [], SCALE, THRESHOLDS, "test")[-2].reason == "no grade has cases enough"
    assert chi2.estimate.evaluated
