"""What one look found, as it is kept for the status page: the whole of it is data, and names nobody."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from riskbench.data.feeds.status import FeedStatus
from riskbench.monitoring.reading import Reading, Severity

Source = Literal["log", "run"]
Part = Literal["log", "counts", "baseline", "feeds", "rules", "delivery"]


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trouble(_Kept):
    """A part of monitoring that could not be looked at, since when, and why in a sentence."""

    part: Part
    since: AwareDatetime
    text: str


class Feed(_Kept):
    """How fresh a feed was: its state, hours since its newest arrival, hours promised."""

    name: str
    state: str
    age_hours: float | None
    promised_hours: float
    newest_arrival: AwareDatetime | None

    @classmethod
    def of(cls, status: FeedStatus) -> "Feed":
        """From the status of a feed."""
        return cls(
            name=status.feed,
            state=status.state,
            age_hours=status.age_hours,
            promised_hours=status.expected_every_hours,
            newest_arrival=status.newest_arrival,
        )


class Series(_Kept):
    """One figure by day, oldest first, None on a day without decisions; the last is `today`, the rest are usual.

    `lower` and `upper` hold the middle nine tenths of the days before; None where there are too few of them.
    """

    name: Literal["volume", "approval", "score"]
    days: tuple[dt.date, ...]
    values: tuple[float | None, ...]
    lower: float | None
    upper: float | None

    @property
    def newest(self) -> float | None:
        """The value of the last day."""
        return self.values[-1] if self.values else None


class Version(_Kept):
    """The version in use by the ledger: its number, its run, and since when it is this one and no other."""

    number: int
    run: str
    since: AwareDatetime


class UpTo(_Kept):
    """Up to where the log was read, in entries, and when that was."""

    entries: int
    at: AwareDatetime


class Unevaluated(_Kept):
    """A rule that could not be evaluated, about what, and why."""

    rule: str
    about: str
    reason: str


class Looked(_Kept):
    """One look at a study at `at` (UTC): what was read, what the rules said, and what could not be seen.

    `source` says what was looked at: the decision log, or the days of a run, of which `until` is the last; `monthly`
    says that it knows months alone. `new` counts decisions read since the look before, `read` is up to where the log
    was read, now or before; `last_decision` is the newest decision that is known; `missed` counts looks that were left
    out because one took too long; `run` names the run of the baseline. `in_use` is the version that the ledger names,
    None where a run was named instead; `halted` says why every application is referred to a person, empty where the
    model decides, and `stopped` what of it stands in the log, None where none was read, by its first `stops_upto`
    entries.
    """

    version: Literal[1] = 1
    study: str
    at: AwareDatetime
    source: Source
    run: str = ""
    in_use: Version | None = None
    halted: str = ""
    stopped: str | None = None
    stops_upto: int = 0
    until: dt.date | None = None
    monthly: bool = False
    new: int = 0
    read: UpTo | None = None
    missed: int = 0
    last_decision: AwareDatetime | None = None
    signals: tuple[tuple[str, Severity], ...] = ()
    quiet: int = 0
    unevaluated: tuple[Unevaluated, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()
    feeds: tuple[Feed, ...] = ()
    series: tuple[Series, ...] = ()


def unevaluated(readings: Sequence[Reading]) -> tuple[Unevaluated, ...]:
    """The rules that could not be evaluated, each subject of a rule once."""
    found = {
        reading.key: Unevaluated(
            rule=reading.rule,
            about=", ".join(f"{name} {value}" for name, value in sorted(reading.subject.items())),
            reason=reading.reason,
        )
        for reading in readings
        if reading.state == "not_evaluated"
    }
    return tuple(found.values())
