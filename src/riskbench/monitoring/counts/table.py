"""The one form of a count: how many applications of a day, a segment and a model fell into a cell of a subject.

Counts of two periods, or of two parts of one, are merged by adding them. Whatever monitoring says is finished from
such a table, so that a look costs as much as there are days, however many applications there were.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

KEYS = ["day", "model", "segment", "subject", "cell"]
SUMS = ["n", "total", "squares"]
EVERYONE = ""  # the segment of all

# Subjects. A cell is a text; `total` and `squares` are sums over the n applications of a value and of its square.
SCORE = "score"  # cell: band on frozen edges; value: points
PD = "pd"  # cell: ""; value: the probability of default
ACTION = "action"  # cell: approve, limit, refer, decline; value: amount lent
RULE = "rule"  # cell: the rule that decided, "" for the band
OVERRIDE = "override"  # cell: "decline>approve": what was decided, and what a person made of it
REVIEW = "review"  # cell: what a reviewer made of a referral
FEATURE = "feature:"  # and a name; cell: the bin on frozen edges
MISSING = "missing:"  # and a column; cell: "missing" or "known"
OUTSIDE = "outside:"  # and a column; cell: "below", "above" or "level"
STOPPED = "stopped"  # cell: refer; what came while the model was stopped, and nobody looked at: no action of a policy
SHADOW = "shadow:"  # and a name; cell: "approve>decline": what was decided, and what the shadow would have
OUTCOME = "outcome:"  # and an age ("fpd", "3", "final"); cell: "bad" or "good" among those that old; value: the PD


@dataclass(frozen=True)
class CountTable:
    """Counts with the columns `KEYS` and `SUMS`, one row a key, in the order of the keys.

    `day` is a date (datetime64, midnight, UTC), the other keys are texts; `n` is a whole number, `total` and `squares`
    are floats. `segment` is `EVERYONE`, or names one part: "channel=app".
    """

    frame: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "CountTable":
        """Counts from rows in any order, of which some may have the same keys: these are added.

        Raises ValueError for a frame without the columns.

        >>> row = {"day": pd.Timestamp("2026-03-01"), "model": "m", "segment": "", "subject": "action"}
        >>> rows = pd.DataFrame([row | {"cell": "refer", "n": n, "total": 0.0, "squares": 0.0} for n in (2, 3)])
        >>> CountTable.of(rows).frame["n"].tolist()
        [5]
        """
        if absent := [name for name in [*KEYS, *SUMS] if name not in frame]:
            raise ValueError(f"counts need the columns {', '.join([*KEYS, *SUMS])}; absent: {', '.join(absent)}")
        typed = frame[[*KEYS, *SUMS]].astype({"n": np.int64, "total": float, "squares": float})
        typed["day"] = pd.to_datetime(typed["day"]).astype("datetime64[s]")
        typed[KEYS[1:]] = typed[KEYS[1:]].astype("str")
        added = typed.groupby(KEYS, sort=True, observed=True, as_index=False)[SUMS].sum()
        return cls(added)

    @classmethod
    def empty(cls) -> "CountTable":
        """No counts."""
        return cls.of(pd.DataFrame(columns=[*KEYS, *SUMS]))

    @classmethod
    def merged(cls, tables: Iterable["CountTable"]) -> "CountTable":
        """The counts of several tables added: in any order and grouping the same."""
        frames = [table.frame for table in tables if len(table.frame)]
        return cls.of(pd.concat(frames, ignore_index=True)) if frames else cls.empty()

    def where(self, *, subject: str, segment: str = EVERYONE, model: str | None = None) -> pd.DataFrame:
        """The rows of one subject and segment, of one model or of all."""
        rows = (self.frame["subject"] == subject) & (self.frame["segment"] == segment)
        return self.frame[rows if model is None else rows & (self.frame["model"] == model)]
