"""Whether a message can be lost or come twice, and what it costs to make sure.

    python benchmarks/alerts.py [--kills 20] [--messages 200] [--folder FOLDER]

`--kills`: a process opens incidents and delivers them to a webhook here, and is killed (SIGKILL) at a random moment;
after each kill another goes on. In the end every incident that was acknowledged as taken in must have reached the
webhook; what came twice must have come with the same number. Then, in one process: readings taken in a second, beside
the floor, a durable commit of one row in the same database; and messages delivered in a second, beside apprise alone
with the same webhook, in turn with it.
"""

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sqlalchemy as sa

from riskbench.decision.log.database import transaction
from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.outbox import LEASE
from riskbench.monitoring.alerts.sending import Receiver
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.alerts.wording import Letter
from riskbench.monitoring.reading import Reading

SAID = {"channels": {"hook": {"url_variable": "HOOK_URL", "most_an_hour": 1_000_000}}}
SETTINGS = Settings.model_validate(SAID)
WORKER = """
import datetime as dt, sys
from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.outbox import LEASE
from riskbench.monitoring.alerts.sending import Receiver
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.reading import Reading
url, first, turn, settings = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Settings.model_validate_json(sys.argv[4])
Receiver("hook", settings.channels["hook"])  # so that the import of apprise is not where it is killed
# each worker lives after the leases of the ones before it
with Alerts(url, settings, clock=lambda: dt.datetime.now(dt.UTC) + turn * LEASE) as alerts:
    for number in range(first, 10**9):
        alerts.take([Reading(f"rule_{number}", "count", "signal", dt.datetime.now(dt.UTC), text="It moved")])
        print(number, flush=True)
        alerts.deliver()
"""


@dataclass
class Hook:
    """What the webhook was told: rules and numbers of messages, as they came."""

    port: int
    told: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def webhook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.told.append((body["message"], self.headers["Idempotency-Key"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Hook(server.server_port)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        os.environ["HOOK_URL"] = f"json://127.0.0.1:{hook.port}/hook"
        yield hook
        server.shutdown()


def killed(url: str, kills: int) -> None:
    """Kill so many deliverers, then deliver what is left and count."""
    taken: set[int] = set()
    with webhook() as hook:
        for turn in range(kills):
            words = [url, str(max(taken, default=-1) + 2), str(turn), json.dumps(SAID)]
            process = subprocess.Popen([sys.executable, "-c", WORKER, *words], stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            taken.add(int(process.stdout.readline()))  # it is at work
            time.sleep(random.uniform(0, 0.5))
            process.kill()
            taken |= {int(line) for line in process.stdout if line.endswith("\n")}
            process.wait()
        with Alerts(url, SETTINGS, clock=lambda: dt.datetime.now(dt.UTC) + (kills + 1) * LEASE) as alerts:
            alerts.deliver()
        numbers = Counter(number for _, number in hook.told)
        words_of = {number: {body for body, of in hook.told if of == number} for number in numbers}
        arrived = "\n".join(body for body, _ in hook.told)
        lost = sum(f"rule_{number}," not in arrived for number in taken)
        told_in = Counter(rule for number in numbers for rule in _rules(next(iter(words_of[number]))))
    print(f"{kills} kills, {len(taken)} incidents taken in, {len(numbers)} messages: {lost} incidents lost")
    print(f"messages that came twice with the same number: {sum(n - 1 for n in numbers.values())}")
    print(f"of these with other words: {sum(len(words) > 1 for words in words_of.values())}")
    print(f"incidents told under two numbers: {sum(n > 1 for n in told_in.values())}")


def _rules(body: str) -> list[str]:
    return [line.split(": ")[1].split(",")[0] for line in body.splitlines() if line.startswith("WARNING opened")]


def timed(url: str, messages: int) -> None:
    """Readings and messages a second, beside their floors."""
    now = dt.datetime.now(dt.UTC)
    with webhook(), Alerts(url, SETTINGS) as alerts:
        look = [Reading(f"r{i}", "count", "signal", now, text="It moved") for i in range(100)]
        alerts.take(look)
        took = min(_seconds(lambda: alerts.take(look)) for _ in range(5))
        with transaction(alerts._engine, "floor", writes=True) as connection:
            connection.exec_driver_sql("CREATE TABLE floor (n INTEGER)")

        def floor() -> None:
            with transaction(alerts._engine, "floor", writes=True) as connection:
                connection.execute(sa.text("INSERT INTO floor VALUES (1)"))

        committed = min(_seconds(floor) for _ in range(20))
        print(
            f"a look of 100 signals taken in: {took * 1e3:.1f} ms; "
            f"a durable commit of one row: {committed * 1e3:.2f} ms; ratio {took / committed:.0f}"
        )
        alerts.deliver()
        receiver = Receiver("hook", SETTINGS.channels["hook"])
        ours, alone = [], []
        for number in range(messages):
            alerts.take([Reading(f"m{number}", "count", "signal", now, text="It moved")])
            ours.append(_seconds(alerts.deliver))
            letter = Letter(f"{number}", "riskbench", "It moved", "warning")
            alone.append(_seconds(lambda letter=letter: receiver.send(letter)))
        mine, theirs = sorted(ours)[messages // 2], sorted(alone)[messages // 2]
        print(
            f"a message delivered: {mine * 1e3:.1f} ms; "
            f"by apprise alone: {theirs * 1e3:.1f} ms; ratio {mine / theirs:.1f}"
        )


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        killed(f"sqlite:///{folder}/killed.sqlite", asked.kills)
        timed(f"sqlite:///{folder}/timed.sqlite", asked.messages)


if __name__ == "__main__":
    main()
