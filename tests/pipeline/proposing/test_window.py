"""The months that a proposal learns from, and those that judge it."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun
from riskbench.data.labels import window_ends
from riskbench.data.study import Study, load_study
from riskbench.data.study.calibration import RecentLabels
from riskbench.data.study.sections import Period
from riskbench.pipeline.proposing.window import Window, closed_window, refuse_seen, seen_until

DECIDED = pd.Series(pd.date_range("2023-01-01", "2025-12-31"))


@pytest.fixture(scope="module")
def microloan(pytestconfig) -> Study:
    return load_study(pytestconfig.rootpath / "data" / "microloan" / "study.toml")


def test_the_newest_closed_months_make_the_window_and_its_last_quarter_is_held_out(microloan):
    window = closed_window(microloan, DECIDED, dt.date(2025, 4, 30), 12)
    # loans of October 2024 have six months until the end of April 2025
    assert window.holdout == Period(first=dt.date(2024, 8, 1), last=dt.date(2024, 10, 31))
    assert window.development == Period(first=dt.date(2023, 11, 1), last=dt.date(2024, 7, 31))
    assert window.held_out_months == 3


def test_a_day_earlier_the_last_month_was_still_open(microloan):
    assert closed_window(microloan, DECIDED, dt.date(2025, 4, 29), 12).holdout.last == dt.date(2024, 9, 30)


@given(st.dates(dt.date(2023, 9, 30), dt.date(2027, 1, 1)), st.integers(2, 40))
def test_nothing_of_a_window_was_unknown_on_its_day(microloan, day, months):
    window = closed_window(microloan, DECIDED, day, months)
    assert window.development.first <= window.development.last < window.holdout.first <= window.holdout.last
    assert window_ends(pd.Series([pd.Timestamp(window.holdout.last)]), 6)[0].astype(object) <= day


def test_too_early_a_day_is_refused_with_the_first_that_will_do(microloan):
    with pytest.raises(CannotRun, match=r"fewer than two months .* from 2023-08-31 on two are"):
        closed_window(microloan, DECIDED, dt.date(2023, 8, 30), 12)
    assert closed_window(microloan, DECIDED, dt.date(2023, 8, 31), 12).holdout.last == dt.date(2023, 2, 28)


def test_labels_in_a_column_are_known_when_their_windows_close_or_in_hindsight(pytestconfig):
    study = load_study(pytestconfig.rootpath / "data" / "lendingclub" / "study.toml")
    issued, day = pd.Series(pd.date_range("2007-06-01", "2011-12-01")), dt.date(2011, 12, 31)
    with pytest.raises(CannotRun, match=r"windows are of 60 months.*--retrospective"):
        closed_window(study, issued, day, 12)
    assert closed_window(study, issued, day, 12, retrospective=True).holdout.last == day


def test_repayments_are_never_read_in_hindsight(microloan):
    with pytest.raises(CannotRun, match="they are read as of the day, always"):
        closed_window(microloan, DECIDED, dt.date(2025, 12, 31), 12, retrospective=True)


def test_a_champion_has_seen_its_development_and_the_labels_that_set_its_level(microloan):
    assert seen_until(microloan) == dt.date(2023, 9, 30)
    asked = RecentLabels(kind="recent", because="the level moved", months=3, samples=["development", "out_of_time"])
    assert seen_until(microloan.model_copy(update={"calibration": asked})) == dt.date(2024, 9, 30)


def test_months_that_the_champion_has_seen_cannot_judge_it(microloan):
    seen = Window(
        dt.date(2024, 3, 31),
        Period(first=dt.date(2023, 1, 1), last=dt.date(2023, 6, 30)),
        Period(first=dt.date(2023, 7, 1), last=dt.date(2023, 9, 30)),
    )
    with pytest.raises(CannotRun, match="has seen outcomes of decisions until 2023-09-30"):
        refuse_seen(seen, microloan, "first")


def test_a_study_without_a_development_period_has_no_champion_that_could_be_judged(pytestconfig):
    study = load_study(pytestconfig.rootpath / "data" / "taiwan" / "study.toml")
    with pytest.raises(CannotRun, match="nobody knows which decisions its champion has seen"):
        seen_until(study)
