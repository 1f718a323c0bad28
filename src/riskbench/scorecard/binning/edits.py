"""Bins changed by hand: each edit is one record of who, when, why, before, after and what it cost.

An edit's `after` is absolute. Replayed, it gives the bins that the modeller fixed, with the counts of the data at hand;
where the automatic bins are no longer those that were reviewed when the edit was made, the replay says so.
"""

import datetime as dt
import getpass
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Self

import pandas as pd
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from riskbench.core.files import digest
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.division import Division

USER_VARIABLE = "RISKBENCH_USER"
Action = Literal["merge", "split", "set_cuts", "set_groups", "withdraw"]
ARGUMENT: dict[Action, str] = {"merge": "bins", "split": "at", "set_cuts": "cuts", "set_groups": "groups"}


class Arguments(BaseModel):
    """What an edit was called with: `bins` of a merge, `at` of a split, `cuts`, or `groups` with `rest`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    bins: tuple[int | str, ...] | None = None
    at: tuple[float | str, ...] | None = None
    cuts: tuple[float, ...] | None = None
    groups: tuple[tuple[str, ...], ...] | None = None
    rest: int | None = None


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


def author(who: str = "") -> str:
    """Who edits: the name given, else the environment's RISKBENCH_USER, else git's user.name, else the login."""
    return who.strip() or os.environ.get(USER_VARIABLE, "").strip() or _git_user() or _login()


def _git_user() -> str:
    try:
        said = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        raise ValueError(f"an edit needs its author: give who=..., or set {USER_VARIABLE}") from None


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


def edits_table(edits: Sequence[Edit], fitted: Mapping[str, FeatureBins]) -> pd.DataFrame:
    """One row an edit; `fitted` are the automatic bins of the edited features, where they are known."""
    rows = [
        {
            "edit": edit.number,
            "feature": edit.feature,
            "what": edit.told,
            "reason": edit.reason,
            "who": edit.who,
            "when": f"{edit.when:%Y-%m-%d %H:%M} UTC",
            "before": str(edit.before),
            "after": str(edit.after or "gone"),
            "iv_before": edit.iv_before,
            "iv_after": edit.iv_after,
            "iv_cost": edit.iv_cost,
            "notes": "; ".join([*edit.notes, *_outdated(edit, edits, fitted)]),
        }
        for edit in edits
    ]
    columns = ("edit", "feature", "what", "reason", "who", "when", "before", "after")
    figures = ("iv_before", "iv_after", "iv_cost")
    frame = pd.DataFrame(rows, columns=[*columns, *figures, "notes"])
    return frame.astype(dict.fromkeys(figures, float))


def edits_sheet(table: pd.DataFrame) -> pd.DataFrame:
    """The table of edits as a page prints it: few columns, and notes where there are any."""
    told = [
        f"{row['edit']}: {row['what']}. {row['reason'].rstrip('.')} ({row['who']}, {row['when']})"
        for row in table.to_dict("records")
    ]
    bins = table["before"] + " → " + table["after"]
    sheet = table[["feature", "iv_before", "iv_after", "iv_cost", "notes"]]
    sheet.insert(1, "edit, why, who and when", pd.Series(told, index=sheet.index, dtype=object))
    sheet.insert(5, "bins before → after", bins)
    return sheet if sheet["notes"].astype(bool).any() else sheet.drop(columns="notes")


def _outdated(edit: Edit, edits: Sequence[Edit], fitted: Mapping[str, FeatureBins]) -> list[str]:
    held = in_force(edits)
    first = held.get(edit.feature, [None])[0] is edit
    if not first or edit.feature not in outdated(edits, fitted):
        return []
    return [f"the bins that were reviewed are no longer those that the data give: {Division.of(fitted[edit.feature])}"]


def outdated(edits: Iterable[Edit], fitted: Mapping[str, FeatureBins]) -> list[str]:
    """Edited features whose automatic bins are no longer those that were reviewed when they were first edited."""
    held = in_force(edits)
    return [name for name, of in held.items() if name in fitted and of[0].before != Division.of(fitted[name])]


def edit_checks(edits: Sequence[Edit], fitted: Mapping[str, FeatureBins], thresholds: Thresholds) -> list[CheckResult]:
    """Whether what was edited is still what was reviewed; no check where nothing is edited.

    `edits` and `fitted` are `edits_` and `fitted_` of a binning.
    """
    held = in_force(edits)
    if not held:
        return []
    changed = outdated(edits, fitted)
    told = Estimate(len(changed), n=len(held), method=f"bins that have changed: {', '.join(changed) or 'none'}")
    title = "Edited features whose automatic bins are no longer those that were reviewed"
    return [CheckResult("edits.outdated", title, told, thresholds["features.edits_outdated"])]
