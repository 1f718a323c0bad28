"""Rules that leave nothing to chance: feeds, links, single applications, jobs and clocks."""

import datetime as dt

import pandas as pd
import pytest

from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.observed import Clock, Decided, Observed

from .conftest import AT, rules

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


def feed(age: float | None = 1.0, rows: int = 100, refused: int = 0, held: int = 0) -> FeedStatus:
    arrived = None if age is None else AT.replace(tzinfo=None) - age * HOUR
    return FeedStatus("bureau", "bureau", arrived, arrived, age, 24.0, "on time", rows, refused, held)


def links(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Time on the day before the look, device, application and customer."""
    frame = pd.DataFrame(rows, columns=["time", "token", "application", "customer"])
    at = pd.to_datetime("2026-01-31 " + frame["time"], utc=True)
    return frame.assign(at=at, by="device")


@pytest.mark.parametrize(("age", "state"), [(24.0, "quiet"), (24.1, "signal"), (None, "not_evaluated")])
def test_a_feed_is_held_to_what_it_promises(age, state) -> None:
    (reading,) = evaluate(rules({"kind": "stale_feed"}), Observed(AT, feeds=[feed(age)]))
    assert (reading.key, reading.state) == ("r[feed=bureau]", state)


def test_a_rule_may_ask_more_of_a_feed_than_it_promises() -> None:
    (reading,) = evaluate(rules({"kind": "stale_feed", "older_than": 2 * HOUR}), Observed(AT, feeds=[feed(3.0)]))
    assert reading.text == "Nothing has arrived of feed bureau for 3 hours; at most 2 hours are allowed."


@pytest.mark.parametrize(("feeds", "reason"), [(None, "feeds were not looked at"), ([], "the study has no feed")])
def test_feeds_that_are_not_there_are_not_quiet(feeds, reason) -> None:
    said = evaluate(rules({"kind": "stale_feed"}, {"kind": "schema", "name": "s"}), Observed(AT, feeds=feeds))
    assert [(r.state, r.reason) for r in said] == [("not_evaluated", reason)] * 2


@pytest.mark.parametrize(
    ("status", "state"),
    [(feed(), "quiet"), (feed(refused=1), "quiet"), (feed(refused=2), "signal"), (feed(held=1), "signal")],
)
def test_refused_rows_signal_above_a_share_and_a_delivery_not_taken_at_once(status, state) -> None:
    (reading,) = evaluate(rules({"kind": "schema", "at_most": 0.01}), Observed(AT, feeds=[status]))
    assert reading.state == state  # 1 of 101 is .0099, 2 of 102 is .0196


def test_many_customers_of_one_device_within_the_time_are_a_ring() -> None:
    seen = links(*((f"10:{m}0", "d1", f"a{m}", f"c{m}") for m in range(4)), ("10:00", "d2", "a9", "c9"))
    rule = {"kind": "velocity", "by": "device", "within": HOUR, "at_least": 4}
    (reading,) = evaluate(rules(rule), Observed(AT - 13.4 * HOUR, links=seen))  # 10:36
    assert (reading.key, reading.state, reading.value) == ("r[device=d1]", "signal", 4)


def test_customers_who_come_one_after_another_are_no_ring() -> None:
    seen = links(*((f"{10 + m}:00", "d1", f"a{m}", f"c{m}") for m in range(4)))
    rule = {"kind": "velocity", "by": "device", "within": HOUR, "at_least": 2}
    (reading,) = evaluate(rules(rule), Observed(AT, links=seen, since=AT - DAY))
    assert (reading.state, reading.n) == ("quiet", 4)


@pytest.mark.parametrize(("hours_ago", "states"), [(13, ["signal", "signal"]), (12, ["not_evaluated", "signal"])])
def test_a_rule_looks_at_its_own_window_however_far_back_another_makes_links_reach(hours_ago, states) -> None:
    seen = links(*((f"10:{30 + m}", "d1", f"a{m}", f"c{m}") for m in range(4)))
    short = {"kind": "velocity", "by": "device", "within": HOUR, "at_least": 4}
    observed = Observed(AT - hours_ago * HOUR, links=seen)  # 11:00 or 12:00
    assert [r.state for r in evaluate(rules(short, short | {"name": "long", "within": 7 * DAY}), observed)] == states


def test_a_look_that_comes_late_finds_what_came_and_went_since_the_one_before() -> None:
    seen = links(*((f"10:{30 + m}", "d1", f"a{m}", f"c{m}") for m in range(4)))
    ring = {"kind": "velocity", "by": "device", "within": HOUR, "at_least": 4}
    again = {"kind": "duplicates", "name": "again", "by": "customer", "within": HOUR}
    before = AT - 13.5 * HOUR  # 10:30
    assert [r.state for r in evaluate(rules(ring, again), Observed(AT, links=seen, since=before))] == [
        "signal",
        "quiet",
    ]
    assert evaluate(rules(ring), Observed(AT, links=seen, since=before + 2 * HOUR))[0].state == "not_evaluated"


def test_what_a_look_before_has_judged_is_not_told_again_once_its_window_has_passed() -> None:
    seen = links(*((f"10:{30 + m}", "d1", f"a{m}", f"c{m}") for m in range(4)))
    ring = rules({"kind": "velocity", "by": "device", "within": HOUR, "at_least": 4})
    states = [  # looks at 11:00 and 12:00, after ones at 10:40 and 11:00
        evaluate(ring, Observed(AT - ago * HOUR, links=seen, since=AT - before * HOUR))[0].state
        for ago, before in ((13, 13 + 1 / 3), (12, 13))
    ]
    assert states == ["signal", "quiet"]


def test_what_was_written_down_after_the_look_of_its_time_is_told_at_the_next() -> None:
    seen = links(*((f"10:{56 + m}", "d1", f"a{m}", f"c{m}") for m in range(4)))  # the look at 11:00 saw none of them
    ring = rules({"kind": "velocity", "by": "device", "within": HOUR, "at_least": 4})
    assert evaluate(ring, Observed(AT - 11.5 * HOUR, links=seen, since=AT - 13 * HOUR))[0].state == "signal"


def test_one_customer_who_applies_again_is_no_ring_but_a_duplicate() -> None:
    seen = links(*((f"10:{m}0", "d1", f"a{m}", "c") for m in range(3)))
    ring = {"kind": "velocity", "by": "device", "within": DAY, "at_least": 3}
    again = {"kind": "duplicates", "name": "again", "by": "customer", "within": DAY, "at_least": 3}
    assert [r.state for r in evaluate(rules(ring, again), Observed(AT, links=seen))] == ["quiet", "signal"]


def test_one_application_asked_twice_is_a_duplicate_however_many_links_it_has() -> None:
    once = links(("10:00", "d1", "a", "c"))
    both = pd.concat([once, once.assign(by="phone", token="p1")])
    rule = rules({"kind": "duplicates", "by": "application", "within": DAY})
    assert evaluate(rule, Observed(AT, links=both))[0].state == "quiet"
    again = pd.concat([both, links(("11:00", "d1", "a", "c"))])
    assert evaluate(rule, Observed(AT, links=again))[0].state == "signal"


def test_what_comes_after_the_look_is_not_seen() -> None:
    later = links(("10:00", "d1", "a1", "c1"), ("10:05", "d1", "a2", "c2"))
    rule = rules({"kind": "velocity", "by": "device", "within": HOUR, "at_least": 2})
    (reading,) = evaluate(rule, Observed(AT - 2 * DAY, links=later))
    assert reading.reason == "no application told its device in the time looked at"


def test_each_application_as_risky_as_described_is_a_signal_of_its_own() -> None:
    risky = Decided("d1", AT, 480.0, 0.4, "approve", ("shared_device",))
    rule = rules({"kind": "high_risk_application", "score_below": 500.0, "hits": ["shared_device"]})
    (reading,) = evaluate(rule, Observed(AT, decisions=[risky, Decided("d2", AT, 600.0, 0.01, "approve")]))
    assert reading.key == "r[decision=d1]"
    assert reading.text == "Decision d1 (approve): its score of 480 is below 500, and it hit shared_device."


def test_a_decision_without_a_score_is_not_called_risky() -> None:
    rule = rules({"kind": "high_risk_application", "pd_above": 0.3})
    (reading,) = evaluate(rule, Observed(AT, decisions=[Decided("d1", AT, None, None, "refer")]))
    assert reading.state == "quiet"


@pytest.mark.parametrize(("hours", "state"), [(6, "quiet"), (7, "signal")])
def test_a_job_that_did_not_run_is_a_signal(hours, state) -> None:
    rule = rules({"kind": "job", "job": "monitor", "within": 6 * HOUR})
    (reading,) = evaluate(rule, Observed(AT, jobs={"monitor": AT - hours * HOUR}))
    assert (reading.state, reading.value) == (state, hours)


def test_a_job_that_never_ran_is_not_quiet() -> None:
    rule = rules({"kind": "job", "job": "monitor", "within": 6 * HOUR})
    assert evaluate(rule, Observed(AT, jobs={}))[0].reason == "job monitor has never ended yet"


@pytest.mark.parametrize(
    ("clock", "state"),
    [
        (Clock(9), "quiet"),
        (Clock(9, ahead=2 * HOUR), "signal"),
        (Clock(9, behind=2 * DAY), "signal"),
        (Clock(0), "not_evaluated"),
    ],
)
def test_entries_from_the_future_and_very_late_ones_are_signals(clock, state) -> None:
    rule = rules({"kind": "clock", "ahead": HOUR, "behind": DAY})
    assert evaluate(rule, Observed(AT, clock=clock))[0].state == state
