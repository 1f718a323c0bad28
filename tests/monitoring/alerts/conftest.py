"""Alerts in both databases, a clock that is set by hand, a webhook and a mail server that are real."""

import datetime as dt
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.reading import Reading

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


class Clock:
    """The time, moved by hand."""

    def __init__(self):
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def on(self, span: dt.timedelta) -> dt.datetime:
        self.now += span
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'monitoring.sqlite'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"alerts_{abs(hash(tmp_path)):x}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def opened(url, clock) -> Iterator[Callable[..., Alerts]]:
    """Open the alerts of the database: `opened(settings)`, as often as there are to be processes."""
    with ExitStack() as stack:

        def call(settings: Settings | None = None, at: Callable[[], dt.datetime] = clock, **more) -> Alerts:
            return stack.enter_context(closing(Alerts(url, settings, clock=at, **more)))

        yield call


@pytest.fixture(scope="session")
def reading() -> Callable[..., Reading]:
    """What a rule says: `reading("quiet", at=...)`."""

    def call(state="signal", at=NOON, rule="drift", **more) -> Reading:
        return Reading(rule, "psi", state, at, **{"text": "The score has moved", "advice": "look at page 80"} | more)

    return call


@dataclass
class Webhook:
    """A receiver: what it was sent, and how it answers. `hold` keeps every answer back while it is not set."""

    port: int
    status: int = 200
    paths: list[str] = field(default_factory=list)
    bodies: list[dict] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.paths.append(self.path)
            hook.bodies.append(json.loads(body))
            hook.ids.append(self.headers.get("Idempotency-Key"))
            hook.hold.wait(30)
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Webhook(server.server_port)
        hook.hold.set()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield hook
        hook.hold.set()
        server.shutdown()


@pytest.fixture
def settings(webhook, monkeypatch) -> Settings:
    """One channel, the webhook."""
    monkeypatch.setenv("TEAM_URL", webhook.url)
    return Settings.model_validate({"channels": {"team": {"url_variable": "TEAM_URL"}}})


class Mailbox:
    """What a mail server has taken."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that aiosmtpd calls
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, str]]:
    """A mail server, and the apprise URL that reaches it."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the server asks itself at the port that it was given, so it must be one
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"mailto://127.0.0.1:{port}?from=risk@lender.example&to=duty@lender.example&mode=insecure"
    controller.stop()
