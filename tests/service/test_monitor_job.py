"""`riskbench monitor` beside the real service: what it reads, what it says, and what it survives."""

import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.project import Project
from riskbench.decision.bundle.bundle import load_bundle
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import log_url
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.alerts.settings import load_settings
from riskbench.monitoring.counts.baseline import FOLDER, frozen, save_baseline
from riskbench.monitoring.counts.store import CountStore
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.monitoring.watch.memory import Memory

ROOT = Path(__file__).parents[2]
RULES = """
schema_version: 1
rules:
  - name: clocks
    kind: clock
    severity: warning
    ahead: 5m
    behind: 1d
    advice: set the clocks of the machines that decide
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
    record = {"study": "microloan", "bundle": address, "yardstick": yardstick, "dated": "day"}
    save_baseline(frozen(record, CountTable.of(pd.DataFrame(rows)), CountTable.empty()), tmp_path / "run" / FOLDER)
    return tmp_path


@pytest.fixture
def variables():
    """What the environment of the command holds besides; a test may add to it."""
    return {}


@pytest.fixture
def monitor(shop, command_environment, variables):
    """Run the command in the shop: `monitor("--once")`; with `wait=False` the process."""
    started = []

    def run(*options, wait=True):
        command = [sys.executable, "-m", "riskbench.cli", "monitor", "microloan", "--run", "run", *options]
        process = subprocess.Popen(
            command,
            cwd=shop,
            env=command_environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
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


@pytest.fixture
def receiver():
    """A webhook: the numbers of the messages that it took, a list whose first entry is how it answers, its address."""
    told, status = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = status[0] if status else 200
            if answer == 200:
                told.append(self.headers["Idempotency-Key"])
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told, status, f"json://127.0.0.1:{server.server_port}/hook"
        server.shutdown()


def database(shop):
    return f"sqlite:///{shop / '.riskbench' / 'monitoring' / 'monitoring.sqlite'}"


def ready(served):
    with served.client() as client:
        for _ in range(300):
            if not any("single decisions" in one for one in client.get("/health/ready").json().get("warnings", ())):
                return
            time.sleep(0.1)
    raise AssertionError("the service never read its log")


def applied(served, application, names, device):
    with served.client() as client:
        for name in names:
            body = application(name) | {"customer": f"C-{name}", "links": {"device": device}}
            assert client.post("/v1/decisions", json=body).status_code == 200


def test_what_crosses_two_services_is_found_in_the_log_that_they_share(shop, monitor, serving, application):
    rules = ("--rules", str(shop / "data" / "microloan"))
    first, second = (serving(*rules, project=shop) for _ in range(2))
    for served in (first, second):
        ready(served)  # has read the log of before its start: what comes now it sees of its own alone
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
    assert (code, told["new"], len(told["signals"])) == (1, 0, 1)  # its window is read again, and nothing is new
    assert "■ 1 open alarm" in (shop / "status.html").read_text().replace("</span>", "")
    with CountStore(database(shop), "microloan") as store:
        assert store.counts().where(subject="action")["n"].sum() == 6  # counted once all the same


def test_quiet_is_exit_code_0_and_a_device_that_is_gone_lets_its_incident_rest(shop, monitor, serving, application):
    served = serving(project=shop)
    applied(served, application, "ab", "D-1")
    served.end()
    code, out, err = monitor("--once")
    assert (code, err) == (0, "")
    assert "2 new decisions; quiet, 2 readings" in out


def test_without_a_log_the_days_of_the_run_are_looked_at_and_it_is_said(monitor):
    code, out, _ = monitor("--once")
    assert "as of the end of the data, 2025-01-28" in out
    assert "2 not evaluated" in out
    assert code == 0


def test_without_a_baseline_the_look_says_so_with_exit_code_2_and_opens_an_incident(shop, monitor):
    shutil.rmtree(shop / "run" / "artifacts")
    code, out, _ = monitor("--once")
    assert code == 2
    assert "cannot see baseline: there is no baseline run/" in out
    with open_alerts(database(shop)) as alerts:
        (incident,) = alerts.incidents("open")
    assert (incident.rule, incident.subject) == ("monitoring", "part=baseline, study=microloan")


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


def test_where_a_log_goes_away_no_run_is_looked_at_in_its_place(shop, monitor, wait_for):
    written(shop, decided())
    monitor("--every", "1s", wait=False)
    wait_for(lambda: (shop / ".riskbench" / "monitoring" / "monitoring.sqlite").is_file() and looks(shop))
    log = Path(log_url(Project(shop)).removeprefix("sqlite:///"))
    log.rename(log.with_suffix(".away"))
    gone = dt.datetime.now(dt.UTC)
    wait_for(lambda: looks(shop)[0].at > gone)
    assert looks(shop)[0].source == "log"


def looks(shop):
    with Memory(database(shop)) as memory:
        return memory.last()


def written(shop, *records):
    """Write decisions into the log of the shop as a service does, whatever their time."""
    with open_log(log_url(Project(shop)), create=True) as log:
        log.append(list(records))


def decided(application="a" * 32, at=None, **fields):
    said = Said(action="approve", band="mid", rule="band", unknown=False, amount=100.0)
    usual = {"caller": "web", "application": application, "bundle": "b" * 64, "inputs": {"income": 1.0}, "said": said}
    usual |= {"arm": "champion", "score": 510, "pd": 0.04, "at": at or dt.datetime.now(dt.UTC)}
    return DecisionRecord(**usual | fields)


def keys(shop):
    with open_alerts(database(shop)) as alerts:
        return sorted(one.key for one in alerts.incidents("open"))


def test_a_clock_ahead_and_a_late_entry_are_counted_on_their_days_and_warned_of(shop, monitor):
    now = dt.datetime.now(dt.UTC)
    written(shop, decided(at=now))
    assert monitor("--once")[0] == 0
    written(shop, decided("c" * 32, at=now + dt.timedelta(days=2)))
    code, out, _ = monitor("--once")
    assert (code, "1 entries are dated ahead of this clock" in out) == (1, True)
    assert keys(shop) == ["clocks[study=microloan]"]
    with open_alerts(database(shop)) as alerts:
        alerts.resolve(1, "li", "the clock was set")
    written(shop, decided("d" * 32, at=now - dt.timedelta(days=3)))
    assert monitor("--once")[0] == 1  # a timer's look knows when the one before it was
    with CountStore(database(shop), "microloan") as store:
        of_day = store.counts().where(subject="action").groupby("day")["n"].sum()
    days = [now.date() + dt.timedelta(days) for days in (-3, 0, 2)]
    assert [of_day[str(day)] for day in days] == [1, 1, 1]


def test_what_another_bundle_decided_is_counted_under_its_address(shop, monitor, serving, application, bundles):
    served = serving(project=shop)
    applied(served, application, "ab", "D-1")
    with served.client() as client:
        client.post("/v1/bundle", json={"file": "second.json", "sha256": load_bundle(bundles / "second.json").address})
    applied(served, application, "c", "D-1")
    served.end()
    assert monitor("--once")[0] == 0
    with CountStore(database(shop), "microloan") as store:
        of_model = store.counts().where(subject="action", segment="").groupby("model")["n"].sum()
    first, second = (load_bundle(bundles / f"{name}.json").address for name in ("first", "second"))
    assert of_model.to_dict() == {first: 2, second: 1}


def test_killed_between_two_looks_or_within_one_it_goes_on_and_counts_each_entry_once(shop, monitor):
    for turn in range(4):
        written(shop, *(decided(f"{turn}{n}" * 16) for n in range(3)))
        process = monitor("--every", "1s", wait=False)
        if turn % 2:
            process.stdout.readline()  # after a look
        else:
            time.sleep(0.4 * turn + 1.2)  # while it starts or looks
        process.kill()
        process.wait()
    assert monitor("--once")[0] == 0
    with CountStore(database(shop), "microloan") as store:
        assert store.counts().where(subject="action", segment="")["n"].sum() == 12


def ring(n=5, device="d" * 32):
    return [
        decided(f"{device[0]}{i}" * 16, customer=f"{device[1]}{i}" * 16, links={"device": device}) for i in range(n)
    ]


def test_a_dead_receiver_is_tried_again_by_the_job_and_told_once(shop, monitor, variables, receiver):
    told, status, address = receiver
    variables["TEAM_URL"] = address
    (shop / "alerts.toml").write_text('[channels.team]\nurl_variable = "TEAM_URL"\n')
    written(shop, *ring())
    status.append(503)
    process = monitor("--every", "1s", wait=False)
    assert "channel team: the receiver answered with status 503" in process.stdout.readline()
    process.kill()
    status.clear()
    with open_alerts(database(shop), load_settings(shop)) as alerts:
        (waiting,) = alerts.messages("waiting")
    process = monitor("--every", "1s", wait=False)
    for _ in range(600):  # it waits for half a minute at most before it tries again
        if told:
            break
        time.sleep(0.1)
    time.sleep(2.5)  # two more looks
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    assert told == [waiting.id]


def test_log_and_monitoring_database_may_both_be_in_postgresql(shop, monitor, variables, postgres):
    variables["RISKBENCH_MONITORING"] = postgres
    with open_log(postgres, create=True) as log:
        log.append(ring())
    code, out, err = monitor("--once", "--log", postgres)
    assert (code, err) == (1, "")
    assert "5 new decisions; 1 alarm (ring_of_applications[device=dddddddddddd])" in out
    code, out, _ = monitor("--once", "--log", postgres)
    assert (code, "0 new decisions" in out) == (1, True)
    with CountStore(postgres, "microloan") as store, open_alerts(postgres) as alerts:
        assert store.counts().where(subject="action", segment="")["n"].sum() == 5
        assert [one.times for one in alerts.incidents("open")] == [2]
    assert not (shop / ".riskbench" / "monitoring").exists()
