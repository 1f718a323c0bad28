import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.governance.registry.records import Model
from riskbench.governance.registry.reviews import REGULAR, finished, months_between, months_later, planned, source
from riskbench.governance.registry.states import Refused

TODAY = dt.date(2026, 11, 26)


def model(tier=1, state="in_development"):
    return Model(
        id="loans", title="t", study="loans", owner="li", purpose="p", tier=tier, tier_because=["so"], state=state
    )


def test_a_model_in_development_is_reviewed_once_a_year():
    [annual] = planned(model(), [], TODAY)
    assert (annual.kind, annual.due) == ("annual", dt.date(2027, 11, 26))
    assert annual.what.startswith("Full review")


@pytest.mark.parametrize(("tier", "due"), [(1, (2026, 12, 26)), (2, (2027, 2, 26)), (3, (2027, 5, 26))])
def test_monitoring_of_a_live_model_is_read_the_more_often_the_more_it_matters(tier, due):
    found = {review.kind: review.due for review in planned(model(tier, "live"), [], TODAY)}
    assert found["monitoring"] == dt.date(*due)


def test_what_is_planned_already_is_not_planned_twice_and_what_is_done_comes_again():
    first = planned(model(state="live"), [], TODAY)
    assert planned(model(state="live"), first, TODAY) == []
    done = [finished(review, "chen", "fit for use", TODAY) for review in first]
    assert {review.kind for review in planned(model(state="live"), done, TODAY)} == set(REGULAR)


def test_a_retired_model_is_not_looked_at_again():
    assert planned(model(state="retired"), [], TODAY) == []


def test_a_review_is_done_once():
    [review] = planned(model(), [], TODAY)
    done = finished(review, "chen", "fit for use", TODAY)
    assert (done.done, done.by, done.outcome) == (TODAY, "chen", "fit for use")
    with pytest.raises(Refused, match="the annual review due 2027-11-26 was done on 2026-11-26 by chen"):
        finished(done, "li", "again", TODAY)


def test_no_tier_waits_longer_than_a_year_and_the_file_says_why():
    assert all(months_between(kind, tier) <= 12 for kind in REGULAR for tier in (1, 2, 3))
    assert "SS1/23" in source()


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 60))
def test_months_later_is_in_that_month_and_on_that_day_or_its_last(day, months):
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + dt.timedelta(1)).day == 1
