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
    window_checks,
)
from riskbench.monitoring.population.window import Choice, Window, window_of
from riskbench.scorecard.bands import band_codes, band_edges

THRESHOLDS = Thresholds()
# statistics.md: PSI .067693, critical .025183, p 7.2e-6
BEFORE, NOW = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]


def window(reference: np.ndarray, month: pd.Series) -> Window:
    """The rows outside `reference`, which has months of its own before them."""
    rows = pd.DataFrame({"month": month, "sample": np.where(reference, "development", "test")})
    return window_of(rows, "test", Choice(month[~reference].min(), month[~reference].max()))


def case(now=NOW, month="2026-01") -> tuple[pd.DataFrame, Window, np.ndarray]:
    """Codes of one feature, their window and the reference mask, with the reference counts of statistics.md."""
    codes = np.concatenate([np.repeat(range(7), BEFORE), np.repeat(range(7), now)])
    reference = np.arange(len(codes)) < sum(BEFORE)
    months = pd.Series(np.where(reference, "2025-12", month))
    return pd.DataFrame({"income": codes}), window(reference, months), reference


def test_a_month_reproduces_the_published_psi_with_its_critical_value():
    row = drift_by_month(*case()[:2], THRESHOLDS).iloc[0]
    assert (row.month, row.feature, row.n) == ("2026-01", "income", sum(NOW))
    assert (row.psi, row.critical) == pytest.approx((0.067693, 0.025183), abs=5e-7)
    assert row.p_value == pytest.approx(7.2e-6, rel=0.01)


def test_the_convention_and_the_size_aware_test_may_disagree_and_both_are_shown():
    row = drift_by_month(*case()[:2], THRESHOLDS).iloc[0]
    assert (row.status, row.psi > row.critical) == ("green", True)


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
    table = drift_by_month(codes, window((month == "2025-01").to_numpy(), month), THRESHOLDS)
    assert list(zip(table.month, table.feature, strict=True)) == [
        ("2026-01", "a"), ("2026-01", "b"), ("2026-02", "a"), ("2026-02", "b"),
    ]  # fmt: skip


def test_a_month_without_applications_has_its_line_and_says_so():
    codes = pd.DataFrame({"a": [0, 1] * 150})
    month = pd.Series(["2025-12"] * 100 + ["2026-01"] * 100 + ["2026-03"] * 100)
    table = drift_by_month(codes, window((month == "2025-12").to_numpy(), month), THRESHOLDS)
    assert list(zip(table.month, table.n, table.status, table.reason, strict=True)) == [
        ("2026-01", 100, "green", ""),
        ("2026-02", 0, "not_evaluated", "no application in this month"),
        ("2026-03", 100, "green", ""),
    ]


def test_by_month_says_what_each_month_says_by_itself():
    _, bins, reference = bands_and_bins()
    month = pd.Series(np.where(reference, "2025-12", np.where(np.arange(len(bins)) % 3, "2026-01", "2026-02")))
    by_month = drift_by_month(bins, window(reference, month), THRESHOLDS)
    for name, part in by_month.groupby("month"):
        alone = drift_table(bins, reference, ~reference & (month == name).to_numpy(), THRESHOLDS)
        assert part.psi.tolist() == alone.psi.tolist()
        assert part.critical.tolist() == alone.critical.tolist()


def test_the_order_of_rows_does_not_matter():
    codes, now, reference = case()
    shuffled = np.random.default_rng(0).permutation(len(codes))
    moved = window(reference[shuffled], now.month.iloc[shuffled].reset_index(drop=True))
    again = drift_by_month(codes.iloc[shuffled], moved, THRESHOLDS)
    pd.testing.assert_frame_equal(again, drift_by_month(codes, now, THRESHOLDS))


# --- a status takes the convention and more than chance ---------------------------------------------------------------


def test_four_loans_of_a_newest_month_are_not_evaluated_however_far_they_lie_off():
    codes = pd.DataFrame({"x": [0] * 500 + [1] * 500 + [1] * 4})
    row = drift_table(codes, np.arange(1004) < 1000, np.arange(1004) >= 1000, THRESHOLDS).iloc[0]
    assert row.psi > 0.25
    assert (row.status, row.reason) == ("not_evaluated", "4 applications are fewer than 50")


def test_a_psi_beyond_the_convention_that_may_be_chance_is_neither_good_nor_bad():
    # B = 10, n = m = 100: critical .338 at 5 % (statistics.md), which .11 does not reach
    before, now = [10] * 10, [15, 5] * 2 + [10] * 5 + [10]
    codes = pd.DataFrame({"x": [*np.repeat(range(10), before), *np.repeat(range(10), now)]})
    row = drift_table(codes, np.arange(200) < 100, np.arange(200) >= 100, THRESHOLDS).iloc[0]
    # 2 (.05 ln 1.5 + .05 ln 2) = .1099
    assert (row.psi, row.critical) == (pytest.approx(0.1099, abs=5e-5), pytest.approx(0.338, abs=5e-4))
    assert (row.status, row.reason) == (
        "not_evaluated",
        "a PSI of 0.110 of 100 applications may be chance, which reaches 0.338",
    )


def test_p_values_are_adjusted_for_all_months_and_columns_that_stand_together():
    codes, now, _ = case()
    alone = drift_by_month(codes, now, THRESHOLDS)
    beside = drift_by_month(codes.assign(steady=np.arange(len(codes)) % 4), now, THRESHOLDS)
    assert alone.p_adjusted[0] == alone.p_value[0]
    assert beside.p_adjusted[0] == pytest.approx(2 * beside.p_value[0])  # the smallest of two


