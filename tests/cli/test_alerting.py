"""What an analyst types about alerts, by the real command line, before a real webhook."""

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from riskbench.core.project import Project
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.alerts.settings import load_settings
from riskbench.monitoring.places import monitoring_url
from riskbench.monitoring.reading import Reading

TEAM = """
[channels.team]
url_variable = "TEAM_URL"

[jobs.monitor]
every = "5m"
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "notebooks").mkdir()
    return tmp_path


@pytest.fixture
def desk(home):
    """The alerts of the project, as its jobs open them."""

    def call():
        return open_alerts(monitoring_url(Project(home)), load_settings(home))

    return call


@pytest.fixture
def webhook():
    """What a receiver was told, and its address."""
    titles = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            titles.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["title"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield titles, f"json://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def team(home, webhook, command_environment, monkeypatch):
    (home / "alerts.toml").write_text(TEAM)
    monkeypatch.setitem(command_environment, "TEAM_URL", webhook[1])
    monkeypatch.setenv("TEAM_URL", webhook[1])
    return webhook[0]


@pytest.fixture
def drifted(desk):
    """An open incident."""
    now = dt.datetime.now(dt.UTC)
    with desk() as alerts:
        alerts.take([Reading("drift", "psi", "signal", now, subject={"feature": "age"}, text="It moved")])


@pytest.fixture
def call(riskbench, home):
    """Call `riskbench alerts`: what it prints, where its exit code is as told."""

    def with_code(*words, code=0):
        done = riskbench("alerts", *words, cwd=home)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    return with_code


def test_open_incidents_are_listed_and_without_a_channel_that_is_said(call, drifted):
    said = call()
    assert "drift (feature=age)" in said
    assert "alerts.toml names no channel" in said
    assert [incident["key"] for incident in json.loads(call("--json"))] == ["drift[feature=age]"]


def test_an_incident_is_taken_on_ended_and_its_history_kept(call, drifted):
    assert "acknowledged by ann, and silent until" in call("acknowledge", "1", "--by", "ann", "--until", "4h")
    assert "acknowledged by ann until" in call()
    call("resolve", "1", "--by", "ann", "--why", "the campaign ended")
    assert "No open incident." in call()
    assert "resolved by ann: the campaign ended" in call("--all")
    shown = json.loads(call("show", "1", "--json"))
    assert [event["what"] for event in shown["history"]] == ["opened", "acknowledged", "resolved"]
    assert "the campaign ended" in call("show", "1").lower()


def test_what_waits_is_delivered_once(call, team, drifted):
    assert "1 message to be sent" in call()
    assert "1 message sent" in call("deliver")
    assert "0 messages sent" in call("deliver")
    assert team == ["riskbench warning: opened: drift (feature=age) (incident 1)"]
    assert "sent 20" in call("show", "1")


def test_what_does_not_go_is_kept_and_the_code_is_one(call, team, drifted, command_environment, monkeypatch):
    monkeypatch.setitem(command_environment, "TEAM_URL", "json://127.0.0.1:9/hook")
    monkeypatch.setenv("TEAM_URL", "json://127.0.0.1:9/hook")
    said = call("deliver", code=1)
    assert "team: the receiver cannot be reached, or did not answer in time. It is kept and tried again" in said
    assert "waiting" in call("show", "1")


def test_a_channel_is_tested_with_a_message_that_says_so(call, team):
    assert "team: the receiver has taken the test message" in call("test", "team")
    assert team == ["riskbench test"]
    assert "there is no channel duty; there are: team" in call("test", "duty", code=2)


def test_a_channel_is_told_in_the_language_that_its_file_names(call, home, team, desk):
    (home / "alerts.toml").write_text(TEAM.replace("\n[jobs", 'language = "zh"\n[jobs'))
    with desk() as alerts:
        alerts.take([Reading("bureau", "stale_feed", "signal", dt.datetime.now(dt.UTC))])
    call("deliver")
    call("test", "team")
    assert team == ["riskbench 预警，新事件：bureau（事件1）", "riskbench 测试"]


def test_a_job_that_did_not_run_is_alerted_by_the_look_of_another(call, team, desk):
    hours_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=3)
    with desk() as alerts:
        alerts.beat("monitor", hours_ago)
    assert "late" in call("check", code=1)
    assert team == ["riskbench alarm: opened: watchdog (job=monitor) (incident 1)"]
    with desk() as alerts:
        alerts.beat("monitor", dt.datetime.now(dt.UTC))
    assert "on time" in call("check")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "7"), 2, "there is no incident 7"),
        (
            ("acknowledge", "1", "--by", "ann", "--until", "soon"),
            2,
            "a moment is written as 4h, 2d or 2026-12-01T08:00",
        ),
        (("acknowledge", "1", "--by", "ann", "--until", "2020-01-01"), 1, "ends within 31 days from now"),
        (("acknowledge", "1", "--by", "Ann Lee"), 2, "a name has small letters"),
        (("resolve", "1", "--by", "ann", "--why", " "), 2, "--why says what ended it"),
        (("--json", "check"), 2, "a command has its own options behind its name"),
        (("--database", "mysql://u:p@h/d"), 2, "SQLite or PostgreSQL"),
    ],
)
def test_what_cannot_be_done_is_said(call, drifted, words, code, said):
    assert said in call(*words, code=code)


def test_a_broken_file_stops_every_command_and_names_the_key(call, home):
    (home / "alerts.toml").write_text('[channels.team]\nurl = "json://me:secret@host"\n')
    said = call(code=2)
    assert "channels.team.url: no such key is known here" in said
    assert "secret" not in said
