"""How long an application waits for its decision: the real service over loopback, each decision durable first.

    python benchmarks/service.py [--requests 50000] [--clients 2] [--kills 0] [--examples 0]

Two client processes ask one service, one request at a time each, with SQLite and with a PostgreSQL of its own (flushed
to the disk as in production). Beside them stands the floor: a route of FastAPI that answers 200, on the same server
settings, and "watched": SQLite, with rules that look at each decision as soon as it is durable. The bar: p99 of at
most 60 ms, and no request that fails. With `--kills` the service is killed that many times under load, and every answer
that it gave must be in the log, once. With `--examples` so many requests of each kind are made from the OpenAPI
document and beside it, and each answer must be one that is described. Exit code 1 where
a bar is not met.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import psutil

from riskbench.core.files import canonical_json
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.selection import Selection
from riskbench.service.api_keys import SCOPES, KeyFile

ROOT = Path(__file__).parents[1]
BAR_MS = 60.0
FLOOR = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.post("/v1/decisions")
async def answer() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
"""


RULES = """
schema_version: 1
rules:
  - {name: ring, kind: velocity, severity: alarm, by: device, within: 1d, at_least: 5, advice: look at the device}
  - {name: again, kind: duplicates, severity: notice, by: customer, within: 1d, at_least: 100000, advice: look}
"""


@dataclass(frozen=True)
class Measured:
    name: str
    milliseconds: np.ndarray
    failed: int
    seconds: float
    cpu: float  # seconds of the serving process

    @property
    def p99(self) -> float:
        return float(np.percentile(self.milliseconds, 99))

    def line(self) -> str:
        p50, p95 = np.percentile(self.milliseconds, [50, 95])
        rate = len(self.milliseconds) / self.seconds
        return (
            f"{self.name:<12}{rate:>10.0f}{p50:>10.2f}{p95:>10.2f}{self.p99:>10.2f}{self.failed:>8}"
            f"{1000 * self.cpu / len(self.milliseconds):>10.3f}"
        )


def application(number: int) -> dict:
    """One of many applications that differ in what the card reads."""
    rng = np.random.default_rng(number)
    return {
        "application": f"A{number}",
        "customer": f"C{number % 997}",
        "links": {"device": f"D{number % 997}"},
        "inputs": {
            "amount_requested": float(rng.integers(1, 60) * 50),
            "annual_income": float(rng.integers(2, 80) * 500),
            "employment": str(rng.choice(["salaried", "public", "informal"])),
            "night_share": None if rng.random() < 0.1 else round(float(rng.random()), 2),
            "delinquencies_12m": float(rng.poisson(1.0)),
            "enquiries_6m": float(rng.poisson(2.0)),
        },
    }


def ask(url: str, key: str, requests: int, seed: int, found: "multiprocessing.Queue") -> None:
    """What one client process does: one request after the other."""
    bodies = [json.dumps(application(seed * 1000 + n)).encode() for n in range(1000)]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    took, failed, ids = np.empty(requests), 0, []
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        for n in range(requests):
            begun = time.perf_counter()
            try:
                answer = client.post("/v1/decisions", content=bodies[n % len(bodies)])
            except httpx.TransportError:
                took = took[:n]
                break
            took[n] = 1000 * (time.perf_counter() - begun)
            failed += answer.status_code != 200
            ids.append(answer.json().get("id"))
    found.put((took, failed, ids))


def measure(name: str, url: str, key: str, asked: argparse.Namespace, server: int) -> Measured:
    ask(url, key, 200, 99, queue := multiprocessing.Queue())  # warm
    queue.get()
    before = psutil.Process(server).cpu_times()
    begun = time.perf_counter()
    each = asked.requests // asked.clients
    arguments = [(url, key, each, seed, queue) for seed in range(asked.clients)]
    processes = [multiprocessing.Process(target=ask, args=given) for given in arguments]
    for process in processes:
        process.start()
    answers = [queue.get() for _ in processes]
    seconds = time.perf_counter() - begun
    for process in processes:
        process.join()
    after = psutil.Process(server).cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return Measured(name, np.concatenate([a[0] for a in answers]), sum(a[1] for a in answers), seconds, cpu)


@contextmanager
def served(project: Path, bundle: Path, *options: str) -> Iterator[tuple[subprocess.Popen, str]]:
    command = [sys.executable, "-m", "riskbench.cli", "serve", "--bundle", str(bundle), "--port", "0", "--rate", "0"]
    with (project / "stderr").open("w") as errors:
        process = subprocess.Popen([*command, *options], cwd=project, stderr=errors)
    try:
        while process.poll() is None:
            lines = (project / "stderr").read_text().splitlines()
            if url := next((line.split()[-1] for line in lines if line.startswith("Serving at ")), ""):
                yield process, url
                break
            time.sleep(0.05)
        else:
            raise SystemExit((project / "stderr").read_text())
    finally:
        process.terminate()
        process.wait(30)


