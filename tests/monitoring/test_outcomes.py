import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.outcomes import outcome_checks, outcomes_by_month, vintages

THRESHOLDS = Thresholds()


def loans(n: int, bad: int, pd_: float, month: str, *, matured: bool = True) -> pd.DataFrame:
    return pd.DataFrame({"y": [1.0] * bad + [0.0] * (n - bad), "pd": pd_, "month": month, "matured": matured})


def by_month(*groups: pd.DataFrame) -> pd.DataFrame:
    frame = pd.concat(groups, ignore_index=True)
    return outcomes_by_month(frame["y"], frame["pd"], frame["month"], frame["matured"])


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


def test_indeterminate_loans_count_among_the_loans_and_not_among_the_labelled():
    row = by_month(loans(20, 2, 0.1, "2026-01"), loans(4, 0, 0.1, "2026-01").assign(y=np.nan)).iloc[0]
    assert (row.n, row.n_labelled, row.observed) == (24, 20, 0.1)


def test_a_matured_month_without_a_label_says_so():
    assert by_month(loans(4, 0, 0.1, "2026-01").assign(y=np.nan)).reason[0] == "no loan is labelled"


def test_checks_judge_the_last_matured_month_and_all_matured_months_together():
    table = by_month(
        loans(400, 2, 0.004, "2026-01"), loans(250, 9, 0.015, "2026-02"), loans(50, 0, 0.01, "2026-03", matured=False)
    )
    assert p_value(table, "newest_matured_month") == pytest.approx(0.008440, abs=5e-7)
    last, together = outcome_checks(table, THRESHOLDS)
    assert (last.status, last.dims["month"], together.estimate.n) == ("red", "2026-02", 650)


def test_one_matured_month_is_all_matured_months():
    table = by_month(loans(900, 14, 0.012, "2026-01"))
    # statistics.md: (900, 14, .012) → .162341
    assert p_value(table, "newest_matured_month") == pytest.approx(0.162341, abs=5e-7)
    assert p_value(table, "matured_months") == p_value(table, "newest_matured_month")


def test_without_a_matured_month_nothing_is_judged():
    checks = outcome_checks(by_month(loans(5, 0, 0.1, "2026-01", matured=False)), THRESHOLDS)
    assert {check.status for check in checks} == {"not_evaluated"}


def test_vintages_give_the_bad_rate_of_the_labelled_by_month():
    frame = pd.concat([loans(20, 3, 0.1, "2026-02"), loans(4, 0, 0.1, "2026-01").assign(y=np.nan)])
    table = vintages(frame["y"], frame["month"])
    assert list(table.month) == ["2026-01", "2026-02"]
    assert (table.n[1], table.n_bad[1], table.bad_rate[1]) == (20, 3, 0.15)
    assert np.isnan(table.bad_rate[0])


def test_vintages_cut_by_product_do_not_take_a_new_product_for_drift():
    short, long = loans(50, 5, 0.1, "2026-01"), loans(50, 15, 0.3, "2026-02").assign(term=60)
    frame = pd.concat([short.assign(term=36), loans(50, 5, 0.1, "2026-02").assign(term=36), long], ignore_index=True)
    assert list(vintages(frame["y"], frame["month"]).bad_rate) == [0.1, 0.2]
    cut = vintages(frame["y"], frame["month"], frame["term"])
    assert list(cut[cut.term == 36].bad_rate) == [0.1, 0.1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": 2.0}, "y must be 1"),
        ({"pd": 1.5}, r"pd must lie in \[0, 1\]"),
        ({"matured": 1}, "matured must be boolean"),
    ],
)
def test_input_out_of_its_domain_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        by_month(loans(5, 1, 0.1, "2026-01").assign(**changes))
