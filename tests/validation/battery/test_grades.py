"""The family of grades, and its table."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.data.study.calibration import MasterScale
from riskbench.validation import battery
from riskbench.validation.battery.grades import grade_points, grade_table
from riskbench.validation.battery.parts import by_grade

THREE = MasterScale(version="x", edges=[0.01, 0.02], names=["A", "B", "C"])


@pytest.fixture
def ladder(case):
    """Grade 1: 400 cases at .4 % with 2 bads; grade 2: 250 at 1.5 % with 9; grade 3: 10 at 3 %."""
    y = np.zeros(660)
    y[:2] = y[400:409] = 1
    return lambda **more: case(y, np.repeat([0.004, 0.015, 0.03], [400, 250, 10]), **more)


def test_grades_reproduce_the_published_jeffreys_values(ladder):
    # statistics.md: (400, 2, .004) → .330878 and (250, 9, .015) → .008440
    table = grade_table(ladder())
    assert table["jeffreys_p"].round(6).tolist()[:2] == [0.330878, 0.008440]
    assert table["status"].tolist()[:3] == ["green", "red", "not_evaluated"]
    assert table[["n", "bads"]].to_numpy()[:3].tolist() == [[400, 2], [250, 9], [10, 0]]
    assert table["mean_pd"].round(3).tolist()[:3] == [0.004, 0.015, 0.03]


def test_a_grade_with_too_few_cases_is_not_evaluated_and_says_why(ladder):
    few, none = battery.run("grades", ladder())[2:4]
    assert (few.name, few.status) == ("grade_3.jeffreys.test", "not_evaluated")
    assert few.reason == "the grade has 10 labelled cases, and at least 30 are asked for"
    assert none.reason == "the grade has 0 labelled cases, and at least 30 are asked for"


def test_checks_and_table_agree(ladder):
    table, single = grade_table(ladder()), battery.run("grades", ladder())[:7]
    assert [c.status for c in single] == table["status"].tolist()
    assert [c.dims for c in single] == [{"grade": str(g)} for g in table["grade"]]
    assert single[0].estimate.value == metrics.jeffreys(400, 2, 0.004).p_value


def test_only_tested_grades_are_drawn(ladder):
    points = grade_points(grade_table(ladder()))
    assert list(points.columns) == ["label", "predicted", "observed", "lower", "upper"]
    assert points["label"].tolist() == ["1", "2"]


def test_grades_go_by_the_pd_that_is_applied_and_are_tested_at_the_bad_rate_of_the_data(case):
    first = by_grade(case([0, 1], [0.2, 0.3], applied=[0.005, 0.5]))[0]
    assert first.pd.tolist() == [0.2]


def test_a_study_names_the_grades_and_evidence_counts_them(ladder):
    case = ladder(scale=THREE)
    assert grade_table(case)[["grade", "n"]].to_numpy().tolist() == [["A", 400], ["B", 250], ["C", 10]]
    check = battery.run("grades", case)[1]
    assert (check.name, check.dims["grade"]) == ("grade_2.jeffreys.test", "B")
    assert check.title == "Test that the PD of grade B is not too low (p-value)"


def test_the_chi2_over_grades_reproduces_the_published_value(case):
    # statistics.md: n = 100, 200; D = 2, 10; PD = .01, .04 → p = .465117
    y = np.concatenate([np.arange(100) < 2, np.arange(200) < 10])
    scale = MasterScale(version="x", edges=[0.02])
    chi2 = battery.run("grades", case(y, np.repeat([0.01, 0.04], [100, 200]), scale=scale))[-2]
    assert chi2.name == "grades.chi2.test"
    assert round(chi2.estimate.value, 6) == 0.465117


@pytest.mark.parametrize(("riskier", "inversions"), [(40, 0), (15, 0), (2, 1)])
def test_only_a_fall_of_bad_rates_beyond_chance_counts_as_one(case, riskier, inversions):
    # 20 of 500 in the safer grade: 15 of 500 may be chance, 2 of 500 may not
    y = np.concatenate([np.arange(500) < 20, np.arange(500) < riskier])
    check = battery.run("grades", case(y, np.repeat([0.005, 0.015], 500), scale=THREE))[-1]
    assert (check.estimate.value, check.estimate.n) == (inversions, 1)
    assert check.status == ("red" if inversions else "green")


def test_without_two_grades_to_compare_nothing_is_said_of_their_order(case):
    *_, chi2, order = battery.run("grades", case(np.zeros(40), np.full(40, 0.005)))
    assert (order.status, order.reason) == ("not_evaluated", "a comparison takes two grades with cases enough")
    assert chi2.estimate.evaluated
    assert battery.run("grades", case([], []))[-2].reason == "no grade has cases enough"


def test_the_table_holds_the_binomial_and_the_vasicek_test_of_every_grade(ladder):
    second = grade_table(ladder()).iloc[1]
    assert second["binomial_p"] == pytest.approx(metrics.binomial(250, 9, 0.015).p_value)
    rho = 0.16 - 0.13 * (1 - np.exp(-35 * 0.015)) / (1 - np.exp(-35))  # CRR Art. 154(1), other retail
    assert second["vasicek_p"] == pytest.approx(metrics.binomial(250, 9, 0.015, rho).p_value)


@pytest.mark.parametrize(("factor", "too_low", "too_high"), [(1, 0, 0), (30, 1, 0), (0.2, 0, 1)])
def test_grades_whose_pd_is_too_low_or_too_high_are_counted_and_named(case, factor, too_low, too_high):
    bads = int(2000 * 0.02 * factor)  # 40 are expected of 2,000 at 2 %
    found = {r.name: r for r in battery.run("grades", case(np.arange(2000) < bads, np.full(2000, 0.02)))}
    low, high = found["grades.too_low_together.test"], found["grades.too_high.test"]
    assert (low.estimate.value, high.estimate.value) == (too_low, too_high)
    assert (low.status, high.status) == ("red" if too_low else "green", "information")
    assert ("grade 3" in low.estimate.method, "grade 3" in high.estimate.method) == (too_low > 0, too_high > 0)


@pytest.mark.parametrize("y", [0, 1])
def test_where_all_are_good_or_all_bad_no_grade_can_be_out_of_order(case, y):
    found = battery.run("grades", case(np.full(400, y), np.repeat([0.004, 0.015], 200)))
    (inversions,) = (check for check in found if check.name == "grades.inversions.test")
    assert inversions.reason == "all cases are good, or all are bad"
