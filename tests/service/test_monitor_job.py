"""`riskbench monitor` beside the real service: what it reads, what it says, and what it survives."""

import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from riskbench.decision.bundle.bundle import load_bundle
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.counts.baseline import FOLDER, frozen, save_baseline
from riskbench.monitoring.counts.store import CountStore
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.monitoring.watch.memory import Memory

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
"""


@pytest.fixture
def shop(tmp_path, bundles):
    """A project with rules, and a run whose baseline is of the bundle that decides."""
    (tmp_path / "notebooks").mkdir()
    folder = tmp_path / "data" / "microloan"
    folder.mkdir(parents=True)
    for name in ("study.toml", "policy.yaml"):
        shutil.copy(ROOT / "data" / "microloan" / name, folder)
    (folder / "warnings.yaml").write_text(RULES)
    address = load_bundle(bundles / "first.json").address
    yardstick = Yardstick(model=address, edges=(480.0, 520.0), features=(), watched=(), segments=())
    rows = [
        {"day": dt.date(2025, 1, day), "model": address, "segment": "", "subject": "action", "cell": cell}
        | {"n": 10, "total": 0.0, "squares": 0.0}
        for day in range(1, 29)
        for cell in ("approve", "decline")
    ]
    record = {"study": "microloan", "run": "first", "bundle": address, "yardstick": yardstick, "dated": "day"}
    save_baseline(frozen(record, CountTable.of(pd.DataFrame(rows)), CountTable.empty()), tmp_path / "run" / FOLDER)
    return tmp_path


@pytest.fixture
def monitor(shop, command_environment):
    """Run the command in the shop: `monitor("--once")`; with `wait=False` the process."""
    started = []

    def run(*options, wait=True):
        command = [sys.executable, "-m", "riskbench.cli", "monitor", "microloan", "--run", "run", *options]
        process = subprocess.Popen(
            command, cwd=shop, env=command_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        if not wait:
            return process
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def database(shop):
    return f"sqlite:///{shop / '.riskbench' / 'monitoring' / 'monitoring.sqlite'}"


def applied(served, application, names, device):
    with served.client() as client:
        for name in names:
            body = application(name) | {"customer": f"C-{name}", "links": {"device": device}}
            assert client.post("/v1/decisions", json=body).status_code == 200


def test_what_crosses_two_services_is_found_in_the_log_that_they_share(shop, monitor, serving, application):
    rules = ("--rules", str(shop / "data" / "microloan"))
    first, second = (serving(*rules, project=shop) for _ in range(2))
    applied(first, application, "abc", "D-1")
    applied(second, application, "xyz", "D-1")
    for served in (first, second):
        served.end()
    assert not (shop / ".riskbench" / "monitoring" / "monitoring.sqlite").exists()  # neither saw five
    code, out, err = monitor("--once")
    assert (code, err) == (1, "")
    assert "microloan: 6 new decisions; 1 alarm (ring_of_applications[device=" in out
    with CountStore(database(shop), "microloan") as store:
        assert store.counts().where(subject="action")["n"].sum() == 6
    code, out, _ = monitor("--once", "--json", "--page", "status.html")
    told = json.loads(out)
    assert (code, told["new"], len(told["signals"])) == (1, 6, 1)  # a look that begins anew reads its window again
    assert "■ 1 open alarm" in (shop / "status.html").read_text().replace("</span>", "")
    with CountStore(database(shop), "microloan") as store:
        assert store.counts().where(subject="action")["n"].sum() == 6  # counted once all the same


def test_quiet_is_exit_code_0_and_a_device_that_is_gone_lets_its_incident_rest(shop, monitor, serving, application):
    served = serving(project=shop)
    applied(served, application, "ab", "D-1")
    served.end()
    code, out, err = monitor("--once")
    assert (code, err) == (0, "")
    assert "2 new decisions; quiet, 1 readings" in out


def test_without_a_log_the_days_of_the_run_are_looked_at_and_it_is_said(monitor):
    code, out, _ = monitor("--once")
    assert "as of the end of the data, 2025-01-28" in out
    assert "1 not evaluated" in out
    assert code == 0


def test_without_a_baseline_the_look_says_so_with_exit_code_2_and_opens_an_incident(shop, monitor):
    shutil.rmtree(shop / "run" / "artifacts")
    code, out, _ = monitor("--once")
    assert code == 2
    assert "cannot see baseline: there is no baseline run/" in out
    with open_alerts(database(shop)) as alerts:
        (incident,) = alerts.incidents("open")
    assert (incident.rule, incident.subject) == ("monitoring", "part=baseline")


def test_rules_that_break_a_rule_are_refused_before_anything_is_looked_at(shop, monitor):
    (shop / "data" / "microloan" / "warnings.yaml").write_text(RULES.replace("velocity", "velocities"))
    code, out, err = monitor("--once")
    assert (code, out) == (2, "")
    assert "warnings.yaml" in err
    assert "velocities" in err


def test_it_survives_a_dead_database_says_so_once_looks_again_and_ends_when_told(shop, monitor):
    place = shop / ".riskbench" / "monitoring"
    place.parent.mkdir()
    place.write_text("a file where the folder should be")
    process = monitor("--every", "1s", wait=False)
    first = process.stderr.readline()  # as soon as it has looked in vain
    time.sleep(2.5)  # and twice more
    place.unlink()
    for _ in range(300):
        if (place / "monitoring.sqlite").is_file() and looks(shop):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "monitoring cannot look" in first
    assert "monitoring cannot look" not in err
    assert err.count("monitoring looks again") == 1
    assert "has ended" in err
    assert out.count("as of the end of the data") == 1  # the same is not said at every look


def looks(shop):
    with Memory(database(shop)) as memory:
        return memory.last()
