"""A window over decisions: what hangs together stays, what is old goes, and memory has an end."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.velocity.sighting import Sighting
from riskbench.monitoring.velocity.window import COLUMNS, Window
from riskbench.monitoring.warning.observed import Decided

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def seen(name: str, minutes: float = 0, inputs: str = "i", **by: str) -> Sighting:
    decided = Decided(name, NOON + dt.timedelta(minutes=minutes), 500, 0.04, "approve")
    return Sighting(decided, {"application": f"a{name}"} | by, inputs)


def filled(*sightings: Sighting, most: int = 100) -> Window:
    window = Window(DAY, since=NOON - DAY, most=most)
    for one in sightings:
        window.add(one)
    return window


def test_a_row_a_token_of_each_decision() -> None:
    frame = filled(seen("1", device="d", customer="c"), seen("2", 5, device="d")).frame()
    assert list(frame) == COLUMNS
    # decision 1 has three tokens, decision 2 two
    assert frame["by"].tolist() == ["application", "device", "customer", "application", "device"]
    assert frame.loc[frame["by"] == "device", "customer"].tolist() == ["c", ""]
    assert frame["at"].max() == NOON + dt.timedelta(minutes=5)


def test_a_decision_that_is_seen_twice_counts_once() -> None:
    assert len(filled(seen("1", device="d"), seen("1", device="d"))) == 1


def test_around_a_decision_stand_all_that_share_a_token_with_it_and_no_others() -> None:
    first, second, other = seen("1", device="d"), seen("2", device="d"), seen("3", device="e")
    rows = filled(first, other, second).around([second])
    assert sorted(zip(rows["by"], rows["decision"], strict=True)) == [
        ("application", "2"), ("device", "1"), ("device", "2"),
    ]  # fmt: skip


def test_what_is_older_than_the_reach_is_let_go() -> None:
    window = filled(seen("1", device="d"), seen("2", 60, device="d"))
    window.expire(NOON + DAY)  # the first is a day old to the second, and a window is open at its far end
    assert window.frame()["decision"].unique().tolist() == ["2"]


def test_beyond_the_most_the_oldest_goes_and_the_window_says_that_it_is_not_whole() -> None:
    window = filled(*(seen(str(n), n) for n in range(3)), most=2)
    assert len(window) == 2
    assert not window.whole(DAY, NOON + dt.timedelta(minutes=2))
    assert window.whole(dt.timedelta(minutes=2), NOON + dt.timedelta(minutes=2))


def test_a_window_is_whole_only_as_far_back_as_it_reaches() -> None:
    assert filled().whole(DAY, NOON)
    assert not filled().whole(2 * DAY, NOON)


def test_an_empty_window_is_a_table_without_rows() -> None:
    frame = filled().frame()
    assert (list(frame), len(frame), str(frame["at"].dtype.tz)) == (COLUMNS, 0, "UTC")


@pytest.mark.parametrize(("reach", "most"), [(dt.timedelta(0), 1), (DAY, 0)])
def test_a_window_of_nothing_is_refused(reach: dt.timedelta, most: int) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        Window(reach, since=NOON, most=most)


moments = st.lists(st.tuples(st.integers(0, 4000), st.sampled_from("def")), max_size=40)


@given(moments, st.integers(0, 4000))
def test_expiry_and_bounds_leave_a_window_that_agrees_with_itself(told: list, now: int) -> None:
    window = filled(*(seen(str(n), at, device=device) for n, (at, device) in enumerate(told)), most=20)
    window.expire(NOON + dt.timedelta(minutes=now))
    frame = window.frame()
    assert len(window) == frame["decision"].nunique() <= 20
    kept = [seen(name) for name in frame["decision"]]
    everything = window.around([*kept, *(seen("x", device=device) for device in "def")])
    assert len(everything) == len(frame)
