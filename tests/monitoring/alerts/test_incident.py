"""The life of an incident, step by step and as laws."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.alerts.incident import RefusedStep, acknowledged, opened, passed, quieted, resolved, signalled
from riskbench.monitoring.alerts.settings import SEVERITIES, Settings
from riskbench.monitoring.alerts.wording import Said

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
SAID = Said("drift", "drift", "psi", "", "warning", "It moved", "")
WORSE = replace(SAID, severity="alarm")
TWO = Settings.model_validate(
    {
        "channels": {"team": {"url_variable": "A"}, "duty": {"url_variable": "B"}},
        "levels": [["team"], ["duty"]],
        "escalate_after": {"warning": "2h", "alarm": "30m"},
    }
)


def whats(events) -> list[tuple[str, tuple[int, ...]]]:
    return [(event.what, event.tell) for event in events]


def test_a_first_signal_opens_and_a_second_only_counts():
    first, events = signalled(None, SAID, NOON, TWO)
    assert whats(events) == [("opened", (0,))]
    second, events = signalled(first, SAID, NOON + MINUTE, TWO)
    assert (second.times, second.seen, events) == (2, NOON + MINUTE, [])


def test_what_gets_more_severe_is_told_again_and_what_gets_less_is_not():
    first, _ = opened(SAID, NOON)
    worse, events = signalled(first, WORSE, NOON + MINUTE, TWO)
    assert (worse.severity, whats(events)) == ("alarm", [("worsened", (0,))])
    milder, events = signalled(worse, SAID, NOON + HOUR, TWO)
    assert (milder.severity, events) == ("alarm", [])


def test_quiet_resolves_after_its_time_and_a_signal_in_between_begins_it_anew():
    incident, _ = opened(SAID, NOON)
    incident, events = quieted(incident, NOON + 10 * MINUTE, TWO)
    assert (incident.state, events) == ("open", [])
    incident, _ = signalled(incident, SAID, NOON + 40 * MINUTE, TWO)
    incident, _ = quieted(incident, NOON + 50 * MINUTE, TWO)
    incident, _ = quieted(incident, NOON + 80 * MINUTE, TWO)  # quiet for half an hour of the hour it takes
    assert incident.state == "open"
    incident, events = quieted(incident, NOON + 110 * MINUTE, TWO)
    assert (incident.state, whats(events)) == ("resolved", [("resolved", (0,))])


def test_what_comes_and_goes_is_told_once_and_its_end_when_it_stays_away():
    incident, _ = opened(SAID, NOON)
    told, at = [], NOON
    for _ in range(20):
        for step in (quieted, quieted, lambda i, t, s: signalled(i, SAID, t, s)):
            at += HOUR
            incident, events = step(incident, at, TWO)
            told += [event.what for event in events if event.tell]
    assert told == ["resolved", "reopened"]
    assert incident.reopened == 20
    for hours in (1, 2):
        incident, events = quieted(incident, at + hours * HOUR, TWO)
        assert [event.tell for event in events] in ([], [()])
    incident, events = passed(incident, at + 2 * HOUR + DAY + MINUTE, TWO)
    assert whats(events) == [("stayed resolved", (0,))]
    assert passed(incident, at + 9 * DAY, TWO) == (incident, [])


def test_after_the_cooldown_a_signal_is_another_incident():
    incident, _ = opened(SAID, NOON)
    ended, _ = resolved(replace(incident, id=1), "ann", "mended", NOON + HOUR)
    again, _ = signalled(ended, SAID, NOON + 2 * HOUR, TWO)
    assert (again.id, again.state) == (1, "open")
    new, _ = signalled(ended, SAID, NOON + 26 * HOUR, TWO)
    assert (new.id, new.times) == (None, 1)


def test_a_look_that_was_overtaken_opens_nothing_but_a_clock_set_back_loses_no_signal():
    ended, _ = resolved(opened(SAID, NOON)[0], "ann", "mended", NOON + HOUR)
    assert signalled(ended, SAID, NOON + 58 * MINUTE, TWO) == (ended, [])
    assert signalled(ended, SAID, NOON + 10 * MINUTE, TWO)[0].state == "open"


def test_who_does_not_answer_is_followed_by_the_next_level_once():
    incident, _ = opened(SAID, NOON)
    assert passed(incident, NOON + 119 * MINUTE, TWO) == (incident, [])
    above, events = passed(incident, NOON + 120 * MINUTE, TWO)
    assert whats(events) == [("escalated", (1,))]
    assert passed(above, NOON + 9 * DAY, TWO) == (above, [])  # there is no third level
    assert whats(quieted(replace(above, quiet_since=NOON + HOUR), NOON + DAY, TWO)[1]) == [("resolved", (0, 1))]


def test_a_clock_set_back_lets_patience_begin_anew():
    incident, _ = opened(SAID, NOON + DAY)
    again, events = passed(incident, NOON, TWO)
    assert (again.waiting_since, events) == (NOON, [])
    assert whats(passed(again, NOON + 2 * HOUR, TWO)[1]) == [("escalated", (1,))]


def test_an_acknowledgement_silences_until_it_ends():
    incident, _ = acknowledged(opened(SAID, NOON)[0], "ann", NOON + DAY, NOON)
    assert passed(incident, NOON + 23 * HOUR, TWO) == (incident, [])
    assert signalled(incident, SAID, NOON + HOUR, TWO)[1] == []
    again, events = passed(incident, NOON + DAY, TWO)
    assert (again.state, whats(events)) == ("open", [("acknowledgement ended", (0,))])
    assert "by ann has ended" in events[0].text


def test_an_acknowledgement_ends_at_once_where_it_gets_more_severe():
    incident, _ = acknowledged(opened(SAID, NOON)[0], "ann", NOON + DAY, NOON)
    worse, events = signalled(incident, WORSE, NOON + HOUR, TWO)
    assert (worse.state, worse.acknowledged_by, whats(events)) == ("open", "", [("worsened", (0,))])


def test_what_was_acknowledged_and_comes_back_stays_silent():
    incident, _ = acknowledged(opened(SAID, NOON)[0], "ann", NOON + DAY, NOON)
    gone, _ = quieted(replace(incident, quiet_since=NOON + MINUTE), NOON + 2 * HOUR, TWO)
    back, events = signalled(gone, SAID, NOON + 3 * HOUR, TWO)
    assert (back.state, whats(events)) == ("acknowledged", [("reopened", ())])


@pytest.mark.parametrize("until", [NOON, NOON - HOUR, NOON + 32 * DAY])
def test_an_acknowledgement_has_an_end_that_is_near(until):
    with pytest.raises(RefusedStep, match="ends within 31 days from now"):
        acknowledged(opened(SAID, NOON)[0], "ann", until, NOON)


def test_what_has_ended_is_neither_acknowledged_nor_resolved():
    ended, _ = resolved(replace(opened(SAID, NOON)[0], id=7), "ann", "mended", NOON)
    with pytest.raises(RefusedStep, match="incident 7 is resolved"):
        acknowledged(ended, "bob", NOON + HOUR, NOON)
    with pytest.raises(RefusedStep, match="incident 7 was resolved by ann"):
        resolved(ended, "bob", "mended", NOON)


LOOKS = st.lists(
    st.tuples(st.sampled_from(["signal", "quiet", "time"]), st.integers(1, 2_000), st.sampled_from(SEVERITIES)),
    max_size=60,
)


@given(LOOKS)
def test_whatever_happens_severity_never_falls_and_each_level_is_told_of_the_end(looks):
    incident, _ = opened(SAID, NOON)
    at, told_levels = NOON, {0}
    for what, minutes, severity in looks:
        at, before = at + minutes * MINUTE, incident
        if what == "signal":
            incident, events = signalled(incident, replace(SAID, severity=severity), at, TWO)
        elif what == "quiet" and not incident.resolved:
            incident, events = quieted(incident, at, TWO)
        else:
            incident, events = passed(incident, at, TWO)
        if incident.waiting_since == incident.opened and incident.times == 1 and what == "signal":
            told_levels = set()  # another incident
        else:
            assert SEVERITIES.index(incident.severity) >= SEVERITIES.index(before.severity)
        told_levels |= {level for event in events for level in event.tell}
        if incident.settled:
            assert told_levels >= set(incident.levels)
        assert (incident.state == "resolved") == (incident.resolved is not None)
