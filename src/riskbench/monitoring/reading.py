"""What a rule of early warning says at a look: quiet, a signal, or that it could not be evaluated and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["quiet", "signal", "not_evaluated"]
Severity = Literal["notice", "warning", "alarm"]


@dataclass(frozen=True)
class Reading:
    """One rule, about one subject, at one look (`at`, UTC).

    `subject` says what it is about where the rule watches several ({"feature": "channel"}); rule and subject together
    are the `key` of an incident. `value` was held against `limit`, over `n` cases from `first` to `last`. `text` is a
    sentence for the person who is called, and names nobody; `advice` says what to do; `reason` why it was not
    evaluated. `chance` is the probability to signal at this look when nothing has happened; None for a stated fact.
    """

    rule: str
    kind: str
    state: State
    at: dt.datetime
    severity: Severity = "warning"
    subject: Mapping[str, str] = field(default_factory=dict)
    first: dt.date | None = None
    last: dt.date | None = None
    value: float | None = None
    limit: float | None = None
    n: int | None = None
    text: str = ""
    advice: str = ""
    reason: str = ""
    chance: float | None = None

    @property
    def key(self) -> str:
        """The rule and its subject as one text.

        >>> now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
        >>> Reading("drift", "psi", "quiet", now, subject={"feature": "channel"}).key
        'drift[feature=channel]'
        """
        about = ",".join(f"{name}={value}" for name, value in sorted(self.subject.items()))
        return f"{self.rule}[{about}]" if about else self.rule
