import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.metrics.transitions import migration
from riskbench.validation.population.migration import (
    balance,
    jumps,
    last_pairs,
    matrix_table,
    migration_checks,
    migration_matrix,
)

THREE = MasterScale(version="x", edges=[0.01, 0.02], names=["A", "B", "C"])
PUBLISHED = np.array([[80, 15, 5], [10, 70, 20], [2, 18, 80]])  # statistics.md: MWB .75 and .64


def checks_of(matrix):
    return {check.name: check for check in migration_checks(np.asarray(matrix), "out_of_time", Thresholds())}


def test_the_bandwidths_are_those_published():
    checks = checks_of(PUBLISHED)
    assert checks["grades.mwb_worse.out_of_time"].estimate.value == pytest.approx(0.75, abs=0.005)
    assert checks["grades.mwb_better.out_of_time"].estimate.value == pytest.approx(0.64, abs=0.005)
    assert (checks["grades.jumps.out_of_time"].estimate.value, checks["grades.jumps.out_of_time"].status) == (
        0,
        "green",
    )


def test_far_moves_that_outnumber_near_ones_are_counted_after_holm():
    jumped = jumps(migration([[50, 5, 45], [0, 100, 0], [0, 0, 100]]))
    assert jumped.value == 1
    assert jumped.p_value < 0.001
    check = checks_of([[50, 5, 45], [0, 100, 0], [0, 0, 100]])["grades.jumps.out_of_time"]
    assert check.title.endswith("beyond chance (1 to 3)")


def test_balance_is_worse_less_better_of_all_who_come_back():
    # 40 of 300 moved to a worse grade, 30 to a better one; variance (40 + 30) / 300 − (1 / 30)², over 300
    e = balance(PUBLISHED)
    assert e.value == pytest.approx(10 / 300)
    reach = 1.959964 * np.sqrt((70 / 300 - (1 / 30) ** 2) / 300)
    assert (e.lower, e.upper) == pytest.approx((1 / 30 - reach, 1 / 30 + reach), abs=1e-6)


def test_nobody_coming_back_is_not_evaluated_with_the_reason():
    checks = checks_of(np.zeros((3, 3), dtype=int))
    assert {check.status for check in checks.values()} == {"not_evaluated"}
    assert checks["grades.jumps.out_of_time"].reason == "no customer of development comes back in the holdout"
    with pytest.raises(NotEvaluated, match="no customer of development comes back"):
        matrix_table(np.zeros((3, 3)), THREE, 10)


def test_few_coming_back_are_too_few_to_judge():
    reason = checks_of(np.eye(3, dtype=int) * 5)["grades.balance.out_of_time"].reason
    assert reason == "15 customers come back, and at least 30 are asked for"


def test_grades_of_few_people_show_no_shares():
    table = matrix_table(np.array([[2, 1, 0], [0, 40, 10], [0, 0, 0]]), THREE, smallest=10)
    assert table["n"].tolist() == [3, 50, 0]
    assert table["to grade B"].isna().tolist() == [True, False, True]
    assert table.loc[1, ["to grade A", "to grade B", "to grade C"]].tolist() == [0, 0.8, 0.2]


def test_each_customer_counts_once_with_the_last_application_of_either_sample():
    before = np.array([1, 1, 0, 0, 1, 0], bool)
    pairs = last_pairs([1, 1, 1, 1, 2, 3], [1, 2, 3, 4, 5, 6], before, ~before)
    assert pairs.to_numpy().tolist() == [[2, 4]]


def test_the_newest_application_counts_whatever_the_order_of_the_rows(applicants):
    customer = np.r_[np.arange(1500), np.repeat(np.arange(750), 2)].astype(str)
    months = np.r_[np.full(1500, "2023-05"), np.tile(["2024-03", "2024-02"], 750)]
    made = applicants(customer=customer, month=months)
    made.scores["pd_applied"] = np.r_[np.full(1500, 0.005), np.tile([0.5, 0.005], 750)]
    matrix = migration_matrix(made)
    assert (matrix[0, -1], matrix.sum()) == (750, 750)


def test_customers_split_between_samples_never_come_back(applicants, booked_study):
    assert migration_matrix(applicants(of=booked_study)).sum() == 0
