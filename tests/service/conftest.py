"""A project with a small bundle, and the real service in a process of its own before it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.special import expit

from riskbench.core.files import canonical_json
from riskbench.data.candidates import candidates_of
from riskbench.data.study import load_study
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import load_texts
from riskbench.service.api_keys import SCOPES, KeyFile

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "data" / "microloan"
FEATURES = ("annual_income", "employment", "night_share", "delinquencies_12m")


RULES = ("repeated_delinquency", "many_enquiries")  # what the other sections read, no application here has


MORE = {  # sections of the bundle `rich.json`
    "freshness": [
        {"source": "bureau", "within_hours": 24.0, "action": "refer", "on_missing": "pass",
         "reason": "the file of the bureau is older than a day", "reason_zh": "征信数据已超过一天"}
    ],
    "limits": [
        {"name": "affordable", "times": "annual_income", "lines": [{"value": 0.02}], "on_missing": "refer",
         "reason": "no more than two hundredths of a year's income", "reason_zh": "不超过年收入的百分之二"}
    ],
    "price": {"term": "term_months", "terms": [3, 6], "fee": 0.01, "lines": [{"value": 0.02}], "on_missing": "pass",
              "reason": "the term is not lent for", "reason_zh": "不提供该期限"},
    "shadow": [{"name": "without_rules", "because": "to see what the rules cost", "rules": []}],
}  # fmt: skip


def make_bundle(level: float = 0.0, cap: float = 1000.0, more: Mapping[str, Any] | None = None) -> Bundle:
    """A card on four columns, its log odds moved by `level`, with bands and two rules of the study and a cap."""
    rng, n = np.random.default_rng(7), 1_500
    study = load_study(STUDY / "study.toml")
    frame = pd.DataFrame(
        {
            name: rng.normal(0, 1, n) if column.type in ("integer", "number") else "x"
            for name, column in study.columns.items()
            if name in study.raw_candidates
        }
    ).assign(
        amount_requested=rng.integers(1, 60, n) * 50.0,
        annual_income=rng.integers(2, 80, n) * 500.0,
        night_share=np.where(rng.random(n) < 0.1, np.nan, rng.random(n).round(2)),
        employment=rng.choice(["salaried", "public", "informal"], n),
        delinquencies_12m=np.where(rng.random(n) < 0.05, np.nan, rng.poisson(1.0, n)),
    )
    risk = 0.6 * frame["delinquencies_12m"].fillna(2) - frame["annual_income"] / 15_000
    card = Scorecard(WoeBinning(max_bins=4)).fit(
        candidates_of(study, frame)[list(FEATURES)], (rng.random(n) < expit(risk)).astype(float)
    )
    document = yaml.safe_load((STUDY / "policy.yaml").read_text("utf-8"))
    kept = {key: document[key] for key in ("schema_version", "bands", "economics")}
    kept["rules"] = [rule for rule in document["rules"] if rule["name"] in RULES]
    policy = Policy.model_validate(kept | (more or {}) | {"caps": {"amount": {"value": cap, "source": "the board"}}})
    steps = pd.DataFrame({"step": ["logit"], "slope": [1.0], "intercept": [level], "because": ["for a test"]})
    made = MadeFrom(study="0" * 64, code="1" * 64, data="2" * 64)
    return bundle_of(study, card.shifted(level), policy, load_texts(STUDY, study), steps=steps, made_from=made)


@dataclass
class Served:
    """A service in a process: where it is, and a client for each key."""

    process: subprocess.Popen[str]
    url: str
    keys: dict[str, str]
    project: Path
    said: list[str] = field(default_factory=list)

    def client(self, scope: str = "all") -> httpx.Client:
        """A client that holds the key of a scope; "" holds none."""
        headers = {"Authorization": f"Bearer {self.keys[scope]}"} if scope else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture(scope="session")
def bundles(made_once: Callable[..., Path]) -> Path:
    """A folder of bundles: `first.json`, `second.json`, which approves less, and `rich.json` with more sections."""

    def make(folder: Path) -> None:
        folder.mkdir()
        for name, level in (("first", 0.0), ("second", 2.0)):
            (folder / f"{name}.json").write_bytes(canonical_json(make_bundle(level).document).encode())
        (folder / "rich.json").write_bytes(canonical_json(make_bundle(more=MORE).document).encode())

    return made_once("service-bundles", make)


@pytest.fixture(scope="session")
def application() -> Callable[..., dict[str, Any]]:
    """An application as it is sent: `application("A1", annual_income=None)`."""

    def make(name: str = "A1", **inputs: Any) -> dict[str, Any]:
        given = {
            "amount_requested": 500,
            "annual_income": 39_000,
            "employment": "salaried",
            "night_share": 0.1,
            "delinquencies_12m": 0,
            "enquiries_6m": 1,
        }
        return {"application": name, "customer": "C-7", "inputs": given | inputs}

    return make


@pytest.fixture(scope="session")
def serving(
    bundles: Path, command_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Served]:
    """Start a service: `serving("--log", url, project=folder)`; it is killed with its test or its session."""

    def start(*options: str, project: Path | None = None, bundle: str = "first.json") -> Served:
        project = project or tmp_path_factory.mktemp("served")
        (project / "notebooks").mkdir(exist_ok=True)
        keys = KeyFile(project / ".riskbench" / "keys" / "api_keys.json")
        made = {}
        if not keys.entries():
            made = {scope: keys.new(scope, [scope])[1] for scope in SCOPES} | {"all": keys.new("all", SCOPES)[1]}
            (project / "keys.json").write_text(json.dumps(made))
        made = made or json.loads((project / "keys.json").read_text())
        what = [] if "--study" in options else ["--bundle", str(bundles / bundle), "--bundles", str(bundles)]
        command = [sys.executable, "-m", "riskbench.cli", "serve", *what, "--port", "0", "--rate", "0", *options]
        errors = (project / "stderr").open("w+")
        process = subprocess.Popen(command, cwd=project, env=command_environment, stderr=errors, text=True)
        errors.close()
        served = Served(process, "", made, project)
        started.append(process)
        end = time.monotonic() + 60
        while not served.url and time.monotonic() < end and process.poll() is None:
            served.said = (project / "stderr").read_text().splitlines()
            served.url = next((line.split()[-1] for line in served.said if line.startswith("Serving at ")), "")
            time.sleep(0.05)
        assert served.url or process.poll() is not None, served.said
        return served

    started: list[subprocess.Popen[str]] = []
    yield_to = start
    yield_to.__dict__["started"] = started
    return yield_to


@pytest.fixture(scope="session", autouse=True)
def _none_is_left(serving: Callable[..., Served]) -> Iterator[None]:
    yield
    for process in serving.__dict__["started"]:
        if process.poll() is None:
            process.kill()
            process.wait(10)


@pytest.fixture(scope="session")
def served(serving: Callable[..., Served]) -> Served:
    """One service for all tests that leave it as it is."""
    return serving()


@pytest.fixture(autouse=True)
def _no_project_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISKBENCH_HOME", raising=False)
    assert "RISKBENCH_HOME" not in os.environ
