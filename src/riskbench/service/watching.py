"""Each decision is looked at as soon as it is durable, in a thread beside the requests: no answer waits for it.

Whatever goes wrong here is counted and said, and fails no decision. What crosses processes is found by the job's own
look, which reads the log that they share.
"""

import datetime as dt
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from riskbench.core.errors import RiskbenchError
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.record import DecisionRecord
from riskbench.monitoring.alerts.alerts import Alerts
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.velocity.following import Following
from riskbench.monitoring.velocity.sighting import sighting_of
from riskbench.monitoring.velocity.window import Window
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.watch.live_rules import LiveRules
from riskbench.service.counting import Counts

LOG = logging.getLogger("riskbench.service.watching")
GATHER = 1.0  # seconds in which decisions are gathered, to be looked at together
MOST_WAITING = 20_000  # decisions; beyond it the newest are left to the job's own look
AGAIN = 30.0  # seconds before the same signal is written down once more
LATER = 60.0  # seconds before what could not be sent is tried again
KNOWN = (RiskbenchError, OSError)  # what the place does, and no fault of ours


class Watching(Protocol):
    """Looks at decisions that are durable."""

    def see(self, record: DecisionRecord) -> None:
        """Take note of a decision; returns at once, and never raises."""

    def trouble(self) -> str:
        """Why decisions are not looked at; empty where they are."""

    def close(self) -> None:
        """Look at what waits, then end."""


class NotWatching:
    """A service without rules: nobody looks at single decisions."""

    def see(self, record: DecisionRecord) -> None:
        """Nothing is noted."""

    def trouble(self) -> str:
        """Nothing was promised."""
        return ""

    def close(self) -> None:
        """Nothing has to end."""


class Watcher:
    """Looks at decisions by rules, in a thread of its own; `alerts` opens the database of the incidents.

    After a start the window is read from the log, as far back as the rules look.
    """

    def __init__(self, rules: LiveRules, log: DecisionLog, alerts: Callable[[], Alerts], counts: Counts):
        self._rules, self._log, self._open, self._counts = rules, log, alerts, counts
        self._waiting: deque[DecisionRecord] = deque()
        self._arrived, self._ended, self._due = threading.Event(), threading.Event(), threading.Event()
        self._taken: dict[tuple[str, str], float] = {}
        self._trouble = "decisions of before the start are being read"
        self._missed_since: dt.datetime | None = None
        self._alerts: Alerts | None = None
        counts.gauge("watch_waiting", "Decisions that wait to be looked at.", lambda: len(self._waiting))
        self._arrived.set()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._run, self._deliver)]
        for thread in self._threads:
            thread.start()

    def see(self, record: DecisionRecord) -> None:
        """Take note of a decision; where too many wait it is left to the job's own look, and counted."""
        if len(self._waiting) >= MOST_WAITING:
            self._miss(1)
            return
        self._waiting.append(record)
        self._arrived.set()

    def trouble(self) -> str:
        """Why decisions are not looked at; empty where they are."""
        if not self._threads[0].is_alive() and not self._ended.is_set():
            return "the thread that looks at decisions has ended"
        if self._missed_since:
            return f"more decisions came than could be looked at, since {self._missed_since:%Y-%m-%d %H:%M} UTC"
        return self._trouble

    def close(self) -> None:
        """Look at what waits, then end."""
        self._ended.set()
        self._arrived.set()
        self._due.set()
        for thread in self._threads:
            thread.join(10)
        if self._alerts:
            self._alerts.close()

    def _run(self) -> None:
        now = dt.datetime.now(dt.UTC)
        following = Following(self._log, Window(self._rules.reach, since=now))
        read = False
        while True:
            self._arrived.wait()
            ended = self._ended.wait(GATHER)
            self._arrived.clear()
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            try:
                if not read:
                    following.catch_up(dt.datetime.now(dt.UTC))
                    read = True
                if batch:
                    self._look(following.window, batch)
                self._trouble, self._missed_since = "", None
            except Exception as error:
                self._say(error)
                if isinstance(error, KNOWN):  # it may pass: what was not looked at stays
                    self._waiting.extendleft(reversed(batch))
                    self._arrived.set()
                    self._ended.wait(GATHER)
                else:
                    self._miss(len(batch))
            if ended:
                return

    def _deliver(self) -> None:
        """Send what is due; what does not go is tried again, here or by the job."""
        wait: float | None = None
        while not self._ended.is_set():
            self._due.wait(wait)
            self._due.clear()
            if self._alerts is None:
                continue
            try:
                wait = LATER if self._alerts.deliver().failed else None
            except Exception as error:
                self._say(error)
                wait = LATER

    def _look(self, window: Window, batch: Sequence[DecisionRecord]) -> None:
        now = dt.datetime.now(dt.UTC)
        seen = [sighting_of(record) for record in batch]
        for one in seen:
            window.add(one)
        window.expire(now)
        decided = [one.decided for one in seen]
        # what had to wait is judged by the windows of when it came
        observed = Observed(now, links=window.around(seen), decisions=decided, since=min(one.at for one in seen))
        readings = self._rules.evaluate(observed)
        self._counts.add("watch_looked_total", len(batch))
        if signals := [one for one in readings if one.state == "signal" and self._is_new(one)]:
            self._alerts = self._alerts or self._open()
            self._alerts.take(signals)
            for signal in signals:
                self._taken[signal.key, signal.severity] = now.timestamp()
                self._counts.add("watch_signals_total", severity=signal.severity)
            self._due.set()

    def _is_new(self, reading: Reading) -> bool:
        """Whether it was not written down a moment ago: a storm of decisions is one incident, and few writes."""
        now = reading.at.timestamp()
        self._taken = {key: at for key, at in self._taken.items() if 0 <= now - at < AGAIN}
        return (reading.key, reading.severity) not in self._taken

    def _miss(self, n: int) -> None:
        self._missed_since = self._missed_since or dt.datetime.now(dt.UTC)
        self._counts.add("watch_missed_total", n)

    def _say(self, error: Exception) -> None:
        known = isinstance(error, KNOWN)
        told = str(error) if known else f"{type(error).__name__}: {error}"
        self._counts.add("watch_faults_total")
        if told != self._trouble:
            LOG.error("decisions are not looked at: %s", told, exc_info=not known)
        self._trouble = told
