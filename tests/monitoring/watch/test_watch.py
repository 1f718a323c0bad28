"""Looks of a real watch at a real log, by a clock that is set by hand: how the incident of a ring ends."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import md5
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.alerts.settings import Settings
from riskbench.monitoring.velocity.following import Following
from riskbench.monitoring.velocity.window import Window
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.warnings import Warnings
from riskbench.monitoring.watch.memory import Memory
from riskbench.monitoring.watch.watch import Sight, Watch

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
RING = {"kind": "velocity", "by": "device", "at_least": 3}
AGAIN = {"kind": "duplicates", "by": "customer", "at_least": 3}
SETTINGS = Settings.model_validate({"resolve_after": "1h", "cooldown": "1d"})
SAID = Said(action="approve", band="high", rule="", unknown=False, amount=100.0)


def token(name: str) -> str:
    return md5(name.encode(), usedforsecurity=False).hexdigest()


class Place:
    """A log that is written to, and the watch that looks at it at a time of the test."""

    def __init__(self, folder: Path, rule: dict, stack: ExitStack):
        common = {"name": "ring", "severity": "alarm", "advice": "look", "within": "2h"}
        rules = Warnings.model_validate({"schema_version": 1, "rules": [common | rule]})
        self.now, self._asked = NOON, 0
        self._log = stack.enter_context(open_log(folder / "log.sqlite", create=True))
        self.alerts = stack.enter_context(open_alerts(folder / "m.sqlite", SETTINGS, lambda: self.now))
        memory = stack.enter_context(Memory(f"sqlite:///{folder / 'm.sqlite'}"))
        following = Following(self._log, Window(2 * HOUR, since=NOON))
        self._broken = False

        def followed() -> Following:
            if self._broken:
                raise CannotRun("the log is gone")
            return following

        def no_baseline():
            raise CannotRun("no version is in use")

        sight = Sight("shop", "log", lambda observed: evaluate(rules, observed), no_baseline, None, following=followed)
        self._watch = Watch(sight, self.alerts, memory)

    def come(self, n: int, *, device: str = "d", customer: str = "") -> None:
        """So many applications, a minute apart, the last of them now; each of its own customer unless one is named."""
        for minute in range(n):
            self._asked += 1
            who = {"application": token(f"a{self._asked}"), "customer": token(customer or f"c{self._asked}")}
            links = {"links": {"device": token(device)}} if device else {}
            usual = {"caller": "web", "bundle": "b" * 64, "inputs": {}, "arm": "champion", "score": 500, "pd": 0.1}
            at = self.now - (n - 1 - minute) * MINUTE
            self._log.append([DecisionRecord(at=at, said=SAID, **usual, **who, **links)])

    def look(self, after: dt.timedelta = 0 * HOUR, broken: bool = False) -> list[str]:
        """Look some time later; the states of all incidents of the rule, the oldest first."""
        self.now, self._broken = self.now + after, broken
        self.looked = self._watch.look(self.now)
        return [one.state for one in reversed(self.alerts.incidents()) if one.rule == "ring"]

    def told(self) -> list[str]:
        """What has happened to the first incident of the rule."""
        number = min(one.id for one in self.alerts.incidents() if one.rule == "ring")
        return [entry.what for entry in self.alerts.history(number)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[dict], Place]]:
    with ExitStack() as stack:
        yield lambda rule: Place(tmp_path, rule, stack)


@pytest.mark.parametrize(("rule", "who"), [(RING, {}), (AGAIN, {"customer": "c"})])
def test_a_ring_of_which_nothing_more_is_seen_is_resolved_once_its_window_has_passed(place, rule, who):
    here = place(rule)
    here.come(3, **who)
    assert here.look(10 * MINUTE) == ["open"]
    assert here.look(HOUR) == ["open"]  # within the window of 2 hours it is spoken of
    assert here.look(2 * HOUR) == ["open"]  # from this look on it is quiet
    assert here.look(HOUR) == ["resolved"]
    assert here.look(5 * HOUR) == ["resolved"]
    assert here.told() == ["opened", "resolved"]


@pytest.mark.parametrize(("later", "states"), [(20 * HOUR, ["open"]), (30 * HOUR, ["resolved", "open"])])
def test_a_new_ring_by_the_same_device_reopens_within_the_cooldown_and_opens_anew_after_it(place, later, states):
    here = place(RING)
    here.come(3)
    for after in (10 * MINUTE, 3 * HOUR, HOUR):
        here.look(after)
    here.now += later
    here.come(3)
    assert here.look() == states


def test_another_link_or_none_at_all_does_not_keep_an_incident_open(place):
    here = place(RING)
    here.come(3)
    here.look()
    for _ in range(4):
        here.come(1, device="")
        states = here.look(HOUR)
    assert states == ["resolved"]


def test_a_log_that_cannot_be_read_says_nothing_of_the_ring(place):
    here = place(RING)
    here.come(3)
    here.look()
    assert [here.look(HOUR, broken=True) for _ in range(6)][-1] == ["open"]


def test_a_rule_that_found_no_link_is_not_called_quiet(place):
    here = place(RING)
    here.come(3)
    for after in (10 * MINUTE, 3 * HOUR, 3 * HOUR):  # the second still reaches back to the first
        here.look(after)
    assert [one.reason for one in here.looked.unevaluated] == ["no application told its device in the time looked at"]
