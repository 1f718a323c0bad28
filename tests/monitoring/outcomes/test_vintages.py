import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.outcomes.vintages import booked_loans, expected_and_observed, outcome_checks, vintages

THRESHOLDS = Thresholds()


def loans(n: int, bad: int, pd_: float, month: str, *, matured: bool = True, developed: bool = False) -> pd.DataFrame:
    told = {"pd": pd_, "month": month, "matured": matured, "developed": developed}
    return pd.DataFrame({"y": [1.0] * bad + [0.0] * (n - bad), **told})


def by_month(*groups: pd.DataFrame) -> pd.DataFrame:
    return vintages(pd.concat(groups, ignore_index=True))


def p_value(table: pd.DataFrame, name: str) -> float | None:
    return next(c for c in outcome_checks(table, THRESHOLDS) if c.name == f"portfolio.jeffreys.{name}").estimate.value


def test_a_month_reproduces_the_published_jeffreys_test():
    # statistics.md: (N, D, PD) (250, 9, .015) → .008440
    row = by_month(loans(250, 9, 0.015, "2026-01")).iloc[0]
    assert row.p_value == pytest.approx(0.008440, abs=5e-7)
    assert (row.expected, row.observed) == pytest.approx((0.015, 0.036))
    assert row.lower < row.observed < row.upper
    assert row.beyond


def test_a_month_that_meets_expectations_lies_inside_its_interval():
    assert not by_month(loans(300, 19, 0.05, "2026-01")).beyond[0]


def test_a_month_with_an_open_window_is_listed_and_not_evaluated():
    table = by_month(
        loans(20, 1, 0.1, "2026-01"), loans(10, 0, 0.1, "2026-02", matured=False), loans(5, 0, 0.1, "2026-02")
    )
    assert list(table.evaluated) == [True, False]
    assert table.reason[1] == "the performance window of 10 of 15 loans is still open"
    assert np.isnan(table.observed[1])


def test_a_loan_without_a_label_counts_among_the_loans_and_not_among_the_labelled():
    row = by_month(loans(20, 2, 0.1, "2026-01"), loans(4, 0, 0.1, "2026-01").assign(y=np.nan)).iloc[0]
    assert (row.n, row.n_labelled, row.observed) == (24, 20, 0.1)


def test_a_matured_month_without_a_label_says_so():
    assert by_month(loans(4, 0, 0.1, "2026-01").assign(y=np.nan)).reason[0] == "no loan is labelled"


def test_checks_judge_the_last_matured_month_and_all_matured_months_together():
    table = by_month(
        loans(400, 2, 0.004, "2026-01"), loans(250, 9, 0.015, "2026-02"), loans(50, 0, 0.01, "2026-03", matured=False)
    )
    last, together = outcome_checks(table, THRESHOLDS)
    assert last.estimate.p_value == pytest.approx(0.008440, abs=5e-7)
    assert last.estimate.value == pytest.approx(2 * 0.008440, abs=1e-6)  # the smaller of two
    assert (last.status, last.dims["month"], together.estimate.n) == ("amber", "2026-02", 650)


def test_one_bad_month_among_many_is_chance_and_does_not_fail():
    # statistics.md: (250, 9, .015) → .008440; of twelve months that is .1013 once adjusted
    quiet = [loans(900, 14, 0.012, f"2025-{month:02d}") for month in range(1, 12)]
    last, _ = outcome_checks(by_month(*quiet, loans(250, 9, 0.015, "2025-12")), THRESHOLDS)
    assert (last.estimate.value, last.status) == (pytest.approx(12 * 0.008440, abs=1e-5), "green")


def test_a_month_that_remains_a_discovery_among_many_fails():
    quiet = [loans(900, 14, 0.012, f"2025-{month:02d}") for month in range(1, 12)]
    last, together = outcome_checks(by_month(*quiet, loans(250, 14, 0.015, "2025-12")), THRESHOLDS)
    assert (last.status, last.dims) == ("red", {"month": "2025-12"})
    assert together.estimate.n == 11 * 900 + 250


def test_months_of_development_are_not_among_those_that_are_judged_together():
    then = [loans(900, 14, 0.012, f"2025-{month:02d}", developed=True) for month in range(1, 12)]
    table = by_month(*then, loans(250, 9, 0.015, "2025-12"))
    assert table["p_adjusted"].notna().tolist() == [False] * 11 + [True]
    assert table["p_adjusted"].iloc[-1] == table["p_value"].iloc[-1]  # the only one


def test_one_matured_month_is_all_matured_months():
    table = by_month(loans(900, 14, 0.012, "2026-01"))
    # statistics.md: (900, 14, .012) → .162341
    assert p_value(table, "newest_matured_month") == pytest.approx(0.162341, abs=5e-7)
    assert p_value(table, "matured_months") == p_value(table, "newest_matured_month")


def test_without_a_matured_month_nothing_is_judged_or_drawn():
    table = by_month(loans(5, 0, 0.1, "2026-01", matured=False))
    assert {check.status for check in outcome_checks(table, THRESHOLDS)} == {"not_evaluated"}
    with pytest.raises(NotEvaluated, match="no month has matured"):
        expected_and_observed(table)


def test_without_dates_there_is_no_vintage_and_both_checks_say_why():
    table = by_month(loans(20, 3, 0.1, ""))
    assert table.empty
    assert [(c.status, c.reason) for c in outcome_checks(table, THRESHOLDS)] == [
        ("not_evaluated", "the study has no decision dates")
    ] * 2
    with pytest.raises(NotEvaluated, match="no decision dates"):
        expected_and_observed(table)


def test_loans_are_the_booked_applications_and_mature_when_their_window_has_closed():
    labels = ["bad", "good", "immature", "not_booked", "fraud", "indeterminate"]
    applications = pd.DataFrame({"label": labels, "y": [1, 0, *[np.nan] * 4], "month": "2026-01"})
    applications["sample"] = ["development", "test", *["out_of_time"] * 4]
    booked = booked_loans(applications, pd.DataFrame({"pd": np.arange(6) / 10}))
    assert booked.pd.tolist() == [0.0, 0.1, 0.2]
    assert booked.matured.tolist() == [True, True, False]
    assert booked.developed.tolist() == [True, True, False]


def test_expected_and_observed_are_drawn_for_the_months_evaluated_and_only_what_is_observed_has_an_interval():
    series = expected_and_observed(by_month(loans(20, 3, 0.1, "2026-01"), loans(9, 0, 0.1, "2026-02", matured=False)))
    assert list(zip(series.month, series.series, strict=True)) == [("2026-01", "expected"), ("2026-01", "observed")]
    assert series.value.tolist() == [pytest.approx(0.1), 0.15]
    assert series.lower.notna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("changes", "message"), [({"y": 2.0}, "y must hold only 0 and 1"), ({"pd": 1.5}, r"pd must lie in \[0, 1\]")]
)
def test_input_out_of_its_domain_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        by_month(loans(5, 1, 0.1, "2026-01").assign(**changes))
