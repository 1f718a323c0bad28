"""Only a month that really stops early is taken to be cut off."""

import datetime as dt

import pandas as pd
import pytest

from riskbench.monitoring.population.cut_month import cut_off


def cut_of(*days: str, months: str = "") -> dt.date | None:
    decided = pd.Series(pd.to_datetime(list(days)))
    newest = months or decided.dt.strftime("%Y-%m").max()
    return cut_off(decided, pd.Series(["2026-01", newest]))


@pytest.mark.parametrize(
    ("days", "cut"),
    [
        (("2026-01-31", "2026-02-28", "2026-03-27"), None),  # 4 days: a weekend and holidays
        (("2026-01-31", "2026-02-28", "2026-03-26"), dt.date(2026, 3, 26)),
        (("2026-01-29", "2026-02-28", "2026-03-27"), None),  # 4 days, and 2 happened before
        (("2026-01-29", "2026-02-28", "2026-03-26"), dt.date(2026, 3, 26)),
        (("2026-01-01", "2026-02-01", "2026-03-01"), None),  # days are not known, months are
        (("2026-03-14",), None),  # no month to compare with
    ],
)
def test_a_month_is_cut_off_where_it_ends_more_than_twice_as_early_as_any_before(days, cut):
    assert cut_of(*days) == cut


def test_loans_that_end_before_the_newest_month_of_applications_tell_nothing_of_it():
    assert cut_of("2026-01-31", "2026-02-14", months="2026-03") is None


def test_without_days_there_is_no_cut():
    assert cut_off(pd.Series([pd.NaT, pd.NaT]), pd.Series(["", ""])) is None
