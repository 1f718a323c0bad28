"""From readings to a receiver: what is told, to whom, how often, in both databases."""

import dataclasses
import datetime as dt
import email
import email.policy
import threading

import pytest
import sqlalchemy as sa

from riskbench.core.errors import CannotRun
from riskbench.monitoring.alerts.alerts import Alerts, Delivery
from riskbench.monitoring.alerts.outbox import LEASE
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.alerts.tables import META
from riskbench.report.language.sentence import VOICES

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def subjects(webhook) -> list[str]:
    return [body["title"] for body in webhook.bodies]


# --- what opens and ends ----------------------------------------------------------------------------------------------


def test_a_signal_reaches_the_receiver_once_however_often_it_is_seen(opened, settings, webhook, clock, reading):
    alerts = opened(settings)
    for minute in range(5):
        alerts.take([reading(at=clock.on(minute * MINUTE))])
        alerts.deliver()
    assert subjects(webhook) == ["riskbench warning: opened: drift (incident 1)"]
    (incident,) = alerts.incidents("open")
    assert (incident.times, incident.opened, incident.seen) == (5, NOON, clock.now)


def test_the_events_of_one_look_go_out_together(opened, settings, webhook, reading):
    alerts = opened(settings)
    alerts.take([reading(rule=rule) for rule in ("drift", "velocity", "feed")])
    assert alerts.deliver().sent == 1
    assert subjects(webhook) == ["riskbench warning: 3 incidents: drift, velocity, feed"]


def test_each_channel_is_told_in_its_language_and_a_mail_has_its_subject_encoded(
    opened, webhook, mail, reading, monkeypatch
):
    box, url = mail
    monkeypatch.setenv("TEAM_URL", webhook.url)
    monkeypatch.setenv("DUTY_URL", url)
    channels = {"team": {"url_variable": "TEAM_URL"}, "duty": {"url_variable": "DUTY_URL", "language": "zh"}}
    alerts = opened(Settings.model_validate({"channels": channels}), voices=VOICES)
    alerts.take([reading(text="feeds were not looked at", subject={"to": "a\r\nBcc: all"})])
    assert alerts.deliver().sent == 2
    assert subjects(webhook) == ["riskbench warning: opened: drift (to=a Bcc: all) (incident 1)"]
    (envelope,) = box.taken
    head = envelope.content.split(b"\r\n\r\n")[0]
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert head.isascii()
    assert message["Subject"] == "riskbench 预警，新事件：drift (to=a Bcc: all)（事件1）"
    assert message["Bcc"] is None
    assert "未检视数据馈送。" in message.get_body(("html", "plain")).get_content()


def test_a_channel_is_tried_in_its_language(opened, webhook, monkeypatch):
    monkeypatch.setenv("TEAM_URL", webhook.url)
    settings = Settings.model_validate({"channels": {"team": {"url_variable": "TEAM_URL", "language": "zh"}}})
    assert opened(settings, voices=VOICES).test("team") == ""
    told = "这是对通知渠道team的测试，请求于2026-03-02 12:00（UTC）。没有发生任何事件。"
    assert (webhook.bodies[0]["title"], webhook.bodies[0]["message"]) == ("riskbench 测试", told)


def test_what_cannot_be_evaluated_neither_opens_nor_ends(opened, settings, clock, reading):
    alerts = opened(settings)
    alerts.take([reading("not_evaluated")])
    assert alerts.incidents() == []
    alerts.take([reading()])
    for hours in (1, 2, 3):
        alerts.take([reading("not_evaluated", at=NOON + hours * HOUR)])
    assert alerts.incident(1).state == "open"


def test_what_is_quiet_again_is_told_to_have_ended_and_its_history_is_kept(opened, settings, webhook, clock, reading):
    alerts = opened(settings)
    alerts.take([reading()])
    alerts.deliver()
    for _ in range(2):
        alerts.take([reading("quiet", at=clock.on(HOUR))])
    alerts.deliver()
    assert subjects(webhook)[1] == "riskbench warning: resolved: drift (incident 1)"
    assert [(entry.what, entry.who) for entry in alerts.history(1)] == [
        ("opened", "riskbench"),
        ("resolved", "riskbench"),
    ]


def test_the_same_readings_taken_twice_are_told_once(opened, settings, webhook, reading):
    alerts = opened(settings)
    for _ in range(2):
        alerts.take([reading(), reading(rule="velocity", severity="alarm")])
    alerts.deliver()
    alerts.deliver()
    assert len(webhook.bodies) == 1


