"""What a check may look at: the applications of one sample with the PDs of one model, or of a part of that sample.

A check that needs more gets a field of `Case`, filled in `cases_by_sample`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale

JUDGED = ("development", "test", "out_of_time")  # a month of monitoring is judged on its own page, when it has matured


@dataclass(frozen=True)
class Part:
    """Which part of a sample: a grade, a segment, a group or a month; `key` names it in ids, `name` on pages."""

    kind: Literal["grade", "segment", "group", "month"]
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, eq=False)
class Case:
    """One sample under one model, or a part of it.

    `rows` holds one row an application with the columns y (1 = bad, 0 = good, missing without a label), pd (at the bad
    rate of the data, to be compared with labels), pd_applied (what decisions and grades go by), and whatever else a
    check asks for. `development` is the sample to compare with, None where this is that sample or none has labels;
    a part is compared with the whole of it. `fitted`: these very labels went into the coefficients or the level.
    """

    sample: str
    rows: DataFrame
    scale: MasterScale
    thresholds: Thresholds
    development: "Case | None" = None
    fitted: bool = False
    part: Part | None = None

    @cached_property
    def y(self) -> NDArray[np.float64]:
        """Outcomes of the labelled applications, 1 = bad."""
        return self._labelled["y"].to_numpy(dtype=float)

    @cached_property
    def pd(self) -> NDArray[np.float64]:
        """PDs of the labelled applications, at the bad rate of the data."""
        return self._labelled["pd"].to_numpy(dtype=float)

    @cached_property
    def _labelled(self) -> DataFrame:
        return self.rows[self.rows["y"].notna()]

    def restricted_to(self, part: Part, inside: ArrayLike) -> "Case":
        """The part of this sample whose rows are `inside`, a boolean a row."""
        return replace(self, rows=self.rows[np.asarray(inside, dtype=bool)], part=part)

    def lacks_cases(self, key: str) -> str:
        """Why there are too few labelled cases by the threshold `key`, or an empty string."""
        n, limit = len(self.y), self.thresholds[key]
        if n and limit.judge(n) != "red":
            return ""
        what = self.part.kind if self.part else "sample"
        return f"the {what} has {n} labelled case{'s' * (n != 1)}, and at least {limit.amber:g} are asked for"


def cases_by_sample(
    scores: DataFrame, scale: MasterScale, thresholds: Thresholds, fitted: Collection[str] = ("development",)
) -> dict[str, Case]:
    """One case for each of development, test and out_of_time that has a label, in this order.

    `scores` has the columns of `Case.rows`, and sample. `fitted` names the samples that lent labels to the coefficients
    or to the level.

    >>> scores = DataFrame({"sample": "test", "y": [0, 1, None], "pd": [0.1, 0.2, 0.3], "pd_applied": [0.1, 0.2, 0.3]})
    >>> cases = cases_by_sample(scores, MasterScale(), Thresholds())
    >>> list(cases), len(cases["test"].rows), cases["test"].y.tolist()
    (['test'], 3, [0.0, 1.0])
    """
    cases: dict[str, Case] = {}
    for name in JUDGED:
        rows = scores[scores["sample"] == name]
        if rows["y"].notna().any():
            cases[name] = Case(name, rows, scale, thresholds, cases.get("development"), name in fitted)
    return cases
