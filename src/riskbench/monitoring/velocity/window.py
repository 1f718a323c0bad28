"""A sliding window over decisions: which of them hang together by one device, telephone, address or customer.

Memory is bounded twice: what is older than the window reaches is let go, and where more come than may be held, the
oldest. `since` says from when on nothing is missing.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable
from typing import Any

import pandas as pd

from riskbench.monitoring.velocity.sighting import APPLICATION, CUSTOMER, Sighting
from riskbench.monitoring.warning.observed import LINK_COLUMNS

MOST = 200_000  # decisions held
COLUMNS = [*LINK_COLUMNS, "decision", "inputs"]
Tokens = tuple[str, str]  # what it stands for, and the token


class Window:
    """The decisions of the last `reach`, by their tokens; `since` is from when on none of them is missing.

    A decision that is seen twice counts once. One thread may use it at a time. Raises ValueError for a `reach` or a
    `most` that is not above zero.

    >>> now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    >>> from riskbench.monitoring.warning.observed import Decided
    >>> window = Window(dt.timedelta(days=1), since=now)
    >>> for n in "123":
    ...     window.add(Sighting(Decided(n, now, 500, 0.04, "approve"), {"device": "d", "application": n}, inputs=n))
    >>> window.frame()["by"].value_counts().to_dict()
    {'device': 3, 'application': 3}
    """

    def __init__(self, reach: dt.timedelta, *, since: dt.datetime, most: int = MOST):
        if reach <= dt.timedelta(0) or most < 1:
            raise ValueError(f"reach and most must be above 0, got {reach} and {most}")
        self.reach, self.since, self.most = reach, since, most
        self._all: deque[Sighting] = deque()
        self._by: dict[Tokens, deque[Sighting]] = {}
        self._ids: set[str] = set()

    def __len__(self) -> int:
        return len(self._all)

    def add(self, sighting: Sighting) -> None:
        """Take note of a decision; where there are more than may be held, the oldest goes."""
        if sighting.decided.decision in self._ids:
            return
        self._ids.add(sighting.decided.decision)
        self._all.append(sighting)
        for tokens in sighting.tokens:
            self._by.setdefault(tokens, deque()).append(sighting)
        if len(self._all) > self.most:
            self.since = max(self.since, self._drop().at)

    def expire(self, now: dt.datetime) -> None:
        """Let go of what is older than `reach`."""
        while self._all and self._all[0].at <= now - self.reach:
            self._drop()

    def whole(self, within: dt.timedelta, at: dt.datetime) -> bool:
        """Whether the part of the window that ends at a moment misses nothing."""
        return within <= self.reach and self.since <= at - within

    def frame(self) -> pd.DataFrame:
        """One row a token of a decision, with the columns `COLUMNS`; times are UTC.

        `by` is what the token stands for: a link, "application" or "customer"; `customer` is "" where there is none.
        """
        return _frame((tokens, one) for one in self._all for tokens in one.tokens)

    def around(self, lately: Iterable[Sighting]) -> pd.DataFrame:
        """The rows of the tokens that these decisions have: all of which anything new can be said because of them."""
        touched = dict.fromkeys(tokens for one in lately for tokens in one.tokens)
        return _frame((tokens, one) for tokens in touched for one in self._by.get(tokens, ()))

    def _drop(self) -> Sighting:
        oldest = self._all.popleft()
        self._ids.discard(oldest.decided.decision)
        for tokens in oldest.tokens:
            seen = self._by[tokens]
            seen.popleft()  # what has a token stands in the order of all
            if not seen:
                del self._by[tokens]
        return oldest


def _frame(rows: Iterable[tuple[Tokens, Sighting]]) -> pd.DataFrame:
    found: list[tuple[Any, ...]] = [
        (one.at, *tokens, one.by[APPLICATION], one.by.get(CUSTOMER, ""), one.decided.decision, one.inputs)
        for tokens, one in rows
    ]
    frame = pd.DataFrame(found, columns=COLUMNS, dtype=object)
    return frame.assign(at=pd.to_datetime(frame["at"], utc=True))
