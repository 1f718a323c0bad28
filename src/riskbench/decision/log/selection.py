"""Which entries of a log to read."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from riskbench.decision.log.record import KINDS, time_text
from riskbench.decision.log.tables import ENTRIES

PAGE = 2_000  # entries fetched at once


@dataclass(frozen=True)
class Selection:
    """Entries from `since` (with it) to `until` (without it), of some kinds, after one of them, at most `limit`.

    `application` and `customer` are tokens. Raises ValueError for a time without its zone, or a kind that is none.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    kinds: tuple[str, ...] = ()
    after_seq: int = 0
    limit: int | None = None
    action: str | None = None
    application: str | None = None
    customer: str | None = None

    def __post_init__(self) -> None:
        if any(at is not None and at.tzinfo is None for at in (self.since, self.until)):
            raise ValueError("since and until must have a time zone")
        if unknown := set(self.kinds) - set(KINDS):
            raise ValueError(f"kinds must be among {', '.join(KINDS)}, got {', '.join(sorted(unknown))}")

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The selection for the database, but for `after_seq` and `limit`."""
        found: list[sa.ColumnElement[bool]] = []
        if self.since is not None:
            found.append(ENTRIES.c.at >= time_text(self.since))
        if self.until is not None:
            found.append(ENTRIES.c.at < time_text(self.until))
        if self.kinds:
            found.append(ENTRIES.c.kind.in_(self.kinds))
        named = {name: getattr(self, name) for name in ("action", "application", "customer")}
        return found + [ENTRIES.c[name] == wanted for name, wanted in named.items() if wanted is not None]


EVERYTHING = Selection()
