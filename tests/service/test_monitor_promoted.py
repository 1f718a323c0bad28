"""The live path from a promoted version: served and watched by the registry alone, replaced, taken back, and stopped."""

import datetime as dt
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.project import Project
from riskbench.decision.bundle.bundle import load_bundle
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import log_url
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.governance import approval
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.counts.baseline import FOLDER, frozen, save_baseline
from riskbench.monitoring.counts.store import CountStore
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from tests.service.lender import founded
from tests.service.status.test_page import headline, signed_in

ROOT = Path(__file__).parents[2]
MODEL = "microloan"
DAY = dt.timedelta(days=1)
EDGES = {"first": (480.0, 520.0), "second": (500.0,)}  # each run cuts its own bands of the score
RULES = """
schema_version: 1
rules:
  - name: approved
    kind: approval
    severity: warning
    period: day
    false_alarm: once in 1000 looks
    advice: see what changed
"""


def baseline(address, edges):
    """Half of 20 applications a day were approved in January 2025."""

    def write(run):
        rows = [
            {"day": dt.date(2025, 1, day), "model": address, "segment": "", "subject": "action", "cell": cell}
            | {"n": 10, "total": 0.0, "squares": 0.0}
            for day in range(1, 29)
            for cell in ("approve", "decline")
        ]
        yardstick = Yardstick(model=address, edges=edges)
        record = {"study": MODEL, "bundle": address, "yardstick": yardstick, "dated": "day"}
        save_baseline(frozen(record, CountTable.of(pd.DataFrame(rows)), CountTable.empty()), run / FOLDER)

    return write


