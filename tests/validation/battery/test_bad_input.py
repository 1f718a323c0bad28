"""What no sample should be, over all families: an error that says why, or not evaluated, and never green by accident.

A check that can be answered on such a sample is answered: a Brier score needs no bads, and no grade is inverted where
there is one. What may be green is named.
"""

import numpy as np
import pytest

from riskbench.validation import battery
from riskbench.validation.battery.case import Case

N = 400
Y, PD = np.arange(N) % 4 == 0, np.linspace(0.01, 0.6, N)
HALF, CERTAIN = np.full(N, 0.25), np.where(np.arange(N) % 2, 1.0, 0.0)
LEVEL = {
    "champion.spiegelhalter",
    "portfolio.observed_to_expected",
    "portfolio.jeffreys",
    "portfolio.vasicek",
    "grades.too_low_together",
}
SAMPLES = {  # labels and PDs, and which checks may be green on them
    "a constant score": (Y, HALF, LEVEL),  # the bad rate is a quarter
    "all bad": (np.ones(N), PD, {"grades.largest_share", "grades.inversions"}),
    "all good": (np.zeros(N), PD, LEVEL | {"grades.largest_share", "grades.inversions"}),
    "no labels": (np.full(N, np.nan), PD, {"grades.largest_share"}),
    "one case": ([0], [0.1], set()),
    "no cases": ([], [], set()),
}
UNDIVIDED = (
    *("segments.auc_heterogeneity", "segments.auc_below_limit", "segments.too_low"),
    *("vintages.auc_trend", "vintages.normal_test"),
)


def everything(case: Case):
    return {r.name.removesuffix(".test"): r for family in battery.FAMILIES for r in battery.run(family, case)}


def greens(found):
    return {name for name, result in found.items() if result.status == "green" and not name.startswith("grade_")}


@pytest.mark.parametrize("sample", SAMPLES)
def test_only_what_can_be_answered_is_answered_and_the_rest_says_why(case, sample):
    y, pd, may_be_green = SAMPLES[sample]
    found = everything(case(y, pd))
    assert greens(found) <= may_be_green
    assert all(result.reason for result in found.values() if result.status == "not_evaluated")


@pytest.mark.parametrize("sample", ["all bad", "all good", "no labels", "one case", "no cases"])
def test_without_two_classes_nothing_is_said_of_discrimination(case, sample):
    y, pd, _ = SAMPLES[sample]
    asked = [*battery.run("discrimination", case(y, pd)), *battery.run("overfitting", case(y, pd))]
    assert {result.status for result in asked} == {"not_evaluated"}


def test_a_constant_score_ranks_nobody(case):
    found = everything(case(Y, HALF))
    assert found["champion.auc"].estimate.value == 0.5
    assert found["champion.auc"].status == "red"
    assert found["champion.calibration_slope"].reason == "all PDs are equal, so a slope is not defined"


def test_pds_of_0_and_1_have_no_calibration_line_and_are_not_green_where_outcomes_contradict_them(case):
    found = everything(case(Y, CERTAIN))
    assert found["champion.calibration_slope"].reason == "a PD of exactly 0 or 1 has no log-odds"
    assert found["champion.hosmer_lemeshow"].status == found["champion.spiegelhalter"].status == "not_evaluated"
    assert not {"champion.auc", "grades.inversions"} & greens(found)


def test_one_grade_alone_has_no_neighbour_and_holds_everything(case):
    found = everything(case(Y, np.linspace(0.17, 0.31, N)))
    assert found["grades.inversions"].status == "not_evaluated"
    assert found["grades.largest_share"].status == "red"
    assert found["grades.concentration"].estimate.value == pytest.approx(1)


@pytest.mark.parametrize("name", UNDIVIDED)
def test_without_segments_or_months_their_checks_are_not_evaluated(case, name):
    result = everything(case(Y, PD))[name]
    assert (result.status, result.estimate.n) == ("not_evaluated", N)
    assert result.reason in ("the study names no segments", "the scores have no months of decision")


@pytest.mark.parametrize("amounts", [np.full(N, np.nan), np.zeros(N)])
def test_amounts_of_nothing_are_not_concentrated(case, amounts):
    development = case(Y, PD, "development", also={"amount": amounts})
    found = everything(case(Y, PD, also={"amount": amounts}, development=development))
    assert found["grades.concentration_by_amount"].status == "not_evaluated"
    assert found["grades.concentration_change_by_amount"].status == "not_evaluated"


@pytest.mark.parametrize("family", battery.FAMILIES)
def test_a_score_that_is_no_number_is_refused(case, family):
    given = {
        "also": {"month": "2025-01", "kind": "a"},
        "segments": ("kind",),
        "development": case(Y, PD, "development"),
    }
    asked = case(Y, np.where(np.arange(N) == 7, np.nan, PD), **given)
    with pytest.raises(ValueError, match="must be finite, got nan"):
        battery.run(family, asked)


def test_negative_amounts_are_refused(case):
    with pytest.raises(ValueError, match="cases must not be negative"):
        battery.run("concentration", case(Y, PD, also={"amount": np.full(N, -1.0)}))