def test_a_look_is_taken_whole_or_not_at_all(opened, settings, reading):
    alerts = opened(settings)
    with pytest.raises(ValueError, match="must have a zone, got none in feed"):
        alerts.take([reading(), reading(rule="feed", at=NOON.replace(tzinfo=None))])
    assert alerts.incidents() == []


def test_an_incident_after_the_cooldown_is_a_new_one_and_the_old_end_is_not_told_late(
    opened, settings, webhook, clock, reading
):
    alerts = opened(settings)
    for hours, state in ((0, "signal"), (1, "quiet"), (2, "quiet"), (3, "signal"), (4, "quiet"), (5, "quiet")):
        alerts.take([reading(state, at=NOON + hours * HOUR)])
    clock.now = NOON + 40 * HOUR
    alerts.take([reading(at=clock.now)])
    assert [incident.state for incident in alerts.incidents()] == ["open", "resolved"]
    alerts.deliver()
    assert "stayed resolved" not in webhook.bodies[0]["message"]


# --- who is told ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ladder(webhook, monkeypatch) -> Settings:
    """Two levels with one webhook, told apart by their paths; the second takes alarms alone."""
    monkeypatch.setenv("TEAM_URL", f"{webhook.url}/team")
    monkeypatch.setenv("DUTY_URL", f"{webhook.url}/duty")
    return Settings.model_validate(
        {
            "channels": {
                "team": {"url_variable": "TEAM_URL"},
                "duty": {"url_variable": "DUTY_URL", "severities": ["alarm"]},
            },
            "levels": [["team"], ["duty"]],
            "escalate_after": {"alarm": "30m", "warning": "30m"},
        }
    )


def test_who_does_not_answer_is_followed_by_the_next_level(opened, ladder, webhook, clock, reading):
    alerts = opened(ladder)
    alerts.take([reading(severity="alarm")])
    alerts.deliver()
    clock.on(30 * MINUTE)
    alerts.deliver()
    clock.on(DAY)
    alerts.deliver()
    assert webhook.paths == ["/hook/team", "/hook/duty"]
    assert "Nobody has acknowledged it within 30 minutes" in webhook.bodies[1]["message"]


def test_what_is_acknowledged_is_not_escalated(opened, ladder, webhook, clock, reading):
    alerts = opened(ladder)
    alerts.take([reading(severity="alarm")])
    alerts.acknowledge(1, "ann", NOON + HOUR)
    clock.on(40 * MINUTE)
    alerts.deliver()
    assert webhook.paths == ["/hook/team"]
    clock.on(30 * MINUTE)
    alerts.deliver()
    assert webhook.paths == ["/hook/team", "/hook/team"]
    assert "The acknowledgement by ann has ended" in webhook.bodies[1]["message"]


def test_a_level_that_does_not_take_the_severity_leaves_it_to_the_status_page(opened, ladder, webhook, clock, reading):
    alerts = opened(ladder)
    alerts.take([reading(severity="warning")])
    clock.on(HOUR)
    alerts.deliver()
    assert webhook.paths == ["/hook/team"]
    (unsent,) = alerts.messages("no channel")
    assert unsent.last_error == "no channel: seen only on the status page"


def test_without_a_channel_the_outbox_says_so_and_the_incident_is_there(opened, reading):
    alerts = opened()
    alerts.take([reading()])
    assert dataclasses.astuple(alerts.deliver()) == (0, {}, 0)
    assert [message.last_error for message in alerts.messages()] == ["no channel: seen only on the status page"]
    assert [incident.key for incident in alerts.incidents("open")] == ["drift"]


def test_notices_wait_for_the_morning_unless_an_alarm_goes_out_anyway(opened, settings, webhook, clock, reading):
    quiet = Settings.model_validate(settings.model_dump() | {"quiet_hours": {"from": "11:00", "until": "18:00"}})
    alerts = opened(quiet)
    alerts.take([reading(severity="notice")])
    assert alerts.deliver().sent == 0
    clock.on(6 * HOUR)
    assert alerts.deliver().sent == 1
    clock.on(18 * HOUR)
    alerts.take([reading(rule="feed", severity="notice", at=clock.now)])
    alerts.take([reading(rule="velocity", severity="alarm", at=clock.now)])
    alerts.deliver()
    assert subjects(webhook)[1] == "riskbench alarm: 2 incidents: velocity, feed"


