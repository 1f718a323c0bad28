"""What people read names nobody and is markup for no receiver."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.alerts.wording import WITHHELD, Line, harmless, letter, on_a_line, said
from riskbench.monitoring.reading import Reading
from riskbench.privacy.scan import scan_text
from riskbench.report.language.sentence import VOICES

CHINESE = VOICES["zh"]
NUMBER = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def line(incident=1, severity="warning", what="opened", **more):
    given = {"rule": "drift", "subject": "feature=channel", "text": "It moved", "advice": "look"} | more
    return Line(incident=incident, severity=severity, what=what, at=NOON, **given)


def read(**more) -> Reading:
    return Reading("drift", "psi", "signal", NOON, **more)


@pytest.mark.parametrize("who", ["33392005961", "+999 712 345 678", "ann@lender.example"])
def test_a_sentence_that_names_somebody_is_withheld(who):
    told = said(read(text=f"Ask {who}", advice=f"call {who}"))
    assert (told.text, told.advice) == (WITHHELD, "")


def test_a_subject_that_names_somebody_is_withheld_and_still_tells_incidents_apart():
    one, other = (said(read(subject={"customer": who})) for who in ("ann@lender.example", "bob@lender.example"))
    assert not scan_text(f"{one.key} {one.subject}")
    assert one.key != other.key


def test_an_ordinary_reading_is_kept_as_it_is():
    told = said(read(subject={"feature": "net_income"}, text="PSI 0.31 > 0.25", advice="look at page 80"))
    assert (told.key, told.subject) == ("drift[feature=net_income]", "feature=net_income")
    assert (told.text, told.advice) == ("PSI 0.31 > 0.25", "look at page 80")


@given(st.text())
def test_no_text_can_be_markup_a_link_or_a_second_line(text):
    told = harmless(text)
    assert not set(told) & set("<>[]`*|~\\&@\r\n\x1b")
    assert "//" not in told
    assert told.isprintable()


@given(st.text())
def test_a_line_is_printable_and_stays_as_it_is_when_it_is_one(text):
    assert on_a_line(on_a_line(text)) == on_a_line(text)
    assert on_a_line(text).isprintable()


def test_one_incident_is_named_in_the_subject_and_its_acknowledgement_below():
    told = letter("m1", [line(17)], "https://risk.example/status")
    assert told.subject == "riskbench warning: opened: drift (feature=channel) (incident 17)"
    assert "riskbench alerts acknowledge 17 --by NAME" in told.body
    assert "https://risk.example/status#incident-17" in told.body
    assert told.body.endswith("Message m1. The same message may come twice; it then has this same number.")


def test_of_several_incidents_the_gravest_comes_first():
    told = letter("m1", [line(1, "notice"), line(2, "alarm", rule="velocity"), line(3)], "")
    assert told.subject == "riskbench alarm: 3 incidents: velocity, drift"
    assert [told.body.index(word) for word in ("ALARM", "WARNING", "NOTICE")] == sorted(
        told.body.index(word) for word in ("ALARM", "WARNING", "NOTICE")
    )


def test_a_storm_makes_a_message_of_bounded_length_that_counts_the_rest():
    told = letter("m1", [line(i) for i in range(500)], "")
    assert "And 480 more" in told.body
    assert len(told.body) < 20 * 1_000


def test_a_message_in_chinese_says_all_of_it_in_chinese():
    text = "Nothing has arrived of feed bureau for 1 day; at most 1 day are allowed."
    told = letter(
        NUMBER,
        [line(17, text=text, advice="see that its receiver runs, then: riskbench alerts test team")],
        "https://risk.example/status",
        CHINESE,
    )
    assert told.subject == "riskbench 预警，新事件：drift (feature=channel)（事件17）"
    assert told.body.splitlines() == [
        "预警，新事件：drift (feature=channel)，2026-03-02 12:00（UTC）",
        "数据馈送bureau已1天没有新数据；最多允许1天。",
        "处理办法：请检查其接收方是否在运行，然后执行：riskbench alerts test team。",
        "预警事件17，确认接手：riskbench alerts acknowledge 17 --by NAME",
        "https://risk.example/status#incident-17",
        "",
        f"消息{NUMBER}。同一消息可能收到两次；其编号相同。",
    ]


def test_what_has_no_translation_is_told_in_english_and_never_half():
    told = letter("m1", [line(17, text="Feeds are late. Nobody knows", advice="ask Ann")], "", CHINESE)
    assert told.body.splitlines()[1:3] == ["Feeds are late. Nobody knows.", "What to do: ask Ann."]


@given(st.text(), st.text())
def test_in_chinese_no_text_can_be_markup_a_link_or_a_second_line_either(text, name):
    told = letter("m1", [line(text=text, rule=name)], "", CHINESE)
    assert not set(told.subject + told.body) & set("<>[]`*|~\\&@\r\x1b")
    assert "//" not in told.subject + told.body
    assert len(told.body.splitlines()) == 6 - (not text)
