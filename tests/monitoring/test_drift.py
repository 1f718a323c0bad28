import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.drift import (
    band_codes,
    drift_table,
    holm,
    psi_by_month,
    score_bands,
    score_checks,
    worst_feature_check,
)

THRESHOLDS = Thresholds()
# statistics.md: PSI .067693, critical .025183, p 7.2e-6
BEFORE, NOW = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]


def case(now=NOW, month="2026-01") -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Codes of one feature, months and the reference mask, with the reference counts of statistics.md."""
    codes = np.concatenate([np.repeat(range(7), BEFORE), np.repeat(range(7), now)])
    reference = np.arange(len(codes)) < sum(BEFORE)
    return pd.DataFrame({"income": codes}), pd.Series(np.where(reference, "2025-12", month)), reference


def test_a_month_reproduces_the_published_psi_with_its_critical_value():
    row = psi_by_month(*case(), THRESHOLDS).iloc[0]
    assert (row.month, row.subject, row.n) == ("2026-01", "income", sum(NOW))
    assert (row.psi, row.critical) == pytest.approx((0.067693, 0.025183), abs=5e-7)
    assert row.p_value == pytest.approx(7.2e-6, rel=0.01)


def test_the_convention_and_the_size_aware_test_may_disagree_and_both_are_shown():
    row = psi_by_month(*case(), THRESHOLDS).iloc[0]
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
    table = psi_by_month(codes, month, month == "2025-01", THRESHOLDS)
    assert list(zip(table.month, table.subject, strict=True)) == [
        ("2026-01", "a"), ("2026-01", "b"), ("2026-02", "a"), ("2026-02", "b"),
    ]  # fmt: skip


def test_without_rows_after_the_reference_there_is_no_month():
    codes, month, reference = case()
    assert psi_by_month(codes[reference], month[reference], reference[reference], THRESHOLDS).empty


def test_the_order_of_rows_does_not_matter():
    codes, month, reference = case()
    shuffled = np.random.default_rng(0).permutation(len(codes))
    again = psi_by_month(codes.iloc[shuffled], month.iloc[shuffled], reference[shuffled], THRESHOLDS)
    pd.testing.assert_frame_equal(again, psi_by_month(codes, month, reference, THRESHOLDS))


def test_a_feature_with_one_bin_only_is_not_evaluated():
    codes = pd.DataFrame({"flat": [0] * 10})
    row = drift_table(codes, np.arange(10) < 5, np.arange(10) >= 5, THRESHOLDS).iloc[0]
    assert (row.status, bool(row.beyond_critical)) == ("not_evaluated", False)


def test_frozen_edges_see_a_shift_that_edges_of_the_month_itself_would_hide():
    scores = np.random.default_rng(0).normal(550, 40, 4000)
    edges = score_bands(scores)
    moved = band_codes(scores + 20, edges)
    codes = pd.DataFrame({"score": np.concatenate([band_codes(scores, edges), moved])})
    assert drift_table(codes, np.arange(8000) < 4000, np.arange(8000) >= 4000, THRESHOLDS).psi[0] > 0.2
    assert np.bincount(band_codes(scores + 20, score_bands(scores + 20))).tolist() == [400] * 10


def test_score_bands_are_deciles_and_merge_where_scores_repeat():
    assert np.bincount(band_codes(range(100), score_bands(range(100)))).tolist() == [10] * 10
    assert score_bands([500] * 95 + [600] * 5).tolist() == []
    assert np.bincount(band_codes([500] * 50 + [600] * 50, score_bands([500] * 50 + [600] * 50))).tolist() == [50, 50]


def test_a_score_beyond_all_of_development_falls_in_the_outer_bands():
    assert band_codes([-1e9, 1e9], score_bands(range(100))).tolist() == [0, 9]


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


@pytest.mark.parametrize("scores", [[500, np.nan], [np.inf]])
def test_scores_must_be_finite(scores):
    with pytest.raises(ValueError, match="scores must be finite, got 1"):
        score_bands(scores)


# --- checks ------------------------------------------------------------------------------------------------------


def test_score_checks_are_named_by_month_and_the_last_is_named_once_more():
    codes, _, reference = case()
    month = pd.Series(np.where(reference, "2025-12", np.where(np.arange(len(codes)) % 2, "2026-01", "2026-02")))
    checks = score_checks(codes["income"], month, reference, THRESHOLDS)
    assert [check.name for check in checks] == ["score.psi.2026_01", "score.psi.2026_02", "score.psi.newest_month"]
    assert checks[2].estimate == checks[1].estimate
    assert (checks[2].dims["month"], checks[2].status) == ("2026-02", "green")


def test_the_worst_feature_is_named_with_its_csi():
    codes, _, reference = case()
    codes["steady"] = np.arange(len(codes)) % 4
    check = worst_feature_check(codes, reference, ~reference, THRESHOLDS, "out_of_time")
    assert (check.name, check.title) == ("features.largest_csi.out_of_time", "Least stable of 2 features: income (CSI)")
    assert check.estimate.value == pytest.approx(0.067693, abs=5e-7)


def test_without_a_feature_to_compare_the_worst_is_not_evaluated():
    codes = pd.DataFrame({"flat": [0] * 10})
    check = worst_feature_check(codes, np.arange(10) < 5, np.arange(10) >= 5, THRESHOLDS, "test")
    assert check.status == "not_evaluated"


def test_holm_by_hand():
    # sorted .01 .02 .03 .04 times 4 3 2 1 = .04 .06 .06 .04, never decreasing
    assert holm([0.04, 0.01, 0.03, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=20))
def test_holm_raises_p_values_to_at_most_one_and_keeps_their_order(p_values):
    p, adjusted = np.asarray(p_values), holm(p_values)
    known = ~np.isnan(p)
    assert (np.isnan(adjusted) == ~known).all()
    assert ((adjusted[known] >= p[known]) & (adjusted[known] <= 1)).all()
    assert (np.diff(adjusted[np.argsort(p)][: known.sum()]) >= 0).all()
