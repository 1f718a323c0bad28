"""Whether a message can be lost or come twice, and what it costs to make sure.

    python benchmarks/alerts.py [--kills 20] [--messages 200] [--folder FOLDER]

`--kills`: a process opens incidents and delivers them to a webhook and a mail server here, and is killed (SIGKILL) at a
random moment; after each kill another goes on. Both receivers take up to a tenth of a second to answer, so that most
kills fall while something is being sent: the outbox tells, by the lease that the killed one held. During every third
life both refuse everything. In the end every incident that was acknowledged as taken in must have reached both; what
came twice must have come with the same number. A kill between the receiver's taking and our commit is the one window in
which a message comes twice. Then, in one process: readings taken in a second, beside
the floor, a durable commit of one row in the same database; and messages delivered in a second, beside apprise alone
with the same webhook, in turn with it.
"""

import argparse
import asyncio
import datetime as dt
import email
import email.policy
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from riskbench.decision.log.database import transaction
from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.outbox import LEASE
from riskbench.monitoring.alerts.sending import Receiver
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.alerts.tables import OUTBOX
from riskbench.monitoring.alerts.wording import Letter
from riskbench.monitoring.reading import Reading

SLOWEST = 0.1  # seconds that a receiver takes to answer
SAID = {
    "channels": {
        "hook": {"url_variable": "HOOK_URL", "most_an_hour": 1_000_000},
        "mail": {"url_variable": "MAIL_URL", "most_an_hour": 1_000_000},
    }
}
SETTINGS = Settings.model_validate(SAID)
WORKER = """
import datetime as dt, sys
from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.outbox import LEASE
from riskbench.monitoring.alerts.sending import Receiver
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.reading import Reading
url, first, turn, settings = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Settings.model_validate_json(sys.argv[4])
for name, channel in settings.channels.items():
    Receiver(name, channel)  # so that the import of apprise is not where it is killed
# each worker lives after the leases of the ones before it
with Alerts(url, settings, clock=lambda: dt.datetime.now(dt.UTC) + turn * LEASE) as alerts:
    for number in range(first, 10**9):
        alerts.take([Reading(f"rule_{number}", "count", "signal", dt.datetime.now(dt.UTC), text="It moved")])
        print(number, flush=True)
        alerts.deliver()
"""


@dataclass
class Sink:
    """What a receiver has taken, as (words, number of the message); it takes nothing while it `refuses`."""

    told: list[tuple[str, str]] = field(default_factory=list)
    refuses: bool = False
    refused: int = 0
    slowest: float = 0.0

    def takes(self, words: str, number: str) -> bool:
        """Whether it takes a message."""
        self.refused += self.refuses
        if not self.refuses:
            self.told.append((words, number))
        return not self.refuses


@contextmanager
def webhook(slowest: float = 0.0) -> Iterator[Sink]:
    sink = Sink(slowest=slowest)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken = sink.takes(body["message"], self.headers["Idempotency-Key"])
            time.sleep(random.uniform(0, sink.slowest))
            with suppress(ConnectionError):  # of one that was killed meanwhile
                self.send_response(200 if taken else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        os.environ["HOOK_URL"] = f"json://127.0.0.1:{server.server_port}/hook"
        yield sink
        server.shutdown()


@contextmanager
def mail_server(slowest: float = 0.0) -> Iterator[Sink]:
    sink = Sink(slowest=slowest)

    class Box:
        async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802 - its name
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            taken = sink.takes(letter.get_body(("plain",)).get_content(), str(letter["X-Riskbench-Message"]))
            await asyncio.sleep(random.uniform(0, sink.slowest))
            return "250 OK" if taken else "451 not now"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    os.environ["MAIL_URL"] = f"mailto://127.0.0.1:{port}?from=a@lender.example&to=b@lender.example&mode=insecure"
    yield sink
    controller.stop()


def killed(url: str, kills: int) -> None:
    """Kill so many deliverers, then deliver what is left and count."""
    taken: set[int] = set()
    sending = 0
    with webhook(SLOWEST) as hook, mail_server(SLOWEST) as mail:
        for turn in range(kills):
            hook.refuses = mail.refuses = turn % 3 == 2
            words = [url, str(max(taken, default=-1) + 2), str(turn), json.dumps(SAID)]
            process = subprocess.Popen([sys.executable, "-c", WORKER, *words], stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            taken.add(int(process.stdout.readline()))  # it is at work
            time.sleep(random.uniform(0, 0.5))
            process.kill()
            taken |= {int(line) for line in process.stdout if line.endswith("\n")}
            process.wait()
            sending += _leased(url, dt.datetime.now(dt.UTC) + turn * LEASE)
        hook.refuses = mail.refuses = False
        hook.slowest = mail.slowest = 0.0
        later = dt.timedelta(hours=2)  # than any wait of the outbox
        with Alerts(url, SETTINGS, clock=lambda: dt.datetime.now(dt.UTC) + kills * LEASE + later) as alerts:
            alerts.deliver()
            left = len(alerts.messages("fresh", "waiting", "dead"))
    print(f"{kills} kills, {sending} of them while a message was being sent; {len(taken)} incidents taken in")
    for name, sink in (("webhook", hook), ("mail", mail)):
        print(f"{name}: {_told(sink, taken)}")
    print(f"messages left in the outbox: {left}")


def _leased(url: str, at: dt.datetime) -> bool:
    """Whether somebody was sending: a lease that has not run out."""
    with Alerts(url, SETTINGS) as alerts, transaction(alerts._engine, alerts.name, writes=False) as connection:
        return connection.execute(sa.select(OUTBOX.c.id).where(OUTBOX.c.lease > at)).first() is not None


def _told(sink: Sink, taken: set[int]) -> str:
    numbers = Counter(number for _, number in sink.told)
    words_of = {number: {body for body, of in sink.told if of == number} for number in numbers}
    told_in = Counter(rule for number in numbers for rule in _rules(next(iter(words_of[number]))))
    lost = sum(not told_in[f"rule_{number}"] for number in taken)
    return (
        f"{len(numbers)} messages sent, {lost} incidents lost, "
        f"{sum(n - 1 for n in numbers.values())} messages twice with the same number "
        f"({sum(len(words) > 1 for words in words_of.values())} with other words), "
        f"{sum(n > 1 for n in told_in.values())} incidents under two numbers, {sink.refused} attempts refused"
    )


def _rules(body: str) -> list[str]:
    return re.findall(r"^WARNING opened: (rule_\d+),", body, re.MULTILINE)


def timed(url: str, messages: int) -> None:
    """Readings and messages a second, beside their floors."""
    now = dt.datetime.now(dt.UTC)
    alone_told = Settings.model_validate({"channels": {"hook": SAID["channels"]["hook"]}})
    with webhook(), Alerts(url, alone_told) as alerts:
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
