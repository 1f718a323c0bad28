"""The validator's desk: the tables of a run that an error could be in, development beside the sample that is judged.

Planted errors are looked for in the test sample, whose customers were set apart by a hash: it shares the period of
development, so nothing has drifted there, and whatever rings was planted or is chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.files import digest
from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import moved
from riskbench.validation.attack import exported

ROWS = ["customer", "month", "sample", "y"]  # and pd, pd_applied, score
UNDATED_SHARE = 5  # without dates the newest delivery is the last fifth of the rows


@dataclass(frozen=True, eq=False)
class Desk:
    """What a validator has in hand, row by row; planted errors are put into copies of it.

    `rows` has the columns customer, month, sample, y (1 = bad, missing without a label), pd (at the bad rate of the
    data), pd_applied and score; `X` the candidates; `segments` what the study reports by. `document` is the card as
    exported, `signed` the address that was signed. `shift` is what oversampling moved the log odds by.
    """

    document: Mapping[str, Any]
    signed: str
    rows: pd.DataFrame
    X: pd.DataFrame
    segments: pd.DataFrame
    thresholds: Thresholds
    shift: float = 0.0
    judged: str = "test"

    @cached_property
    def codes(self) -> pd.DataFrame:
        """The bin of every row in every feature of the card, by the exported rules."""
        return exported.positions(self.document, self.X)

    @cached_property
    def development(self) -> NDArray[np.bool_]:
        """Which rows developed the card."""
        return (self.rows["sample"] == "development").to_numpy()

    @cached_property
    def now(self) -> NDArray[np.bool_]:
        """Which rows are judged."""
        return (self.rows["sample"] == self.judged).to_numpy()

    @cached_property
    def labelled(self) -> NDArray[np.bool_]:
        """Which rows have an outcome."""
        return self.rows["y"].notna().to_numpy()

    @cached_property
    def newest(self) -> NDArray[np.bool_]:
        """Which rows, of either sample, came with the newest delivery: the last month that both have.

        Without dates it is the last fifth of the rows of each sample.
        """
        month = self.rows["month"].to_numpy()
        both = set(month[self.development]) & set(month[self.now])
        if len(both) > 1:
            return np.asarray((month == max(both)) & (self.development | self.now))
        newest = np.zeros(len(month), dtype=bool)
        for sample in (self.development, self.now):
            own = np.flatnonzero(sample)
            newest[own[len(own) - len(own) // UNDATED_SHARE :]] = True
        return newest

    @property
    def lack(self) -> str:
        """Why nothing can be looked for on this desk, or an empty string."""
        for sample, rows in (("development", self.development), (self.judged, self.now)):
            if len(np.unique(self.rows["y"].to_numpy(dtype=float)[rows & self.labelled])) < 2:
                return f"errors are planted in the {self.judged} sample, and {sample} lacks goods or bads"
        return ""

    @property
    def numeric(self) -> list[str]:
        """Features of the card that are numbers, the one with most bins first."""
        of = exported.features(self.document)
        names = [name for name in self.document["logit"]["names"] if of[name]["kind"] == "numeric" and of[name]["cuts"]]
        return sorted(names, key=lambda name: (-len(of[name]["cuts"]), name))

    def scored(self) -> "Desk":
        """The same desk with scores and PDs as its card gives them to its rows."""
        applied = exported.pds(self.document, self.codes)
        score = exported.scores(self.document, self.codes)
        again = replace(self, rows=self.rows.assign(pd=moved(applied, -self.shift), pd_applied=applied, score=score))
        again.__dict__["codes"] = self.codes
        return again

    def signed_again(self, document: Mapping[str, Any]) -> "Desk":
        """The same rows under another card, as if that one had been signed, and scored by it."""
        return replace(self, document=document, signed=digest(document)).scored()


def desk_of(
    document: Mapping[str, Any],
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    segments: list[str],
    thresholds: Thresholds,
    shift: float = 0.0,
) -> Desk:
    """The desk of a run's tables `applications, features, scores`, which have the same rows in one order."""
    applications, features, scores = tables
    kept = applications["sample"].isin(["development", "test"]).to_numpy()
    rows = applications.loc[kept, ROWS].assign(**{name: scores[name] for name in ("pd", "pd_applied", "score")})
    return Desk(
        document=document,
        signed=digest(document),
        rows=rows.reset_index(drop=True),
        X=features[kept].drop(columns="application").reset_index(drop=True),
        segments=applications.loc[kept, segments].reset_index(drop=True),
        thresholds=thresholds,
        shift=shift,
    )
