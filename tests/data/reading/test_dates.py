"""Dates in every way of writing them; day and month are told apart by data or not at all."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.data.reading import read_tape

JAN = dt.date(2020, 1, 31)
FEB = dt.date(2020, 2, 1)


@pytest.mark.parametrize(
    "cells",
    [
        ("2020-01-31", "2020-02-01"),
        ("2020/01/31", "2020/2/1"),
        ("31.01.2020", "01.02.2020"),
        ("31/01/2020", "01/02/2020"),
        ("01/31/2020", "02/01/2020"),
        ("20200131", "20200201"),
        ("31-Jan-2020", "1-FEB-2020"),
        ("31 January 20", "01 Feb 20"),
        ("31/01/20", "1/2/20"),
        ("2020-01-31T23:59:59.5Z", "2020-02-01 00:30:00+02:00"),
        ("31.01.2020 10:15", "01.02.2020 11:00"),
        ("1/31/2020 1:30 PM", "2/1/2020 2:45 AM"),
    ],
)
def test_dates_are_read_in_every_way_of_writing_them(typed, cells):
    assert typed(*cells)[:2] == ("date", [JAN, FEB])


def test_a_month_is_dated_by_its_first_day_and_the_pivot_of_short_years_is_stated(typed):
    kind, values, how = typed("Dec-69", "Jan-68")
    assert (kind, values) == ("date", [dt.date(1969, 12, 1), dt.date(2068, 1, 1)])
    assert "a month is dated by its first day; two-digit years from 69 on are of the 1900s" in how
    assert typed("Dec-2011", "Jan-2012")[1] == [dt.date(2011, 12, 1), dt.date(2012, 1, 1)]


def test_the_order_of_day_and_month_is_decided_by_data_and_said(typed):
    how = typed("13/02/2020", "01/02/2020", "28/02/2020")[2]
    assert how == "dates written dd/mm/yyyy; a day above 12 in 2 rows tells it from the month"


def test_without_a_deciding_value_another_column_or_the_months_decide(typed):
    assert typed("01/02/2020", beside="25/12/2020")[:2] == ("date", [FEB])
    firsts = [f"01/{month:02}/2020" for month in range(1, 13)]
    assert typed(*firsts)[1] == [dt.date(2020, month, 1) for month in range(1, 13)]


def test_without_any_evidence_an_ambiguous_date_stays_text(typed):
    kind, _, how = typed("01/02/2020", "03/04/2020")
    assert kind == "text"
    assert "dates that may be written dd/mm/yyyy or mm/dd/yyyy, and no value decides: write them as yyyy-mm-dd" in how


def test_columns_that_contradict_each_other_decide_nothing(read):
    tape = read("a,b,c\n01/02/2020,25/12/2020,12/25/2020\n")
    assert [column.type for column in tape.columns] == ["text", "date", "date"]


def test_dates_in_two_formats_stay_text_and_say_so(typed):
    kind, _, how = typed("2020-01-31", "01.02.2020")
    assert kind == "text"
    assert "dates written in several ways (yyyy-mm-dd, dd.mm.yyyy)" in how


def test_a_day_that_does_not_exist_leaves_text_and_names_the_row(typed):
    cells = [f"2020-01-{day:02}" for day in range(1, 32)]
    assert "nearly all are dates (yyyy-mm-dd), but not rows 32" in typed(*cells, "2020-02-30")[2]


def test_dates_that_stand_for_none_are_missing_or_mentioned(typed):
    assert typed("0000-00-00", "2020-01-31")[1] == [None, JAN]
    assert typed("0000-00-00")[0] == "text"
    kind, values, how = typed("9999-12-31", "1900-01-01", "2020-01-31")
    assert (kind, values[0]) == ("date", dt.date(9999, 12, 31))
    assert "before 1901 or after 2099 in 2 rows" in how


DATE_DIALECTS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%Y-%m-%dT%H:%M:%SZ", "%d/%m/%y"]


@given(
    st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2068, 12, 31)), max_size=20),
    st.sampled_from(DATE_DIALECTS),
)
def test_dates_written_in_any_dialect_come_back_equal(tmp_path_factory, days, dialect):
    days = [*days, dt.date(2020, 12, 31)]  # a day above 12
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_text("v|w\n" + "".join(f"{day.strftime(dialect)}|x\n" for day in days), "utf-8")
    assert read_tape(path).table["v"].to_pylist() == days
