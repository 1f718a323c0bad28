"""Decisions are looked at as they are made: a ring by one device is an incident within seconds."""

import shutil
import time
from pathlib import Path

import httpx
import pandas as pd
import pytest

from riskbench.monitoring.alerts.opening import open_alerts

ROOT = Path(__file__).parents[2]
RULES = """
schema_version: 1
rules:
  - name: ring_of_applications
    kind: velocity
    severity: alarm
    by: device
    within: 1d
    at_least: 5
    advice: refer what comes from this device
  - name: asked_again
    kind: duplicates
    severity: notice
    by: application
    within: 1h
    at_least: 3
    advice: see whether the inputs were changed until the answer pleased
"""


@pytest.fixture
def watched(serving, tmp_path):
    """Start a service whose rules look at each decision: `watched()` once more in the same project."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("study.toml", "policy.yaml"):
        shutil.copy(ROOT / "data" / "microloan" / name, folder)
    (folder / "warnings.yaml").write_text(RULES)
    started = []

    def start(*options):
        started.append(serving("--rules", str(folder), *options, project=tmp_path))
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.end()


def incidents(served, least=1, seconds=20.0):
    """What is open, once there are so many, and the seconds that it took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if (served.project / ".riskbench" / "monitoring" / "monitoring.sqlite").is_file():
            with open_alerts(served.project / ".riskbench" / "monitoring" / "monitoring.sqlite") as alerts:
                if len(found := alerts.incidents("open")) >= least:
                    return found, time.monotonic() - begun
        time.sleep(0.1)
    return [], time.monotonic() - begun


def settled(served):
    """Wait until all decisions were looked at; the figures of `/metrics`."""
    for _ in range(200):
        told = httpx.get(f"{served.url}/metrics").text
        figures = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))
        made = sum(float(n) for name, n in figures.items() if name.startswith("riskbench_decisions_total"))
        if made == float(figures.get("riskbench_watch_looked_total", 0)):
            return figures
        time.sleep(0.05)
    raise AssertionError(told)


def apply(client, application, name, customer, **links):
    body = application(name) | {"customer": customer, "links": links}
    assert client.post("/v1/decisions", json=body).status_code == 200


def test_the_fifth_customer_of_a_device_opens_an_incident_within_seconds(watched, application):
    served = watched()
    with served.client() as client:
        for n in range(4):
            apply(client, application, f"A{n}", f"C{n}", device="D-1")
        settled(served)
        assert incidents(served, seconds=0.5)[0] == []
        apply(client, application, "A4", "C4", device="D-1")
        (incident,), seconds = incidents(served)
    assert (incident.rule, incident.severity) == ("ring_of_applications", "alarm")
    assert "5 customers" in incident.text
    assert "D-1" not in str(incident)
    assert seconds < 20


def test_an_application_that_comes_again_and_again_is_noticed(watched, application):
    served = watched()
    with served.client() as client:
        for income in (39_000, 49_000, 59_000):
            client.post("/v1/decisions", json=application("A1", annual_income=income))
    (incident,), _ = incidents(served)
    assert (incident.rule, incident.severity) == ("asked_again", "notice")


def test_after_a_restart_the_window_is_read_again_from_the_log(watched, application):
    served = watched()
    with served.client() as client:
        for n in range(4):
            apply(client, application, f"A{n}", f"C{n}", device="D-1")
    served.end(9)
    again = watched()
    with again.client() as client:
        apply(client, application, "A4", "C4", device="D-1")
    (incident,), _ = incidents(again)
    assert incident.rule == "ring_of_applications"


def test_an_answer_that_is_given_again_is_no_second_application(watched, application):
    served = watched()
    with served.client() as client:
        for _ in range(4):
            client.post("/v1/decisions", json=application("A1"), headers={"Idempotency-Key": "k"})
    figures = settled(served)
    assert figures["riskbench_watch_looked_total"] == "1"
    assert incidents(served, seconds=0.5)[0] == []


def test_a_fault_of_monitoring_fails_no_decision_and_is_said(watched, application):
    served = watched()
    (served.project / ".riskbench" / "monitoring").write_text("a file where the folder should be")
    with served.client() as client:
        for n in range(6):
            apply(client, application, f"A{n}", f"C{n}", device="D-1")
        for _ in range(100):
            told = httpx.get(f"{served.url}/metrics").text
            if "riskbench_watch_faults_total" in told:
                break
            time.sleep(0.05)
        ready = client.get("/health/ready")
        apply(client, application, "A9", "C9", device="D-2")
        assert "riskbench_watch_faults_total" in told
        assert ready.status_code == 200
        assert "monitoring: single decisions are not looked at" in ready.json()["warnings"]
        (served.project / ".riskbench" / "monitoring").unlink()
        (incident,), _ = incidents(served)  # what could not be looked at waited
    assert incident.rule == "ring_of_applications"


def of_month(month: int, days: range) -> pd.DataFrame:
    """Applications of a month of the synthetic portfolio, in their order, with the device that they came from."""
    folder = ROOT / "data" / "microloan"
    if not (folder / "applications.parquet").is_file():
        pytest.skip("the tables of the microloan portfolio are not here")
    device = pd.read_parquet(folder / "device.parquet", columns=["application_id", "device_id"])
    rows = pd.read_parquet(folder / "applications.parquet").merge(device, on="application_id")
    at = pd.to_datetime(rows["applied_at"])
    mine = ((at.dt.year - 2023) * 12 + at.dt.month == month) & at.dt.day.isin(days)
    return rows[mine].sort_values(["applied_at", "applied_hour", "application_id"])


def replayed(client, application, rows):
    """Send the applications of a table, a hundred at a time."""
    bodies = [
        application(row.application_id)
        | {"customer": row.customer_id}
        | ({"links": {"device": row.device_id}} if isinstance(row.device_id, str) else {})
        for row in rows.itertuples()
    ]
    for first in range(0, len(bodies), 100):
        answer = client.post("/v1/decisions", json={"applications": bodies[first : first + 100]})
        assert all(one["status"] == 200 for one in answer.json()["results"])


def test_the_burst_of_rings_is_an_alarm_within_a_minute_and_an_ordinary_month_is_quiet(watched, application):
    ordinary, burst = of_month(33, range(1, 32)), of_month(34, range(14, 17))
    served = watched()
    with served.client() as client:
        # a month within minutes, so that a day's window holds all of it: harder than the month was
        replayed(client, application, ordinary)
        settled(served)
        assert incidents(served, seconds=0.5)[0] == []
        begun = time.monotonic()
        replayed(client, application, burst[: len(burst) // 6])  # the first half of its first day
        found, _ = incidents(served)
    assert time.monotonic() - begun < 60
    assert {one.rule for one in found} == {"ring_of_applications"}
