"""Who is signed in: sessions in memory, which end when nobody uses them, and how often a key may be tried.

A session holds no key, only whose it was: each request asks the file of the keys again, so that a key that was revoked
ends its session at once. Sessions end with the process.
"""

import hashlib
import hmac
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from riskbench.scorecard.reason_texts import Language
from riskbench.service.api_keys import ApiKey

MOST_SESSIONS, MOST_OPENED = 2_000, 200


@dataclass
class Session:
    """One reviewer at one browser. `csrf` stands in each form; `opened` is when an application was looked at first."""

    key: ApiKey
    csrf: str
    used: float
    language: Language | None = None
    said: str = ""  # to be told on the next page, once
    opened: OrderedDict[str, float] = field(default_factory=OrderedDict)

    @property
    def may_decide(self) -> bool:
        """Whether the key may do more than look."""
        return "override" in self.key.scopes

    def holds(self, token: str) -> bool:
        """Whether a form was made in this session."""
        return hmac.compare_digest(self.csrf.encode(), token.encode())

    def open(self, decision: str, now: float) -> None:
        """Take note that an application is looked at."""
        self.opened.setdefault(decision, now)
        while len(self.opened) > MOST_OPENED:
            self.opened.popitem(last=False)

    def take_said(self) -> str:
        """What is to be told now, and not again."""
        said, self.said = self.said, ""
        return said


class Sessions:
    """Sessions by the hash of their cookie; whoever reads the memory of the process finds no cookie in it.

    >>> now = [0.0]
    >>> sessions = Sessions(idle=60, clock=lambda: now[0])
    >>> sessions.of("x") is None
    True
    """

    def __init__(self, idle: float, clock: Callable[[], float] = time.monotonic):
        self._idle, self.clock = idle, clock
        self._known: OrderedDict[str, Session] = OrderedDict()

    def begin(self, key: ApiKey, language: Language | None = None) -> str:
        """A new session; returns what its cookie holds."""
        self._sweep()
        token = secrets.token_urlsafe(32)
        self._known[_hash(token)] = Session(key, secrets.token_urlsafe(32), self.clock(), language)
        while len(self._known) > MOST_SESSIONS:
            self._known.popitem(last=False)
        return token

    def of(self, token: str, *, used: bool = True) -> Session | None:
        """The session of a cookie, `used` now; None where there is none, or it was idle for too long."""
        self._sweep()
        session = self._known.get(_hash(token)) if token else None
        if session and used:
            session.used = self.clock()
            self._known.move_to_end(_hash(token))
        return session

    def end(self, token: str) -> None:
        """End a session."""
        self._known.pop(_hash(token), None)

    def _sweep(self) -> None:
        oldest = self.clock() - self._idle
        while self._known and next(iter(self._known.values())).used < oldest:
            self._known.popitem(last=False)


class Refusals:
    """How many keys were refused by address: beyond `most` within `seconds`, nobody there may try another.

    >>> now = [0.0]
    >>> refusals = Refusals(most=1, seconds=60, clock=lambda: now[0])
    >>> refusals.note("a"); refusals.wait("a"), refusals.wait("b")
    (60, 0)
    >>> now[0] = 60.0
    >>> refusals.wait("a")
    0
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic):
        self._most, self._seconds, self._clock = most, seconds, clock
        self._at: dict[str, list[float]] = {}

    def wait(self, address: str) -> int:
        """After how many whole seconds another key may be tried; 0: now."""
        now = self._clock()
        recent = [at for at in self._at.get(address, []) if now - at < self._seconds]
        return 0 if len(recent) < self._most else math.ceil(recent[-self._most] + self._seconds - now)

    def note(self, address: str) -> None:
        """Take note of a key that was refused."""
        now = self._clock()
        self._at = {of: at for of, at in self._at.items() if now - at[-1] < self._seconds}
        self._at.setdefault(address, []).append(now)
        del self._at[address][: -self._most]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
