"""The newest look is told first: what signals, since when, and what the file of rules advises."""

import datetime as dt

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.newest import conclusion, signalling, signalling_now

JANUARY, FEBRUARY = (dt.datetime(2026, m, 1, tzinfo=dt.UTC) for m in (2, 3))  # looks are taken as the month is over


def reading(rule: str, at: dt.datetime, state: str = "signal", severity: str = "warning", **subject: str) -> Reading:
    return Reading(rule, "drift", state, at, severity, subject, advice=f"look at {rule}")


READINGS = [
    reading("drift", JANUARY, feature="income"),
    reading("gone", JANUARY),
    reading("drift", FEBRUARY, feature="income"),
    reading("drift", FEBRUARY, feature="age"),
    reading("gone", FEBRUARY, "quiet"),
    reading("bads", FEBRUARY, severity="alarm"),
    reading("feed", FEBRUARY, "not_evaluated"),
]


def test_alarms_stand_first_and_each_rule_says_since_when_and_what_to_do():
    assert signalling(READINGS).to_numpy().tolist() == [
        ["bads", "alarm", "everyone", "2026-02", "look at bads"],
        ["drift", "warning", "income, age", "2026-01", "look at drift"],
    ]


def test_what_is_over_or_was_not_evaluated_signals_no_more():
    assert signalling_now(READINGS).value == 2
    assert signalling_now([r for r in READINGS if r.rule in ("gone", "feed")]).value == 0


def test_the_conclusion_names_the_rules_that_signal_now():
    assert conclusion(READINGS).startswith(
        "Rules that signal at the newest look, the end of 2026-02: {now:value} (bads, drift)."
    )


def test_without_a_look_nothing_is_said_to_be_quiet():
    assert signalling_now([]).reason == "no month could be looked at"
    assert signalling([]).empty
    assert "newest look" not in conclusion([])