def rules_of(folder: Path) -> Path:
    """A folder of a study whose rules look at single decisions."""
    (rules := folder / "microloan").mkdir()
    for name in ("study.toml", "policy.yaml"):
        shutil.copy(ROOT / "data" / "microloan" / name, rules)
    (rules / "warnings.yaml").write_text(RULES)
    return rules


@contextmanager
def floor(port: int = 8099) -> Iterator[tuple[subprocess.Popen, str]]:
    process = subprocess.Popen([sys.executable, "-c", FLOOR, str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield process, url
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def postgres() -> Iterator[str]:
    """A server of one's own on a socket; it flushes to the disk."""
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))[-1]
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    shutil.chown(folder, "postgres")

    def call(tool: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, str(tools.with_name(tool)), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    try:
        call("initdb", "-U", "postgres", "-A", "trust")
        call("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses=", "-l", str(folder / "log"), "start")
        yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder))}"
        call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def killed(project: Path, bundle: Path, key: str, times: int) -> int:
    """How many answers the log does not hold, or holds twice, after kills at random moments under load."""
    lost, acknowledged, rng = 0, 0, np.random.default_rng()
    queue: multiprocessing.Queue = multiprocessing.Queue()
    for _ in range(times):
        with served(project, bundle) as (process, url):
            asking = [multiprocessing.Process(target=ask, args=(url, key, 10**6, seed, queue)) for seed in range(2)]
            for one in asking:
                one.start()
            time.sleep(0.3 + 2 * rng.random())
            process.send_signal(signal.SIGKILL)
            answered = {id_ for _ in asking for id_ in queue.get()[2]}
            for one in asking:
                one.join()
        with open_log(project / ".riskbench" / "decisions" / "log.sqlite", writing=False) as log:
            if log.verify().broken:
                raise SystemExit("the chain of the log is broken")
            there = [content["id"] for content in log.contents(Selection(kinds=("decision",)))]
        acknowledged += len(answered)
        lost += len(answered - set(there)) + len(there) - len(set(there))
    print(f"{times} kills under load: {acknowledged:,} answers, {lost} of them not in the log or twice; chain whole")
    return lost


def described(project: Path, bundle: Path, key: str, examples: int) -> int:
    """The exit code of a tool that asks whatever the OpenAPI document allows, and what it does not."""
    tool = str(shutil.which("schemathesis", path=str(Path(sys.executable).parent)))
    with served(project, bundle) as (_, url):
        options = ["--checks", "all", "--max-examples", str(examples), "--exclude-path", "/health/ready"]
        command = [tool, "run", f"{url}/v1/openapi.json", "--header", f"Authorization: Bearer {key}", *options]
        return subprocess.run(command, cwd=project, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--examples", type=int, default=0)
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "service"))
    from conftest import make_bundle  # the small bundle of the tests

    folder = Path(tempfile.mkdtemp(prefix="service"))
    try:
        (project := folder / "project").mkdir()
        (project / "notebooks").mkdir()
        (bundle := folder / "bundle.json").write_bytes(canonical_json(make_bundle().document).encode())
        key = KeyFile(project / ".riskbench" / "keys" / "api_keys.json").new("bench", SCOPES)[1]
        print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {asked.clients} clients")
        print(f"{'':<12}{'a second':>10}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}{'failed':>8}{'CPU ms':>10}")
        with floor() as (process, url):
            bare = measure("floor", url, key, asked, process.pid)
        print(bare.line(), flush=True)
        results = []
        with served(project, bundle) as (process, url):
            results.append(measure("SQLite", url, key, asked, process.pid))
        print(results[-1].line(), flush=True)
        with served(project, bundle, "--rules", str(rules_of(folder))) as (process, url):
            results.append(measure("watched", url, key, asked, process.pid))
            looked = next(line for line in httpx.get(f"{url}/metrics").text.splitlines() if "_looked_total" in line)
        print(results[-1].line(), f" {looked.split()[-1]} looked at", flush=True)
        with postgres() as database, served(project, bundle, "--log", database) as (process, url):
            results.append(measure("PostgreSQL", url, key, asked, process.pid))
        print(results[-1].line(), flush=True)
        p50 = [float(np.median(result.milliseconds) / np.median(bare.milliseconds)) for result in results]
        print(f"median against the floor: SQLite {p50[0]:.1f}, watched {p50[1]:.1f}, PostgreSQL {p50[2]:.1f}")
        print(f"p99 watched against SQLite alone: {results[1].p99 / results[0].p99:.2f}")
        print(f"load after: {os.getloadavg()[0]:.1f}")
        lost = killed(project, bundle, key, asked.kills) if asked.kills else 0
        lost += described(project, bundle, key, asked.examples) if asked.examples else 0
    finally:
        shutil.rmtree(folder)
    return int(lost > 0 or any(result.p99 > BAR_MS or result.failed for result in results))


if __name__ == "__main__":
    sys.exit(main())