def test_a_channel_has_its_messages_of_the_hour_and_then_a_digest(opened, settings, webhook, clock, reading):
    alerts = opened(settings)
    for number in range(40):
        alerts.take([reading(rule=f"rule_{number}", at=clock.on(MINUTE))])
        alerts.deliver()
    assert len(webhook.bodies) == 10
    clock.on(30 * MINUTE)  # the first ten are now more than an hour old
    alerts.deliver()
    assert len(webhook.bodies) == 11
    assert subjects(webhook)[10].startswith("riskbench warning: 30 incidents: rule_10, rule_11")
    assert "And 10 more" in webhook.bodies[10]["message"]


def test_an_alarm_does_not_wait_where_a_channel_has_had_its_messages_of_the_hour(
    opened, settings, webhook, clock, reading
):
    alerts = opened(settings)
    for number in range(12):
        alerts.take([reading(rule=f"rule_{number}", at=clock.on(MINUTE))])
        alerts.deliver()
    alerts.take([reading(rule="ring", severity="alarm", at=clock.on(MINUTE))])
    assert alerts.deliver().sent == 1
    assert subjects(webhook)[10:] == ["riskbench alarm: 3 incidents: ring, rule_10, rule_11"]
    alerts.take([reading("quiet", rule="ring", severity="alarm", at=clock.on(minute * MINUTE)) for minute in (1, 61)])
    assert alerts.deliver().sent == 1  # by then the hour is over


# --- nothing is lost, and nothing is said twice -----------------------------------------------------------------------


def test_a_dead_receiver_gets_its_message_when_it_lives_again(opened, settings, webhook, clock, reading):
    alerts, webhook.status = opened(settings), 503
    alerts.take([reading()])
    assert alerts.deliver().failed == {"team": "the receiver answered with status 503"}
    assert alerts.deliver().failed == {}  # it waits before it tries again
    webhook.status = 200
    clock.on(HOUR)
    assert opened(settings).deliver().sent == 1  # another process, after a restart
    assert opened(settings).deliver().sent == 0
    assert webhook.ids[0] == webhook.ids[1]
    assert [message.state for message in alerts.messages()] == ["sent"]


def test_what_happens_while_a_receiver_is_dead_becomes_one_digest_after_the_first(
    opened, settings, webhook, clock, reading
):
    alerts, webhook.status = opened(settings), 500
    for number in range(30):
        alerts.take([reading(rule=f"rule_{number}", at=clock.on(MINUTE))])
        if number == 0:
            alerts.deliver()
    webhook.status, webhook.bodies[:] = 200, []
    clock.on(HOUR)
    assert alerts.deliver().sent == 2
    assert subjects(webhook) == [
        "riskbench warning: opened: rule_0 (incident 1)",
        webhook.bodies[1]["title"],
    ]
    assert "29 incidents" in subjects(webhook)[1]


def test_what_could_not_be_sent_goes_before_what_came_later(opened, settings, webhook, clock, reading):
    alerts, webhook.status = opened(settings), 500
    alerts.take([reading()])
    alerts.deliver()
    alerts.take([reading("quiet", at=clock.on(MINUTE))])
    alerts.resolve(1, "ann", "mended")
    webhook.status = 200
    alerts.deliver()  # it would have waited longer, had nothing new come up
    assert [title.split()[2] for title in subjects(webhook)] == ["opened:", "opened:", "resolved:"]


def test_who_lost_the_lease_and_fails_does_not_undo_what_another_has_sent(opened, settings, webhook, clock, reading):
    slow, quick = opened(settings), opened(settings)
    slow.take([reading()])
    held = slow._claimed([])  # and stands still
    clock.on(LEASE)
    assert quick.deliver().sent == 1
    slow._settle(held, "the receiver cannot be reached", Delivery())
    assert [message.state for message in quick.messages()] == ["sent"]


def test_who_lost_the_lease_and_fails_does_not_free_what_another_holds(opened, settings, webhook, clock, reading):
    slow, quick = opened(settings), opened(settings)
    slow.take([reading()])
    held = slow._claimed([])  # and stands still
    clock.on(LEASE)
    assert quick._claimed([]) is not None  # and is sending
    slow._settle(held, "the receiver cannot be reached", Delivery())
    clock.on(LEASE - MINUTE)
    assert opened(settings).deliver().sent == 0


def test_messages_of_two_databases_never_have_the_same_number(opened, settings, webhook, tmp_path, clock, reading):
    opened(settings).take([reading()])
    with Alerts(f"sqlite:///{tmp_path / 'other.sqlite'}", settings, clock=clock) as other:
        other.take([reading()])
        other.deliver()
    opened(settings).deliver()
    assert len(set(webhook.ids)) == 2


