"""From settings to a process that serves until it is told to end: then what has begun is answered first."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import uvicorn

from riskbench.core.errors import CannotRun
from riskbench.decision.bundle.bundle import BundleError
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import SwitchRecord
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.tokens import load_tokens
from riskbench.decision.log.writer import GroupWriter
from riskbench.decision.row import RowDecider
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.watch.setting_up import live_rules_of
from riskbench.report.language.sentence import VOICES
from riskbench.service.allowance import Allowances
from riskbench.service.api_keys import KeyFile
from riskbench.service.app import service
from riskbench.service.counting import Counts
from riskbench.service.deciding import Decider, Shadow, deciding_of
from riskbench.service.desk import Desk
from riskbench.service.enriching import NoFeeds
from riskbench.service.feeding import feeds_of
from riskbench.service.following import Follower, Registry
from riskbench.service.journal import Journal
from riskbench.service.problems import Problem
from riskbench.service.settings import Settings
from riskbench.service.shelf import Shelf
from riskbench.service.watching import NotWatching, Watcher

COMMAND_LINE = "command line"  # who switches to the bundle that a service is started with
KEEP_ALIVE_SECONDS = 30
WAITING = 2048  # connections that may wait to be taken
ENDING = (signal.SIGTERM, signal.SIGINT)


def serve(settings: Settings, registry: Registry | None, said: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; what has begun by then is answered, and the log is closed.

    `said` tells the operator, once the service is bound. Raises `CannotRun` where it cannot begin: no bundle, no log,
    no key, an address that is taken.
    """
    _log_to_stderr()
    listening = _bound(settings)
    try:
        desk = desk_of(settings)
        follower = Follower(desk, registry)
        config = uvicorn.Config(
            service(desk, follower),
            backlog=WAITING,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # nothing here asks from where a request came
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=settings.stop_seconds,
        )
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_served(_Server(config), listening, (desk, follower), said))
    finally:
        listening.close()


def desk_of(settings: Settings) -> Desk:
    """A desk with its log, keys and shadows, and nothing that decides yet. Raises `CannotRun`."""
    shelf = Shelf(settings.shelf)
    shadows = {}
    for file in settings.shadows:
        bundle = shelf.put(file)
        shadows[bundle.address] = Shadow(bundle, RowDecider(bundle))
    rules = live_rules_of(settings.rules) if settings.rules else None
    log, counts = open_log(settings.log, create=True), Counts()
    return Desk(
        settings=settings,
        journal=Journal(log, GroupWriter(log)),
        keys=KeyFile(settings.keys),
        allowances=Allowances(settings.rate, settings.burst),
        counts=counts,
        watching=Watcher(rules, log, lambda: open_alerts(settings.monitoring, settings.alerts, voices=VOICES), counts)
        if rules
        else NotWatching(),
        decider=Decider(load_tokens(settings.tokens), shadows),
        shelf=shelf,
        feeds=feeds_of(settings.feeds) if settings.feeds else NoFeeds(),
    )


async def begin(desk: Desk, follower: Follower) -> None:
    """Load what decides: the bundle of the settings, or the version in use; and note a stop that still holds.

    Raises `CannotRun` where the file of a bundle is none, or where log or registry cannot be looked at.
    """
    settings = desk.settings
    try:
        if settings.bundle is not None:
            bundle = desk.shelf.put(settings.bundle, settings.sha256)
            await desk.switch(deciding_of(bundle, desk.feeds.columns), COMMAND_LINE)
        await follower.look()
        if desk.standing.deciding is None:
            await _last(desk)
    except Problem as problem:
        raise CannotRun(problem.detail) from problem


async def _last(desk: Desk) -> None:
    """Where nothing may decide, what decided last: its inputs are known, and each application can be referred."""
    switches = await desk.journal.page(Selection(kinds=("switch",)))
    if switches and isinstance(last := switches[-1].record, SwitchRecord):
        with suppress(BundleError):
            made = deciding_of(desk.shelf.get(last.after), desk.feeds.columns)
            desk.standing = replace(desk.standing, deciding=made)


class _Server(uvicorn.Server):
    """A server that a signal asks to end, and that then ends well rather than by the signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take note of SIGTERM and SIGINT for as long as it serves."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in ENDING:
                loop.remove_signal_handler(number)


async def _served(
    server: uvicorn.Server, listening: socket.socket, at: tuple[Desk, Follower], said: Callable[[str], None]
) -> None:
    desk, follower = at
    try:
        await begin(desk, follower)
    except BaseException:
        await desk.journal.close()
        raise
    listening.listen(WAITING)  # before anybody is told where: who comes at once waits, and is not refused
    for sentence in _greeting(desk, listening.getsockname()):
        said(sentence)
    await server.serve(sockets=[listening])


def _greeting(desk: Desk, address: tuple[str, int]) -> Iterator[str]:
    settings, standing = desk.settings, desk.standing
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    if settings.open_to_others:
        yield "Warning: keys and applications travel unencrypted. Put a proxy that speaks TLS before this address."
    if standing.stopped:
        yield f"Every application is referred: {standing.stop.reason if standing.stop else standing.withdrawn}."
    if deciding := standing.deciding:
        leave = f"approved, run {deciding.run}" if deciding.approved else "approved by nobody"
        yield f"The bundle {deciding.address[:12]} of {deciding.bundle.study} decides ({leave})."
    yield f"Serving at http://{host}:{address[1]}"


def _bound(settings: Settings) -> socket.socket:
    """A socket that is bound, so that whoever finds the address taken has written nothing yet."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        what = f"{settings.host}, port {settings.port}, cannot be bound: {error.strerror or error}"
        raise CannotRun(f"{what}. What to do: end what serves there, or choose another --port or --host") from None
    return bound


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
