"""Alerts: readings in, incidents kept, messages out; one database, any number of processes."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy.engine import Connection

from riskbench.core.errors import CannotRun
from riskbench.core.languages import Language
from riskbench.decision.log.database import PATIENCE, Opened, engine_of, named, transaction
from riskbench.decision.log.record import now as utc_now
from riskbench.monitoring.alerts import book, incident, outbox, watchdog
from riskbench.monitoring.alerts.book import Entry
from riskbench.monitoring.alerts.incident import Incident
from riskbench.monitoring.alerts.outbox import Message
from riskbench.monitoring.alerts.sending import Receiver
from riskbench.monitoring.alerts.settings import HOUR, Settings
from riskbench.monitoring.alerts.tables import ensure_tables, take_turns
from riskbench.monitoring.alerts.watchdog import JobState
from riskbench.monitoring.alerts.wording import Say, said, trial
from riskbench.monitoring.places import WHAT
from riskbench.monitoring.reading import Reading

OWN_RULE = "alert_channel"  # a channel that takes nothing is an incident itself


@dataclass
class Delivery:
    """What one delivery did: messages sent, and for each that did not go its channel and why; `dead` are given up."""

    sent: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    dead: int = 0


class Alerts(Opened):
    """The alerts of a monitoring database, an SQLite file or a URL of PostgreSQL; `open_alerts` opens them.

    Every method is one transaction or several, each whole or not at all; what has returned is on the disk. `clock`
    gives the moment of what has no time of its own; `voices` say messages in the languages of their channels, and
    without one they are in English. Raises `CannotRun` where the database refuses.
    """

    def __init__(
        self,
        url: str,
        settings: Settings | None = None,
        *,
        clock: Callable[[], dt.datetime] = utc_now,
        patience: float = PATIENCE,
        voices: Mapping[Language, Say] = outbox.UNSPOKEN,
    ):
        self.settings, self._clock, self._voices = settings or Settings(), clock, voices
        self._engine = engine_of(url, WHAT, patience=patience)
        self.name = named(url, WHAT)
        try:
            with self._writing() as connection:
                ensure_tables(connection)
        except BaseException:
            self.close()
            raise

    # --- what happens -------------------------------------------------------------------------------------------------

    def take(self, readings: Sequence[Reading]) -> None:
        """Take in the readings of one look: all of them, or none where this raises.

        A signal opens an incident or adds to it; quiet for `resolve_after` resolves it; `not_evaluated` does neither.
        Taking the same readings twice tells nobody twice. Raises ValueError for a time without a zone.
        """
        if naive := [reading.key for reading in readings if reading.at.tzinfo is None]:
            raise ValueError(f"the time of a reading must have a zone, got none in {', '.join(naive)}")
        with self._writing() as connection:
            for reading in readings:
                self._take(connection, reading)

    def _take(self, connection: Connection, reading: Reading) -> None:
        if reading.state == "not_evaluated":
            return
        told = said(reading)
        old = book.newest(connection, told.key)
        if reading.state == "signal":
            step = incident.signalled(old, told, reading.at, self.settings)
        elif old is None or old.resolved:
            return
        else:
            step = incident.quieted(old, reading.at, self.settings)
        if step[0] == old:
            return
        if old and step[0].id is None:  # the one before has ended for good, and the new one says more than its end
            book.write(connection, (replace(old, settled=True), []), self.settings, reading.at)
        book.write(connection, step, self.settings, self._clock())

    def acknowledge(self, number: int, by: str, until: dt.datetime) -> Incident:
        """Silence an incident until a moment, or until it gets more severe.

        Raises `RefusedStep` where it is resolved or `until` is not within 31 days; `CannotRun` where there is none.
        """
        with self._writing() as connection:
            now = self._clock()
            step = incident.acknowledged(book.by_id(connection, number), by, until, now)
            return book.write(connection, step, self.settings, now)

    def resolve(self, number: int, by: str, why: str) -> Incident:
        """End an incident, and say why. Raises `RefusedStep` where it has ended; `CannotRun` where there is none."""
        with self._writing() as connection:
            now = self._clock()
            step = incident.resolved(book.by_id(connection, number), by, why, now)
            return book.write(connection, step, self.settings, now)

    # --- what goes out ------------------------------------------------------------------------------------------------

    def deliver(self, *, revive: bool = False) -> Delivery:
        """Let time pass (escalation, acknowledgements that end), then send what is due; with `revive` also the dead.

        Whatever does not go waits, and a channel that takes nothing for an hour becomes an incident of its own.
        """
        done = Delivery()
        with self._writing() as connection:
            now = self._clock()
            for old in book.running(connection):
                step = incident.passed(old, now, self.settings)
                if step[0] != old:
                    book.write(connection, step, self.settings, now)
            if revive:
                outbox.revive(connection, now)
        receivers: dict[str, Receiver | str] = {}
        tried: list[str] = []
        while (held := self._claimed(tried)) is not None:
            tried.append(held.letter.id)
            if held.channel not in receivers:
                receivers[held.channel] = self._receiver(held.channel)
            receiver = receivers[held.channel]
            error = receiver if isinstance(receiver, str) else receiver.send(held.letter)
            self._settle(held, error, done)
        return done

    def test(self, channel: str) -> str:
        """Send a message that says that it is a test, past the outbox; empty when it was taken, otherwise why not.

        Raises `CannotRun` where there is no such channel or its URL cannot be used.
        """
        if channel not in self.settings.channels:
            known = ", ".join(self.settings.channels) or "none, since alerts.toml names none"
            raise CannotRun(f"there is no channel {channel}; there are: {known}")
        receiver = Receiver(channel, self.settings.channels[channel])
        say, at = self._voices.get(self.settings.language(channel), str), self._clock()
        return receiver.send(trial(f"test{at:%Y%m%d%H%M%S%f}", channel, at, say))

    def _claimed(self, tried: list[str]) -> outbox.Claim | None:
        with self._writing() as connection:
            return outbox.claim(connection, self._clock(), self.settings, tried, self._voices)

    def _receiver(self, channel: str) -> Receiver | str:
        if channel not in self.settings.channels:
            return f"alerts.toml has no channel {channel} any more"
        try:
            return Receiver(channel, self.settings.channels[channel])
        except CannotRun as error:
            return str(error)

    def _settle(self, held: outbox.Claim, error: str, done: Delivery) -> None:
        with self._writing() as connection:
            now = self._clock()
            state = outbox.settle(connection, held, now, error, self.settings)
            failing = bool(error) and now - held.created >= HOUR
            text = f"The channel {held.channel} has taken no message for an hour or longer: {error}"
            advice = f"see that its receiver runs, then: riskbench alerts test {held.channel}"
            own = Reading(
                OWN_RULE, "channel", "signal" if failing else "quiet", now, "alarm", {"channel": held.channel}
            )
            if failing or not error:
                told = Reading(**{**vars(own), "text": text, "advice": advice}) if failing else own
                self._take(connection, told)
        done.sent += not error
        done.dead += state == "dead"
        if error:
            done.failed[held.channel] = error

    # --- whether jobs run ---------------------------------------------------------------------------------------------

    def begin(self, job: str, at: dt.datetime, every: dt.timedelta | None = None) -> None:
        """Write down that a job has begun, and how often it means to run."""
        with self._writing() as connection:
            watchdog.beat(connection, job, begun=at, every=every)

    def beat(self, job: str, at: dt.datetime, every: dt.timedelta | None = None) -> None:
        """Write down that a job has ended well, and how often it means to run."""
        with self._writing() as connection:
            watchdog.beat(connection, job, done=at, every=every)

    def jobs(self, now: dt.datetime) -> list[JobState]:
        """Every job at a moment: those of `alerts.toml` and those that have ever spoken."""
        with self._writing() as connection:
            return watchdog.look(connection, now, self.settings)

    def overdue(self, now: dt.datetime) -> list[JobState]:
        """The jobs that did not run when they should have."""
        return [state for state in self.jobs(now) if state.late]

    def check(self) -> list[JobState]:
        """Look after all jobs now, and open or resolve an incident for each; the jobs as they are."""
        now = self._clock()
        states = self.jobs(now)
        self.take(watchdog.readings(states, now))
        return states

    # --- what is there ------------------------------------------------------------------------------------------------

    def incidents(self, *states: incident.State) -> list[Incident]:
        """The incidents in some states, or in all, the newest first."""
        with self._reading() as connection:
            return book.incidents(connection, *states)

    def incident(self, number: int) -> Incident:
        """The incident of a number; raises `CannotRun` where there is none."""
        with self._reading() as connection:
            return book.by_id(connection, number)

    def history(self, number: int) -> list[Entry]:
        """What happened to an incident, in order."""
        with self._reading() as connection:
            return book.history(connection, number)

    def messages(self, *states: str, incident: int | None = None) -> list[Message]:
        """The outbox: fresh, waiting, sent, dead, or of no channel."""
        with self._reading() as connection:
            return outbox.messages(connection, *states, incident=incident)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with transaction(self._engine, self.name, writes=True) as connection:
            take_turns(connection)
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with transaction(self._engine, self.name, writes=False) as connection:
            yield connection