def test_a_message_that_is_given_up_is_kept_and_can_be_sent_after_all(opened, settings, webhook, clock, reading):
    alerts, webhook.status = opened(settings), 500
    alerts.take([reading()])
    alerts.deliver()
    clock.on(3 * DAY)
    done = alerts.deliver()
    assert done.dead >= 1
    assert "drift" in alerts.messages("dead")[0].subject
    webhook.status = 200
    clock.on(DAY)
    alerts.deliver()
    first = alerts.messages()[0]
    assert first.state == "dead"
    assert alerts.deliver(revive=True).sent == 1
    assert alerts.messages("dead") == []


def test_a_channel_that_takes_nothing_is_an_incident_and_ends_when_it_does(opened, settings, webhook, clock, reading):
    alerts, webhook.status = opened(settings), 500
    alerts.take([reading()])
    alerts.deliver()
    clock.on(2 * HOUR)
    alerts.deliver()
    (own,) = [incident for incident in alerts.incidents("open") if incident.rule == "alert_channel"]
    assert (own.key, own.severity) == ("alert_channel[channel=team]", "alarm")
    assert "status 500" in own.text
    webhook.status = 200
    for hours in (1, 2, 3):
        alerts.take([reading(rule=f"r{hours}", at=clock.on(HOUR))])
        alerts.deliver()
    assert alerts.incident(own.id).state == "resolved"


def test_two_deliverers_at_once_send_one_message(opened, settings, webhook, clock, reading):
    one, other = opened(settings), opened(settings)
    one.take([reading()])
    webhook.hold.clear()
    first = threading.Thread(target=one.deliver)
    first.start()
    while not webhook.bodies:
        pass
    assert other.deliver().sent == 0  # while the first waits for its answer
    webhook.hold.set()
    first.join()
    assert other.deliver().sent == 0
    assert len(webhook.bodies) == 1


def test_many_deliverers_at_once_send_each_message_once(opened, settings, webhook, clock, reading):
    writer, deliverers = opened(settings), [opened(settings) for _ in range(4)]
    webhook.status = 500
    for number in range(5):  # each with words of its own
        writer.take([reading(rule=f"rule_{number}")])
        writer.deliver()
        clock.on(HOUR)
    webhook.status, webhook.ids[:] = 200, []
    threads = [threading.Thread(target=one.deliver) for one in deliverers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(webhook.ids) == len(set(webhook.ids))
    assert {message.state for message in writer.messages()} == {"sent"}


def test_many_takers_at_once_open_one_incident(opened, settings, webhook, reading):
    takers = [opened(settings) for _ in range(4)]
    threads = [threading.Thread(target=one.take, args=([reading(), reading(rule="feed")],)) for one in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((i.key, i.times) for i in takers[0].incidents()) == [("drift", 4), ("feed", 4)]
    takers[0].deliver()
    assert len(webhook.bodies) == 1


def test_what_a_process_held_when_it_was_lost_is_free_after_the_lease(
    opened, settings, webhook, clock, monkeypatch, reading
):
    alerts = opened(settings)
    alerts.take([reading()])
    assert alerts._claimed([]) is not None  # and here the process is gone
    assert opened(settings).deliver().sent == 0
    clock.on(LEASE)
    assert opened(settings).deliver().sent == 1
    assert len(webhook.bodies) == 1


def test_a_clock_set_back_holds_no_message(opened, settings, webhook, clock, reading):
    alerts = opened(settings)
    alerts.take([reading()])
    clock.on(-9 * DAY)
    assert alerts.deliver().sent == 1


def test_a_channel_that_is_gone_from_the_file_is_said(opened, settings, webhook, reading):
    opened(settings).take([reading()])
    done = opened(Settings()).deliver()
    assert done.failed == {"team": "alerts.toml has no channel team any more"}


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["UPDATE alert_events SET who = 'nobody'", "DELETE FROM alert_events"])
def test_the_database_itself_keeps_the_history_as_it_is(opened, settings, url, change, reading):
    opened(settings).take([reading()])
    engine = sa.create_engine(url)
    with pytest.raises(sa.exc.DBAPIError, match="only added to"), engine.begin() as connection:
        connection.exec_driver_sql(change)
    engine.dispose()


def test_tables_of_a_later_version_are_left_alone(opened, settings, url, reading):
    opened(settings).take([reading()])
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(META.update().values(schema_version=99))
    engine.dispose()
    with pytest.raises(CannotRun, match="have version 99, and this riskbench knows 1"):
        opened(settings)


def test_what_is_not_there_is_said(opened):
    with pytest.raises(CannotRun, match="there is no incident 4"):
        opened().incident(4)
