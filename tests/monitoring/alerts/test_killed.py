"""A deliverer that is killed at its worst moments, as a process of its own."""

import datetime as dt
import os
import signal
import socket
import subprocess
import sys

import pytest

from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.outbox import LEASE

DELIVER = """
import sys
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.alerts.settings import Settings
settings = Settings.model_validate({"channels": {"team": {"url_variable": "TEAM_URL"}}})
with open_alerts(sys.argv[1], settings) as alerts:
    alerts.deliver()
"""
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def started(url):
    """Deliver in a process: `started(address)`."""
    own = []

    def call(address: str) -> subprocess.Popen:
        environment = os.environ | {"TEAM_URL": address}
        own.append(subprocess.Popen([sys.executable, "-c", DELIVER, url], env=environment))
        return own[-1]

    yield call
    for process in own:
        process.kill()
        process.wait()


def killed(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def later(url, settings) -> Alerts:
    """The alerts of the database after the lease of whoever was killed."""
    return Alerts(url, settings, clock=lambda: dt.datetime.now(dt.UTC) + LEASE)


def test_killed_before_the_receiver_took_it_the_message_arrives_once(url, settings, webhook, started, reading):
    with Alerts(url, settings) as alerts, socket.create_server(("127.0.0.1", 0)) as deaf:
        alerts.take([reading(at=NOW)])
        process = started(f"json://127.0.0.1:{deaf.getsockname()[1]}/hook")
        with deaf.accept()[0]:  # it is about to send, and nobody reads
            killed(process)
        assert alerts.deliver().sent == 0  # the lease of the dead one still holds
    with later(url, settings) as restarted:
        assert restarted.deliver().sent == 1
        assert restarted.deliver().sent == 0
    assert len(webhook.bodies) == 1


def test_killed_between_the_answer_and_our_commit_it_comes_twice_with_one_number(
    url, settings, webhook, started, reading, wait_for
):
    with Alerts(url, settings) as alerts:
        alerts.take([reading(at=NOW)])
    webhook.hold.clear()
    process = started(webhook.url)
    wait_for(lambda: webhook.bodies)  # the receiver has it; we do not know yet
    killed(process)
    webhook.hold.set()
    with later(url, settings) as restarted:
        assert restarted.deliver().sent == 1
        assert restarted.deliver().sent == 0
    first, second = webhook.ids
    assert first == second
    assert webhook.bodies[0] == webhook.bodies[1]


def test_after_a_good_end_and_a_restart_nothing_comes_twice(url, settings, webhook, started, reading):
    with Alerts(url, settings) as alerts:
        alerts.take([reading(at=NOW)])
    for _ in range(2):
        assert started(webhook.url).wait(60) == 0
    assert len(webhook.bodies) == 1
