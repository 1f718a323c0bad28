"""How soon a burst of applications by one device is an alarm at a receiver, by the real service.

    python benchmarks/live_ring.py --run RUN [--rounds 5] [--data data/microloan]

The bundle of the run decides, with the rules of its study beside; a webhook here is the receiver. Each round sends the
applications of a device of its own, one by one, until it has as many customers as the rule asks for. Printed are the
seconds from the answer to the last of them until the webhook has the alarm; the slowest is the first, which loads what
sends. Rounds wait for each other. The applications are rows of the run's own table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

from riskbench.service.api_keys import KeyFile

ROOT = Path(__file__).parents[1]
CUSTOMERS = 5  # of one device, as the rule of the study asks for
PATIENCE = 120.0  # seconds
ALERTS = '[channels.hook]\nurl_variable = "HOOK_URL"\nseverities = ["alarm"]\n'


@contextmanager
def webhook() -> Iterator[list[float]]:
    """A receiver, and when it took each message."""
    taken: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(time.monotonic())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        os.environ["HOOK_URL"] = f"json://127.0.0.1:{server.server_port}/hook"
        yield taken
        server.shutdown()


def inputs_of(run: Path, n: int) -> list[dict[str, Any]]:
    """What the bundle of a run reads, of some of its applications."""
    columns = json.loads((run / "artifacts" / "policy" / "bundle.json").read_text())["inputs"]["columns"]
    types = {column["name"]: column["type"] for column in columns}
    for file in sorted((run / "artifacts" / "intake").glob("*.parquet")):
        frame = pd.read_parquet(file)
        if set(types) <= set(frame):
            rows = frame[list(types)].head(n).to_dict("records")
            return [{name: _plain(value, types[name]) for name, value in row.items()} for row in rows]
    raise SystemExit(f"no table of {run} has all that its bundle reads")


def _plain(value: Any, type_: str) -> Any:
    if pd.isna(value):
        return None
    return int(value) if type_ == "integer" else float(value) if type_ == "number" else str(value)


def burst(client: httpx.Client, device: str, inputs: list[dict[str, Any]], taken: list[float]) -> float:
    """Seconds from the last answer to the alarm at the receiver."""
    before = len(taken)
    for number, given in enumerate(inputs):
        name = f"{device}-{number}"
        body = {"application": name, "customer": name, "inputs": given, "links": {"device": device}}
        client.post("/v1/decisions", json=body).raise_for_status()
    answered = time.monotonic()
    while len(taken) == before:
        if time.monotonic() > answered + PATIENCE:
            raise SystemExit(f"no alarm within {PATIENCE:g} seconds")
        time.sleep(0.01)
    return taken[before] - answered


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "microloan")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    inputs = inputs_of(asked.run, CUSTOMERS)
    with webhook() as taken, tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "notebooks").mkdir()
        (project / "alerts.toml").write_text(ALERTS)
        key = KeyFile(project / ".riskbench" / "keys" / "api_keys.json").new("shop", ["decide"])[1]
        command = [sys.executable, "-m", "riskbench.cli", "serve", "--port", "0", "--rate", "0", "--bundle"]
        command += [str(asked.run.resolve()), "--rules", str(asked.data.resolve())]
        with (project / "said").open("w") as said:
            process = subprocess.Popen(command, cwd=project, stderr=said, stdout=said)
        try:
            with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
                client.base_url = httpx.URL(_address(project / "said", process))
                seconds = sorted(burst(client, f"D{turn}", inputs, taken) for turn in range(asked.rounds))
        finally:
            process.terminate()
            process.wait(30)
    told = ", ".join(f"{second:.2f}" for second in seconds)
    print(f"seconds from the last of {CUSTOMERS} applications by one device to the alarm at a webhook: {told}")


def _address(said: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        for line in said.read_text().splitlines():
            if line.startswith("Serving at "):
                return line.split()[-1]
        time.sleep(0.1)
    raise SystemExit(said.read_text())


if __name__ == "__main__":
    main()