def test_a_feature_with_one_bin_only_is_not_evaluated():
    codes = pd.DataFrame({"flat": [0] * 100})
    row = drift_table(codes, np.arange(100) < 50, np.arange(100) >= 50, THRESHOLDS).iloc[0]
    assert (row.status, row.reason) == ("not_evaluated", "it needs two cells with cases")


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


def test_what_may_be_chance_does_not_hide_what_is_more_than_that():
    bins, _, reference = case()
    few = np.where(np.arange(len(bins)) % 40 == 0, np.arange(len(bins)) % 7, 0)  # rare bins, as often before as now
    _, largest = drift_checks(bins.rename(columns={"income": "score"}), bins.assign(few=few), reference, ~reference,
                              "test", THRESHOLDS)  # fmt: skip
    assert largest.title == "Largest CSI of 2 features: income"


def test_the_newest_month_is_the_last_that_has_applications_and_is_named():
    bands, bins, reference = bands_and_bins()
    month = pd.Series(np.where(reference, "2025-12", np.where(np.arange(len(bins)) // 4 % 2, "2026-01", "2026-02")))
    rows = pd.DataFrame({"month": month, "sample": np.where(reference, "development", "test")})
    checks = newest_month_checks(bands, bins, window_of(rows, "test", Choice(last="2026-05")), THRESHOLDS)
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
    rows = pd.DataFrame({"month": "", "sample": np.where(reference, "development", "test")})
    undated = window_of(rows, "test")
    checks = newest_month_checks(bands, bins, undated, THRESHOLDS)
    assert [check.name for check in checks] == ["score.psi.newest_month", "features.largest_csi.newest_month"]
    assert {(check.status, check.reason) for check in checks} == {("not_evaluated", "the study has no decision dates")}
    with pytest.raises(NotEvaluated, match="no decision dates"):
        drift_by_month(bins, undated, THRESHOLDS)


def test_the_whole_window_is_judged_as_a_sample_is_and_names_its_months():
    bands, bins, _ = bands_and_bins()
    _, now, _ = case()
    score, largest = window_checks(bands, bins, now, THRESHOLDS)
    assert [score.name, largest.name] == ["score.psi_of_window", "features.largest_csi_of_window"]
    assert largest.title == "Largest CSI of 2 features: income, 2026-01 to 2026-01"
    assert largest.estimate.value == pytest.approx(0.067693, abs=5e-7)


def test_of_every_month_the_feature_that_moved_most_is_kept():
    _, bins, reference = bands_and_bins()
    month = pd.Series(np.where(reference, "2025-12", np.where(np.arange(len(bins)) // 4 % 2, "2026-01", "2026-02")))
    by_month = drift_by_month(bins.assign(flat=0), window(reference, month), THRESHOLDS)
    largest = largest_by_month(by_month)
    assert list(zip(largest.month, largest.feature, strict=True)) == [("2026-01", "income"), ("2026-02", "income")]
    assert largest.psi.tolist() == by_month.groupby("month").psi.max().tolist()


# --- real data --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lendingclub(shared_data):
    columns = ["issue_d", "term", "inq_last_6mths"]
    loans = pd.read_csv(shared_data / "lendingclub_2007_2011.csv.gz", usecols=columns)
    month = loans["issue_d"].str[:7]
    sample = np.where(month < "2011-01", "development", "monitoring")
    return loans, window_of(pd.DataFrame({"month": month, "sample": sample}), "test", Choice(reference="before"))


def by_hand(codes: pd.Series, now: Window, floor: float) -> float:
    """PSI with every empty share at `floor`."""
    cells = sorted(codes.unique())
    shares = [
        codes[rows].value_counts().reindex(cells, fill_value=0) / rows.sum() for rows in (now.reference, now.current)
    ]
    before, after = (share.clip(lower=floor) for share in shares)
    return float(((after - before) * np.log(after / before)).sum())


def test_lendingclub_moved_in_term_and_in_enquiries_by_deciles_as_published(lendingclub):
    loans, now = lendingclub
    asked = loans["inq_last_6mths"]
    deciles = np.unique(asked[now.reference].quantile(np.arange(0.1, 1, 0.1)))
    cut = pd.Series(np.searchsorted(deciles, asked)).where(asked.notna(), -1)  # a gap is a bin of its own
    table = drift_table(pd.DataFrame({"term": loans["term"], "deciles": cut}), now.reference, now.current, THRESHOLDS)
    # statistics.md: term .193 exactly, enquiries .179 by deciles
    assert dict(zip(table.feature, table.psi.round(3), strict=True)) == {"term": 0.193, "deciles": 0.179}
    assert set(table.status) == {"amber"}


@pytest.mark.parametrize(("cap", "published"), [(3, 0.109), (4, 0.217)])
def test_enquiries_capped_differ_from_the_published_by_the_floor_of_one_empty_cell(lendingclub, cap, published):
    # 29 values are missing before 2011 and none in it: statistics.md floors that share at .00001, we at half a case
    loans, now = lendingclub
    capped = loans["inq_last_6mths"].clip(upper=cap).fillna(-1).astype(int)
    ours = drift_table(pd.DataFrame({"asked": capped}), now.reference, now.current, THRESHOLDS).psi[0]
    assert ours == pytest.approx(by_hand(capped, now, 0.5 / now.current.sum()))
    assert round(by_hand(capped, now, 0.00001), 3) == published
