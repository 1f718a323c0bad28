"""What the log holds: one record a decision, and what people did about decisions and about the model.

A record is written as JSON in one form; `record_of` reads it back and refuses a key that it does not know.
"""

import datetime as dt
import json
import secrets
import time
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from riskbench.core.errors import broken_rules
from riskbench.decision.log.errors import LogError
from riskbench.decision.outcome import Decision, Outcome
from riskbench.decision.policy.section import Action

VERSION: Literal[1] = 1
Cell = bool | int | float | str | None  # of an input: a date is its ISO text, None is missing
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
LINK_PATTERN = r"^[a-z][a-z0-9_]{0,31}$"  # what a link is called
MOST_LINKS = 8


def new_id() -> str:
    """An id that nobody has used: 32 hexadecimal digits, of which the first twelve are the time in milliseconds.

    >>> first, second = new_id(), new_id()
    >>> len(first), first == second
    (32, False)
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def now() -> dt.datetime:
    """The time in UTC, to the microsecond."""
    return dt.datetime.now(dt.UTC)


def time_text(at: dt.datetime) -> str:
    """A time as the log writes it: texts in their order are times in theirs.

    >>> time_text(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
    '2026-03-01T12:00:00.000000Z'
    """
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def written(document: dict[str, Any]) -> str:
    """A document in the one form that the log writes."""
    return _WRITER.encode(document)


_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Said(_Part):
    """What one policy said: the fields of `Decision`."""

    action: Action
    band: str
    rule: str
    unknown: bool
    amount: float
    rate: float | None = None
    all_in_rate: float | None = None
    hits: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """The fields of a decision."""
        return cls(**{name: getattr(decision, name) for name in cls.model_fields})


class ShadowBundle(_Part):
    """What a bundle that only looks on would have said; `problem` where it could not say."""

    score: int | None = None
    pd: float | None = None
    said: Said | None = None
    problem: str = ""


class Entry(_Part):
    """What all records have: `id` is the entry's own, `caller` whoever asked, by the name of a key or of a person.

    With `idempotency_key` and `request_sha256` the same request is answered once.
    """

    version: Literal[1] = VERSION
    id: Token = Field(default_factory=new_id)
    at: AwareDatetime = Field(default_factory=now)
    caller: Name
    idempotency_key: Name | None = None
    request_sha256: Sha256 | None = None

    @field_validator("at")
    @classmethod
    def _in_utc(cls, at: dt.datetime) -> dt.datetime:
        return at.astimezone(dt.UTC)

    @model_validator(mode="after")
    def _key_and_request(self) -> Self:
        if (self.idempotency_key is None) != (self.request_sha256 is None):
            raise ValueError("idempotency_key and request_sha256 are given together or not at all")
        return self

    @property
    def document(self) -> dict[str, Any]:
        """The record as data for JSON."""
        return self.model_dump(mode="json", exclude={"at"}) | {"at": time_text(self.at)}

    @property
    def content(self) -> str:
        """The record as JSON: sorted keys, no blanks, ASCII; equal records give equal texts."""
        return written(self.document)


class DecisionRecord(Entry):
    """One application as it was decided, with all that deciding it again takes.

    `application` and `customer` are tokens (`tokens.py`), and so are the values of `links`: what this application may
    share with others, as a device or an address, by its name. `inputs` are the values that the bundle read, by column,
    without identifiers; `ages` the hours since each source was refreshed, None where unknown. `score`, `pd` are None
    where the model was stopped and nobody looked at the application. `reasons` are pairs of feature and bin, most
    points lost first; `microseconds` is what deciding took.
    """

    kind: Literal["decision"] = "decision"
    application: Token
    customer: Token | None = None
    links: dict[Annotated[str, Field(pattern=LINK_PATTERN)], Token] = Field(default={}, max_length=MOST_LINKS)
    bundle: Sha256
    run: str = ""
    inputs: dict[str, Cell]
    ages: dict[str, float | None] = {}
    arm: Name
    score: int | None
    pd: float | None = Field(ge=0, le=1)
    said: Said
    reasons: tuple[tuple[str, int], ...] = ()
    shadows: dict[str, Said] = {}
    shadow_bundles: dict[str, ShadowBundle] = {}
    microseconds: int = Field(default=0, ge=0)

    @property
    def stopped(self) -> bool:
        """Whether nothing but a person was to decide it."""
        return self.score is None

    @property
    def document(self) -> dict[str, Any]:
        """The record as data for JSON; without links it is that of a log which knows of none."""
        told = super().document
        if not told["links"]:
            del told["links"]
        return told

    @model_validator(mode="after")
    def _scored_or_stopped(self) -> Self:
        if (self.score is None) != (self.pd is None) or (self.score is None and self.said.action != "refer"):
            raise ValueError("score and pd are both given, or neither is and a person decides (refer)")
        return self


class OverrideRecord(Entry):
    """A person decided otherwise: `actor`, why, and both decisions. Amounts are what is lent."""

    kind: Literal["override"] = "override"
    decision_id: Token
    actor: Name
    reason: Name
    from_action: Action
    from_amount: float = Field(ge=0)
    to_action: Action
    to_amount: float = Field(ge=0)


class ReviewRecord(Entry):
    """A person decided what was referred: what held before, what holds now, why, and the seconds that it took.

    `codes` are reasons from a list, `reason` is a text. Where two people must agree, the entry of the first does not
    settle anything (`settles`): what held before holds on.
    """

    kind: Literal["review"] = "review"
    decision_id: Token
    reviewer: Name
    action: Literal["approve", "limit", "decline"]
    amount: float = Field(ge=0)
    reason: Name
    codes: tuple[Name, ...] = ()
    from_action: Action = "refer"
    from_amount: float = Field(default=0.0, ge=0)
    seconds: float | None = Field(default=None, ge=0)
    settles: bool = True


class SwitchRecord(Entry):
    """Another bundle decides from here on; `before` is None for the first, `approved` whether a registry says so."""

    kind: Literal["switch"] = "switch"
    before: Sha256 | None
    after: Sha256
    who: Name
    approved: bool = False


class StopRecord(Entry):
    """Nothing is decided from here on but by people; or, with `resumed`, the bundle decides again."""

    kind: Literal["stop"] = "stop"
    who: Name
    reason: Name
    resumed: bool = False


class InterruptionRecord(Entry):
    """Nothing could be written, and so nothing was decided, since a time; the entry before it is the last before."""

    kind: Literal["interruption"] = "interruption"
    since: AwareDatetime
    reason: Name


Record = DecisionRecord | OverrideRecord | ReviewRecord | SwitchRecord | StopRecord | InterruptionRecord
KINDS = ("decision", "override", "review", "switch", "stop", "interruption")
_READER: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


def outcome_fields(outcome: Outcome) -> dict[str, Any]:
    """The fields of a `DecisionRecord` that an outcome gives: `DecisionRecord(..., **outcome_fields(outcome))`."""
    return {
        "arm": outcome.arm,
        "score": outcome.score,
        "pd": outcome.pd,
        "said": Said.of(outcome.decision),
        "reasons": outcome.reasons,
        "shadows": {name: Said.of(decision) for name, decision in outcome.shadows.items()},
    }


def record_of(content: str | dict[str, Any]) -> Record:
    """The record that a text holds; raises `LogError` for a version, a kind or a key that is not known here."""
    try:
        told = json.loads(content) if isinstance(content, str) else content
        require_version(told)
        return _READER.validate_python(told)
    except ValidationError as error:
        raise LogError(f"an entry breaks a rule of the log: {'; '.join(broken_rules(error, 'entry', 3))}") from None
    except (ValueError, RecursionError) as error:
        raise LogError(f"an entry is no JSON: {error}") from None


def require_version(told: object) -> None:
    """Raise `LogError` for an entry that another riskbench wrote in another way."""
    version = told.get("version") if isinstance(told, dict) else None
    if version != VERSION:
        raise LogError(f"an entry of version {version!r} cannot be read here, {VERSION} can; use a newer riskbench")
