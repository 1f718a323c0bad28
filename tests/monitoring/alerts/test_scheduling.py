"""The recipes of docs/scheduling.md, run as far as they can be here."""

import configparser
import datetime as dt
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from riskbench.core.project import Project
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.places import monitoring_url

RECIPES = Path(__file__).parents[3] / "docs" / "scheduling"
UNITS = sorted(path.name for path in RECIPES.glob("riskbench-*.*"))


@pytest.fixture
def home(tmp_path):
    """A project in which the job `monitor` last ran three hours ago, and the command as `riskbench` on a path."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "alerts.toml").write_text('[jobs.monitor]\nevery = "5m"\n')
    with open_alerts(monitoring_url(Project(tmp_path))) as alerts:
        alerts.beat("monitor", dt.datetime.now(dt.UTC) - dt.timedelta(hours=3))
    command = tmp_path / ".venv" / "bin" / "riskbench"
    command.parent.mkdir(parents=True)
    command.write_text(
        f'#!/bin/sh\nexec env PYTHONPATH="{os.pathsep.join(sys.path)}" {sys.executable} -m riskbench.cli "$@"\n'
    )
    command.chmod(0o755)
    return tmp_path


@pytest.fixture
def alarms(home):
    """The incidents that are open in the project."""

    def call() -> list[str]:
        with open_alerts(monitoring_url(Project(home))) as alerts:
            return [incident.key for incident in alerts.incidents("open")]

    return call


def test_the_line_of_the_look_runs_in_the_bare_environment_of_cron(home, alarms):
    text = (RECIPES / "riskbench.crontab").read_text("utf-8").replace("/opt/riskbench", str(home))
    variables = dict(re.findall(r"(?m)^([A-Z_]+)=(.*)$", text))
    (line,) = [re.sub(r"^(\S+ +){5}", "", line) for line in text.splitlines() if line.endswith("check >/dev/null")]
    Path(variables["ALERTS_ENV"]).write_text("export RISKBENCH_ALERTS_TEAM='json://127.0.0.1:9'\n")
    done = subprocess.run(
        ["/bin/sh", "-c", line], env={"HOME": str(home), "SHELL": "/bin/sh"} | variables, cwd="/", capture_output=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    assert alarms() == ["watchdog[job=monitor]"]


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_a_service_has_its_timer_and_calls_riskbench_in_the_project(unit):
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read(RECIPES / unit)
    assert unit.replace(".service", ".timer") in UNITS
    program, command, *_ = parsed["Service"]["ExecStart"].split()
    assert program == f"{parsed['Service']['WorkingDirectory']}/.venv/bin/riskbench"
    assert f"riskbench {command}" in (RECIPES / "riskbench.crontab").read_text("utf-8")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(home, tmp_path):
    folder = tmp_path / "units"
    folder.mkdir()
    for unit in UNITS:
        (folder / unit).write_text((RECIPES / unit).read_text("utf-8").replace("/opt/riskbench", str(home)))
    files = [str(folder / unit) for unit in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "riskbench-" in line]
    assert (done.returncode, complaints) == (0, []), done.stderr


def recipe():
    spec = importlib.util.spec_from_file_location("in_process", RECIPES / "in_process.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_scheduler_in_one_process_runs_the_look_and_ends_when_it_is_told(home, alarms, monkeypatch):
    monkeypatch.chdir(home)
    jobs = recipe().scheduler({("alerts", "check"): 0.2})
    running = threading.Thread(target=jobs.start)
    running.start()
    until = time.monotonic() + 60
    while not alarms() and time.monotonic() < until:
        time.sleep(0.1)
    jobs.shutdown()
    running.join(60)
    assert alarms() == ["watchdog[job=monitor]"]
    assert not running.is_alive()


def test_of_a_job_one_runs_at_a_time_and_what_was_missed_is_one(monkeypatch, caplog):
    module, at_once, most = recipe(), [], []

    def slow(_):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.3)
        at_once.pop()

    monkeypatch.setattr(module, "run", slow)
    jobs = module.scheduler({("alerts", "check"): 0.05})
    running = threading.Thread(target=jobs.start)
    running.start()
    time.sleep(1.5)
    jobs.shutdown()
    running.join(60)
    assert max(most) == 1
    assert 2 <= len(most) <= 6  # of thirty starts that were due
