import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.population.window import Choice, window_of

ROWS = pd.DataFrame(
    {
        "month": ["2024-01", "2024-01", "2024-02", "2024-03", "2024-05"],
        "sample": ["development", "test", "development", "out_of_time", "monitoring"],
    }
)


def test_the_window_is_every_month_after_development_empty_ones_included():
    window = window_of(ROWS, "out_of_time")
    assert window.months == ("2024-03", "2024-04", "2024-05")
    assert window.reference.tolist() == [True, False, True, False, False]
    assert window.current.tolist() == [False, False, False, True, True]
    assert window.said == "Compared are 2 applications of 2024-03 to 2024-05 with 2 of development."


def test_before_is_everybody_decided_before_the_first_month():
    window = window_of(ROWS, "out_of_time", Choice(first="2024-02", last="2024-03", reference="before"))
    assert window.reference.tolist() == [True, True, False, False, False]
    assert window.current.tolist() == [False, False, True, True, False]
    assert window.against == "all before 2024-02"


def test_rows_of_the_reference_are_never_in_the_window():
    window = window_of(ROWS, "out_of_time", Choice(first="2024-01", last="2024-02"))
    assert window.current.tolist() == [False, True, False, False, False]


def test_the_newest_month_is_the_last_with_applications():
    window = window_of(ROWS, "out_of_time", Choice(last="2024-04"))
    assert window.newest.tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("rows", "lack"),
    [
        (ROWS.assign(month=""), "the study has no decision dates"),
        (ROWS.assign(month="2024-01"), "no month lies after development, which runs to 2024-01"),
    ],
)
def test_without_months_the_holdout_stands_in_and_months_say_why_there_are_none(rows, lack):
    window = window_of(rows, "test")
    assert window.current.tolist() == [False, True, False, False, False]
    assert not np.any(window.newest)
    with pytest.raises(NotEvaluated, match=lack):
        window.by_month()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(first="2024-3"), "first must be a month such as 2024-03, or empty, got '2024-3'"),
        (Choice(last="2024-13"), "last must be a month such as"),
        (Choice("2024-03", "2024-02"), "first must not lie after last, got 2024-03 and 2024-02"),
        (
            Choice(reference="tset"),
            "reference must be development, monitoring, out_of_time, test or before, got 'tset'",
        ),
        (
            Choice(first="2025-01", last="2025-02"),
            "first 2025-01, last 2025-02 and reference development leave the window",
        ),
        (Choice(first="2024-01", reference="before"), "leave its reference without applications"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_the_name_of_the_parameter(choice, message):
    with pytest.raises(ValueError, match=message):
        window_of(ROWS, "out_of_time", choice)


def test_a_study_without_dates_has_no_months_to_choose():
    with pytest.raises(ValueError, match="first, last and reference: the study has no decision dates"):
        window_of(ROWS.assign(month=""), "test", Choice(first="2024-01"))


def test_a_month_within_which_the_data_end_is_named_with_its_days_wherever_it_stands():
    window = window_of(ROWS, "out_of_time", cut=dt.date(2024, 5, 14))
    assert window.by_month() == ("2024-03", "2024-04", "2024-05 (1–14)")
    assert window.month.tolist()[-1] == "2024-05 (1–14)"
    assert window.newest.tolist() == [False, False, False, False, True]
    assert window.said.endswith("The last loan was decided on 2024-05-14: the newest month is taken to be incomplete.")


def test_a_window_that_ends_before_the_cut_has_none():
    window = window_of(ROWS, "out_of_time", Choice(last="2024-04"), dt.date(2024, 5, 14))
    assert (window.months[-1], window.cut) == ("2024-04", None)
