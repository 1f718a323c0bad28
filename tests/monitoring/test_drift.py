import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.drift import (
    drift_by_month,
    drift_checks,
    drift_table,
    largest_by_month,
    newest_month_checks,
)
from riskbench.scorecard.bands import band_codes, band_edges

THRESHOLDS = Thresholds()
# statistics.md: PSI .067693, critical .025183, p 7.2e-6
BEFORE, NOW = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]


def case(now=NOW, month="2026-01") -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Codes of one feature, months and the reference mask, with the reference counts of statistics.md."""
    codes = np.concatenate([np.repeat(range(7), BEFORE), np.repeat(range(7), now)])
    reference = np.arange(len(codes)) < sum(BEFORE)
    return pd.DataFrame({"income": codes}), pd.Series(np.where(reference, "2025-12", month)), reference


def test_a_month_reproduces_the_published_psi_with_its_critical_value():
    row = drift_by_month(*case(), THRESHOLDS).iloc[0]
    assert (row.month, row.feature, row.n) == ("2026-01", "income", sum(NOW))
    assert (row.psi, row.critical) == pytest.approx((0.067693, 0.025183), abs=5e-7)
    assert row.p_value == pytest.approx(7.2e-6, rel=0.01)


def test_the_convention_and_the_size_aware_test_may_disagree_and_both_are_shown():
    row = drift_by_month(*case(), THRESHOLDS).iloc[0]
    assert (row.status, row.beyond_critical) == ("green", True)


def test_a_code_that_development_never_saw_counts_as_half_an_observation_there():
    codes = pd.DataFrame({"x": [0] * 50 + [1] * 50 + [0] * 25 + [2] * 75})
    reference = np.arange(200) < 100
    table = drift_table(codes, reference, ~reference, THRESHOLDS)
    # shares .5 .5 .005 before and .25 .005 .75 now
    by_hand = sum((a - e) * np.log(a / e) for e, a in [(0.5, 0.25), (0.5, 0.005), (0.005, 0.75)])
    assert table.psi[0] == pytest.approx(by_hand)
    assert table.status[0] == "red"


def test_months_are_in_order_and_rows_of_the_reference_are_compared_with_nothing():
    codes = pd.DataFrame({"a": [0, 1] * 30, "b": [0, 0, 1] * 20})
    month = pd.Series(["2026-02"] * 20 + ["2025-01"] * 20 + ["2026-01"] * 20)
    table = drift_by_month(codes, month, month == "2025-01", THRESHOLDS)
    assert list(zip(table.month, table.feature, strict=True)) == [
        ("2026-01", "a"), ("2026-01", "b"), ("2026-02", "a"), ("2026-02", "b"),
    ]  # fmt: skip


def test_without_rows_after_the_reference_there_is_no_month():
    codes, month, reference = case()
    assert drift_by_month(codes[reference], month[reference], reference[reference], THRESHOLDS).empty


def test_the_order_of_rows_does_not_matter():
    codes, month, reference = case()
    shuffled = np.random.default_rng(0).permutation(len(codes))
    again = drift_by_month(codes.iloc[shuffled], month.iloc[shuffled], reference[shuffled], THRESHOLDS)
    pd.testing.assert_frame_equal(again, drift_by_month(codes, month, reference, THRESHOLDS))


def test_a_feature_with_one_bin_only_is_not_evaluated():
    codes = pd.DataFrame({"flat": [0] * 10})
    row = drift_table(codes, np.arange(10) < 5, np.arange(10) >= 5, THRESHOLDS).iloc[0]
    assert (row.status, bool(row.beyond_critical)) == ("not_evaluated", False)


def test_frozen_edges_see_a_shift_that_edges_of_the_month_itself_would_hide():
    scores = np.random.default_rng(0).normal(550, 40, 4000)
    later, reference = np.concatenate([scores, scores + 20]), np.arange(8000) < 4000
    frozen = band_codes(pd.Series(later), band_edges(scores))
    assert drift_table(frozen, reference, ~reference, THRESHOLDS).psi[0] > 0.2
    cut_again = band_codes(pd.Series(scores + 20), band_edges(scores + 20))
    assert np.bincount(cut_again.score).tolist() == [400] * 10


@pytest.mark.parametrize(
    ("codes", "reference", "message"),
    [
        ({"x": [0.5, 1]}, [True, False], "codes must be whole numbers without missing values, column x is float64"),
        ({"x": [0, 1]}, [0, 1], "a mask must be boolean with 2 rows, got int64"),
        ({"x": [0, 1]}, [True], "with 2 rows, got bool with shape"),
        ({"x": [0, 1]}, [False, False], "the reference must have rows"),
    ],
)
def test_codes_and_masks_of_the_wrong_kind_are_refused(codes, reference, message):
    with pytest.raises(ValueError, match=message):
        drift_table(pd.DataFrame(codes), reference, [True] * 2, THRESHOLDS)


# --- checks ------------------------------------------------------------------------------------------------------


def bands_and_bins() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """A score that does not move beside an income that moves as in statistics.md, and a feature that is steady."""
    bins, _, reference = case()
    steady = np.arange(len(bins)) % 4
    return pd.DataFrame({"score": steady}), bins.assign(steady=steady), reference


def test_the_score_and_the_feature_that_moved_most_are_judged_and_the_feature_is_named():
    bands, bins, reference = bands_and_bins()
    score, largest = drift_checks(bands, bins, reference, ~reference, "out_of_time", THRESHOLDS)
    assert (score.name, score.status) == ("score.psi.out_of_time", "green")
    assert (largest.name, largest.title) == ("features.largest_csi.out_of_time", "Largest CSI of 2 features: income")
    assert largest.estimate.value == pytest.approx(0.067693, abs=5e-7)


def test_without_a_feature_to_compare_the_largest_csi_is_not_evaluated():
    bands, _, reference = bands_and_bins()
    flat = pd.DataFrame({"flat": [0] * len(bands)})
    score, largest = drift_checks(bands, flat, reference, ~reference, "test", THRESHOLDS)
    assert (score.status, largest.status, largest.reason) == ("green", "not_evaluated", "no feature could be compared")


def test_the_newest_month_is_that_of_the_rows_outside_the_reference_and_is_named():
    bands, bins, reference = bands_and_bins()
    month = pd.Series(np.where(reference, "2026-02", np.where(np.arange(len(bins)) // 4 % 2, "2026-01", "2026-02")))
    checks = newest_month_checks(bands, bins, month, reference, THRESHOLDS)
    now = ~reference & (month == "2026-02").to_numpy()
    expected = drift_checks(bands, bins, reference, now, "newest_month", THRESHOLDS)
    assert [check.estimate for check in checks] == [check.estimate for check in expected]
    assert [check.title for check in checks] == [
        "PSI of the score in 2026-02",
        "Largest CSI of 2 features: income in 2026-02",
    ]
    assert {check.dims["month"] for check in checks} == {"2026-02"}


def test_without_dates_the_newest_month_is_not_evaluated_and_months_have_no_table():
    bands, bins, reference = bands_and_bins()
    month = pd.Series([""] * len(bins))
    checks = newest_month_checks(bands, bins, month, reference, THRESHOLDS)
    assert [check.name for check in checks] == ["score.psi.newest_month", "features.largest_csi.newest_month"]
    assert {(check.status, check.reason) for check in checks} == {("not_evaluated", "the study has no decision dates")}
    with pytest.raises(NotEvaluated, match="no decision dates"):
        drift_by_month(bins, month, reference, THRESHOLDS)


def test_of_every_month_the_feature_that_moved_most_is_kept():
    _, bins, reference = bands_and_bins()
    month = pd.Series(np.where(np.arange(len(bins)) // 4 % 2, "2026-01", "2026-02"))
    by_month = drift_by_month(bins.assign(flat=0), month, reference, THRESHOLDS)
    largest = largest_by_month(by_month)
    assert list(zip(largest.month, largest.feature, strict=True)) == [("2026-01", "income"), ("2026-02", "income")]
    assert largest.psi.tolist() == by_month.groupby("month").psi.max().tolist()