class Line:
    """What a process prints, line by line, as it comes."""

    def __init__(self, process):
        self.process, self.lines = process, []
        self._seen = 0
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def next(self, told):
        """The next line that says this."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            while self._seen < len(self.lines):
                self._seen += 1
                if told in (line := self.lines[self._seen - 1]):
                    return line
            time.sleep(0.05)
        raise AssertionError(f"never said: {told}\n{''.join(self.lines)}")


class Lending:
    """The project of a lender, its service and its monitor, both started without naming a run."""

    def __init__(self, root, bundles, application):
        self.root, self.bundles, self.application = root, bundles, application
        self.lender = founded(root, MODEL)
        self.addresses = {name: load_bundle(bundles / f"{name}.json").address for name in ("first", "second")}

    def promoted(self, name, number):
        self.lender.at = dt.datetime.now(dt.UTC)
        also = baseline(self.addresses[name], EDGES[name])
        self.lender.promoted(f"run-{number}", number, self.bundles / f"{name}.json", also=also)

    def decide(self, names, bundle):
        """What is said of applications, once the service decides by this bundle."""
        with self.served.client() as client:
            end = time.monotonic() + 30
            while client.get("/v1/bundle").json()["bundle"] != self.addresses[bundle] and time.monotonic() < end:
                time.sleep(0.05)
            return [client.post("/v1/decisions", json=self.application(name)).json()["action"] for name in names]

    def counted(self, subject="action"):
        """How many decisions are counted of each bundle."""
        with CountStore(f"sqlite:///{self.database}", MODEL) as store:
            of_model = store.counts().where(subject=subject).groupby("model")["n"].sum()
        return {name: int(of_model.get(address, 0)) for name, address in self.addresses.items()}

    def bands(self, bundle):
        """The bands of the score in which decisions of a bundle are counted."""
        with CountStore(f"sqlite:///{self.database}", MODEL) as store:
            return set(store.counts().where(subject="score", model=self.addresses[bundle])["cell"])

    def logged(self, n, bundle, at):
        """Decisions of another day, none of which was approved."""
        said = Said(action="decline", band="low", rule="band", unknown=False, amount=0.0)
        common = {"caller": "web", "bundle": self.addresses[bundle], "inputs": {"income": 1.0}, "said": said}
        common |= {"arm": "champion", "score": 510, "pd": 0.3}
        with open_log(log_url(Project(self.root)), create=True) as log:
            log.append([DecisionRecord(application=f"{i:032x}", at=at, **common) for i in range(n)])

    def status(self):
        """The status page as somebody sees it who is signed in: its first line, and all of it."""
        time.sleep(1.1)  # until the service has forgotten what stood before
        with signed_in(self.served) as client:
            page = client.get("/status")
        return headline(page), re.sub(r"<[^>]+>", "", page.text)

    @property
    def database(self):
        return self.root / ".riskbench" / "monitoring" / "monitoring.sqlite"


@pytest.fixture
def lending(tmp_path, bundles, application, serving, command_environment):
    """The first version is in use, decides and is watched; yesterday it approved nobody."""
    folder = tmp_path / "data" / MODEL
    folder.mkdir(parents=True)
    for name in ("study.toml", "policy.yaml"):
        shutil.copy(ROOT / "data" / MODEL / name, folder)
    (folder / "warnings.yaml").write_text(RULES)
    (tmp_path / "notebooks").mkdir()
    lending = Lending(tmp_path, bundles, application)
    lending.promoted("first", 1)
    command = [sys.executable, "-m", "riskbench.cli", "monitor", MODEL, "--every", "1s"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=command_environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lending.said = Line(process)
    lending.said.next("as of the end of the data, 2025-01-28")  # nothing has decided yet, and there is no log
    lending.logged(60, "first", dt.datetime.now(dt.UTC) - DAY)
    lending.served = serving("--study", MODEL, "--every", "0.2", project=tmp_path)
    yield lending
    lending.served.end()
    process.kill()
    process.wait(30)
    lending.said.reader.join(30)
    process.stdout.close()


def test_from_a_promotion_to_the_next_and_back_and_to_a_stop(lending):
    lending.said.next("1 warning (approved)")
    assert len(lending.decide("ab", "first")) == 2
    lending.said.next("2 new decisions")
    assert lending.counted() == {"first": 62, "second": 0}
    first, page = lending.status()
    assert first == "▲ 1 warning"
    assert "version 1 (run run-1) is in use since" in page

    lending.promoted("second", 2)
    lending.said.next("version 2 (run run-2) has taken over from version 1 (run run-1)")
    lending.decide("cde", "second")
    lending.said.next("3 new decisions")
    lending.logged(1, "first", dt.datetime.now(dt.UTC))  # as of another service that had not heard of it yet
    lending.said.next("1 new decision;")
    assert lending.counted() == {"first": 63, "second": 3}
    assert lending.bands("first") <= {"< 480", "480 to < 520", ">= 520"}
    assert lending.bands("second") <= {"< 500", ">= 500"}
    with open_alerts(lending.database) as alerts:
        (of_before,) = alerts.incidents("resolved")
    assert of_before.why == "version 2 (run run-2) has taken over from the version that it was about"
    first, page = lending.status()
    assert first == "✓ All quiet"
    assert "none of the 60 applications on" in page  # yesterday, of which the rule has to say why it is silent

    approval.rollback(lending.lender.office, lending.lender.hand("ada"), MODEL, "the first one is sound", 1)
    lending.said.next("version 1 (run run-1) has taken over from version 2 (run run-2)")
    lending.decide("f", "first")
    lending.said.next("1 new decision;")
    assert lending.counted() == {"first": 64, "second": 3}

    lending.lender.at = dt.datetime.now(dt.UTC)
    lending.lender.stop("it drifts")
    stopped = lending.said.next("every application is referred: microloan was stopped on")
    assert "it drifts" in stopped
    assert "cannot see" not in stopped
    assert lending.decide("gh", "first") == ["refer", "refer"]
    lending.said.next("2 new decisions; every application is referred")
    assert lending.counted() == {"first": 64, "second": 3}
    assert lending.counted("stopped") == {"first": 2, "second": 0}
    first, page = lending.status()
    assert first == "■ microloan: nothing is decided, every application is referred to a person"
    assert "microloan was stopped on" in page
    assert "held back is version 1 (run run-1)" in page
    assert "ada" not in page.split()

    lending.lender.promote("run-1")
    lending.decide("i", "first")
    assert "referred" not in lending.said.next("1 new decision;")
