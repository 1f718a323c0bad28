"""The first sentence: blindness stands before everything, then the gravest, and only then all is quiet."""

import datetime as dt

from riskbench.monitoring.alerts.incident import Incident
from riskbench.monitoring.watch.looked import Looked
from riskbench.monitoring.watch.situation import Blind, Situation
from riskbench.service.status.headline import headline
from riskbench.service.status.words import say

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
AGO = NOW - dt.timedelta(minutes=80)
LOOK = Looked(study="shop", at=NOW - dt.timedelta(minutes=3), source="log")


def incident(severity="alarm", state="open"):
    return Incident("k", "ring", "velocity", "device=d", severity, "5 customers.", "", AGO, AGO, AGO, state=state)


def told(*incidents, blind=(), language="en", looks=(LOOK,)):
    found = headline(Situation(NOW, incidents, looks, blind=blind), say(language))
    return found.tone, found.text, " ".join(found.more)


def test_all_is_quiet_where_a_look_was_made_and_nothing_is_open():
    assert told() == ("quiet", "All quiet", "Last looked 3 min ago.")


def test_open_incidents_are_counted_by_severity_and_the_gravest_gives_the_tone():
    tone, text, more = told(incident(), incident(), incident("notice", "acknowledged"))
    assert (tone, text) == ("alarm", "2 open alarms, 1 notice")
    assert "Nobody has 2 of them yet." in more


def test_what_nobody_has_is_said_without_counting_it():
    assert "Nobody has it yet." in told(incident())[2]
    assert "Nobody has any of them yet." in told(incident(), incident("notice"))[2]


def test_what_somebody_has_is_said_to_be_taken():
    assert "Somebody has each of them." in told(incident("warning", "acknowledged"))[2]


def test_that_nothing_is_decided_stands_before_what_is_open_and_names_the_study():
    stopped = LOOK.model_copy(update={"study": "bank", "halted": "bank was stopped on 2026-03-01 11:00 UTC: it drifts"})
    tone, text, more = told(incident("notice"), looks=(LOOK, stopped))
    assert (tone, text) == ("alarm", "bank: nothing is decided, every application is referred to a person")
    assert "Known besides: 1 notice." in more


def test_blindness_is_said_first_with_its_moment_and_what_is_known_besides():
    tone, text, more = told(incident(), blind=(Blind("late", AGO, "shop"),))
    assert (tone, text) == ("blind", "Monitoring itself is blind since 2026-03-01 10:40 (80 min)")
    assert "shop: the job last looked 80 min ago" in more
    assert "Known besides: 1 open alarm." in more


def test_where_nobody_ever_looked_nothing_is_quiet():
    tone, text, _ = told(blind=(Blind("never", None),), looks=())
    assert (tone, text) == ("blind", "Nobody has looked: monitoring has never run here")


def test_chinese_says_the_same():
    assert told(incident(), incident("notice"), language="zh")[1] == "1 个未结警报，1 个通知"
