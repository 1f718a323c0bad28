"""One edit of bins by hand, as a record: who, when, why, before, after and what it cost; and which edits still hold.

An edit's `after` is absolute. Replayed, it gives the bins that the modeller fixed, with the counts of the data at hand.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from riskbench.core.files import digest
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.edits.arguments import ARGUMENT, Action, Arguments


class Edit(BaseModel):
    """One edit of the bins of one feature; it never changes.

    `iv_before` and `iv_after` are on the data that it was made on. `notes` say which limits the edited bins break.
    `previous` is the SHA-256 of the edit before, so that none but the last can be changed or taken out unnoticed; the
    file of edits holds each one's own SHA-256 too, and then only the removal of the last ones cannot be seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    number: int = Field(ge=1)
    feature: str = Field(min_length=1)
    action: Action
    arguments: Arguments = Arguments()
    reason: str
    who: str
    when: AwareDatetime
    before: Division
    after: Division | None = None
    iv_before: float | None = None
    iv_after: float | None = None
    notes: tuple[str, ...] = ()
    previous: str = ""

    @field_validator("reason", "who")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must say something, got a blank")
        return text.strip()

    @field_validator("when")
    @classmethod
    def _in_utc(cls, when: dt.datetime) -> dt.datetime:
        return when.astimezone(dt.UTC).replace(microsecond=0)

    @model_validator(mode="after")
    def _action_has_its_argument(self) -> Self:
        given = ", ".join(sorted(set(self.arguments.model_dump(exclude_none=True)) - {"rest"}))
        if given != ARGUMENT.get(self.action, ""):
            wanted = ARGUMENT.get(self.action, "no arguments")
            raise ValueError(f"{self.action} goes with {wanted}, got {given or 'none'}")
        if self.after is None and self.action != "withdraw":
            raise ValueError(f"{self.action} needs after, the bins that it made")
        return self

    @property
    def iv_cost(self) -> float | None:
        """Information value given up, on the data that the edit was made on; below 0 where it rose."""
        return None if self.iv_before is None or self.iv_after is None else self.iv_before - self.iv_after

    @property
    def told(self) -> str:
        """What was done, in words."""
        given = self.arguments
        if self.action == "merge":
            levels = any(isinstance(of, str) for of in given.bins or ())
            return f"merged {'the bins of' if levels else 'bins'} {', '.join(map(str, given.bins or ()))}"
        if self.action == "split":
            return f"split at {', '.join(f'{x:.15g}' if isinstance(x, float) else x for x in given.at or ())}"
        return "withdrew the edits before" if self.action == "withdraw" else f"set {self.after}"

    def is_call(self, feature: str, action: Action, arguments: Arguments, reason: str) -> bool:
        """Whether this edit came of such a call: the same call with the same reason is the same edit."""
        own = self.feature, self.action, self.arguments, self.reason
        return own == (feature, action, arguments, reason.strip())

    def plain(self) -> dict[str, Any]:
        """Plain data that `Edit.model_validate` reads back to an equal edit."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)

    @property
    def hash(self) -> str:
        """SHA-256 of the edit."""
        return digest(self.plain())


def in_force(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """By feature, the edits that hold: those after the last one that withdrew what came before."""
    held: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.action == "withdraw":
            held.pop(edit.feature, None)
        else:
            held.setdefault(edit.feature, []).append(edit)
    return held


def marks(edits: Sequence[Edit]) -> str:
    """The edits in force of one feature as the note that its bins carry; empty where there are none."""
    said = [f"edit {e.number}, {e.told}, by {e.who} on {e.when:%Y-%m-%d}: {e.reason.rstrip('.')}" for e in edits]
    return f"Edited by hand ({'; '.join(said)})." if said else ""
