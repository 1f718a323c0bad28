"""The status page of the real service: what is said first, who may take an incident, and what /metrics tells."""

import re
import time
from contextlib import contextmanager

import httpx
import pytest

from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.service.status.lately import FRESH


@pytest.fixture(scope="module")
def running(serving):
    served = serving()
    yield served
    served.end()


@pytest.fixture
def place(running, database):
    """The service, before anything is known to monitoring."""
    for file in database(running.project).parent.glob("monitoring.sqlite*"):
        file.unlink()
    time.sleep(FRESH + 0.1)  # until it has forgotten what stood before
    return running


@contextmanager
def signed_in(served, scope="override"):
    with httpx.Client(base_url=served.url, timeout=30) as client:
        page = client.get("/status", follow_redirects=True)
        assert page.url.path == "/review/login"
        csrf, after = (re.search(rf'name="{name}" value="([^"]*)"', page.text)[1] for name in ("csrf", "next"))
        answer = client.post("/review/login", data={"csrf": csrf, "key": served.keys[scope], "next": after})
        assert answer.headers["location"] == "/status"
        yield client


def headline(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", re.search(r"<h1.*?</h1>", page.text, re.S)[0])).strip()


def test_before_anybody_has_looked_nothing_is_called_quiet(place):
    with signed_in(place, "read") as client:
        assert headline(client.get("/status")) == "✕ Nobody has looked: monitoring has never run here"


def test_quiet_then_an_alarm_then_somebody_has_it(place, known, signal, database):
    known(place.project)
    with signed_in(place) as client:
        assert headline(client.get("/status")) == "✓ All quiet"
        known(place.project, signal(), signal(device="77"))
        time.sleep(FRESH + 0.1)
        page = client.get("/status")
        assert headline(page) == "■ 2 open alarms"
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)[1]
        number = re.search(r'id="incident-(\d+)"', page.text)[1]
        answer = client.post(f"/status/{number}", data={"csrf": csrf, "hours": "4"}, follow_redirects=True)
    assert f"Incident {number} is yours until" in answer.text
    assert "override, until" in answer.text
    with open_alerts(database(place.project)) as alerts:
        assert alerts.incident(int(number)).acknowledged_by == "override"


def test_a_late_job_makes_the_page_say_that_it_is_blind_and_since_when(place, known, signal, database):
    known(place.project, minutes=30)
    with signed_in(place, "read") as client:
        told = headline(client.get("/status"))
    assert re.fullmatch(r"✕ Monitoring itself is blind since \d{4}-\d\d-\d\d \d\d:\d\d \(30 min\)", told)
    warning = httpx.get(f"{place.url}/health/ready")
    assert warning.status_code == 200  # decisions can be had all the same
    assert "monitoring: the job that looks at microloan is late since" in warning.json()["warnings"][0]


def test_a_key_that_may_only_read_takes_nothing(place, known, signal, database):
    known(place.project, signal())
    with signed_in(place, "read") as client:
        page = client.get("/status")
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)[1]
        answer = client.post("/status/1", data={"csrf": csrf, "hours": "4"})
    assert 'action="/status/1"' not in page.text
    assert answer.status_code == 403


@pytest.mark.parametrize(("csrf", "number", "status"), [("forged", "1", 403), (None, "99", 503), (None, "x", 404)])
def test_a_forged_form_and_an_unknown_incident_change_nothing(place, known, signal, database, csrf, number, status):
    known(place.project, signal())
    with signed_in(place) as client:
        own = re.search(r'name="csrf" value="([^"]*)"', client.get("/status").text)[1]
        answer = client.post(f"/status/{number}", data={"csrf": csrf or own, "hours": "4"})
    assert answer.status_code == status
    with open_alerts(database(place.project)) as alerts:
        assert alerts.incident(1).state == "open"


def test_the_page_asks_again_by_itself_unless_it_is_held_and_allows_no_script(place, known, signal, database):
    known(place.project)
    with signed_in(place, "read") as client:
        moving, held = client.get("/status"), client.get("/status?hold=1")
    assert moving.headers["refresh"] == "30; url=/status?again=1"
    assert "refresh" not in held.headers
    assert "script-src 'none'" in moving.headers["content-security-policy"]
    assert "<script" not in moving.text


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(serving, known):
    served = serving("--idle-minutes", "0.04")  # 2.4 seconds
    known(served.project)
    with signed_in(served) as client:
        seen = [client.get("/status?again=1").status_code]
        for _ in range(8):
            time.sleep(0.4)
            seen.append(client.get("/status?again=1").status_code)
    served.end()
    assert seen[0] == 200
    assert seen[-1] == 303


def test_what_a_rule_says_is_text_and_never_markup(place, known, signal, database):
    known(place.project, signal(text="<img src=x onerror=alert(1)> of 5"))
    with signed_in(place, "read") as client:
        assert "<img" not in client.get("/status").text


def test_a_chinese_page_says_rules_in_chinese_and_marks_what_nobody_translated(place, known, signal, database):
    known(place.project, signal(), signal("notice", "77", text="Nobody translated this."))
    with signed_in(place, "read") as client:
        page = client.get("/status?lang=zh").text
    assert '<span class="told">1天内有7名客户' in re.sub("截至[^，]*，", "", page)
    assert "<small>关联频次</small>" in page
    assert '<span class="told" lang="en">Nobody translated this.</span>' in page
    assert '<span class="told">没有贷款达到所需账龄' in page  # why a rule was not evaluated


def test_metrics_tell_open_incidents_the_last_look_and_the_outbox(place, known, signal, database):
    known(place.project, signal(), signal("notice", "77"))
    told = httpx.get(f"{place.url}/metrics").text
    assert 'riskbench_incidents_open{severity="alarm"} 1' in told
    assert 'riskbench_incidents_open{severity="notice"} 1' in told
    assert "riskbench_outbox_waiting 0" in told
    assert "riskbench_monitoring_blind 0" in told
    assert 60 <= float(re.search(r"\nriskbench_last_look_seconds (\S+)", told)[1]) < 120
