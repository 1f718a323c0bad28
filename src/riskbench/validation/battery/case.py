"""What a check may look at: the applications of one sample with the PDs of one model, or of a part of that sample.

Rows are put in the order of the PD once, when cases are made: whatever ranks them later, in the sample or in a part of
it, meets numbers that are in order already. A check that needs more gets a column of `Case.rows`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale

JUDGED = ("development", "test", "out_of_time")  # a month of monitoring is judged on its own page, when it has matured
LABELS_AND_PDS = ["y", "pd", "pd_applied"]
ALSO = ["month", "amount", "pd_of_points"]  # where `scores` has them
NO_DEVELOPMENT = "there is no development sample to compare with"
T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """Which part of a sample: a grade, a segment, a group or a period; `key` names it in ids, `name` on pages."""

    kind: Literal["grade", "segment", "group", "month", "quarter"]
    key: str
    name: str

    @property
    def dims(self) -> dict[str, str]:
        """What evidence of the part is about; a quarter stands where a month would."""
        return {"month" if self.kind == "quarter" else self.kind: self.name}

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, eq=False)
class Case:
    """One sample under one model, or a part of it.

    `rows` holds one row an application with the columns y (1 = bad, 0 = good, missing without a label), pd (at the bad
    rate of the data, to be compared with labels) and pd_applied (what decisions and grades go by). There may be month
    ("2023-05"), amount (the exposure), pd_of_points (the PD that the whole points stand for) and `segments`, the names
    of the columns that divide the portfolio; a check that lacks one is not evaluated. `development` is the sample to
    compare with, None where this is that sample or none has labels; a part is compared with the whole of it. `fitted`:
    these very labels went into the coefficients or the level.
    """

    sample: str
    rows: DataFrame
    scale: MasterScale
    thresholds: Thresholds
    development: "Case | None" = None
    fitted: bool = False
    part: Part | None = None
    segments: tuple[str, ...] = ()
    _known: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def y(self) -> NDArray[np.float64]:
        """Outcomes of the labelled applications, 1 = bad."""
        return self.rows["y"].to_numpy(dtype=float)[self.labelled]

    @cached_property
    def pd(self) -> NDArray[np.float64]:
        """PDs of the labelled applications, at the bad rate of the data."""
        return self.rows["pd"].to_numpy(dtype=float)[self.labelled]

    @cached_property
    def labelled(self) -> NDArray[np.bool_]:
        """Whether each row has a label."""
        return self.rows["y"].notna().to_numpy()

    @cached_property
    def expected(self) -> float:
        """The mean PD of the labelled applications."""
        return float(self.pd.mean())

    def once(self, statistic: Callable[[NDArray[np.float64], NDArray[np.float64]], T]) -> T:
        """A statistic of labels and PDs, computed for the first check that asks and kept for the others."""
        if statistic not in self._known:
            self._known[statistic] = statistic(self.y, self.pd)
        known: T = self._known[statistic]
        return known

    def divided(self, division: "Callable[[Case], Iterable[Case]]") -> "list[Case]":
        """The parts of a division, made for the first check that asks and kept for the others."""
        if division not in self._known:
            self._known[division] = list(division(self))
        parts: list[Case] = self._known[division]
        return parts

    def restricted_to(self, part: Part, inside: ArrayLike) -> "Case":
        """The part of this sample whose rows are `inside`, a boolean a row: its labels and PDs, and no other column."""
        rows = self.rows.loc[np.asarray(inside, dtype=bool), LABELS_AND_PDS]
        return replace(self, rows=rows, part=part, segments=())

    def lacks_cases(self, key: str) -> str:
        """Why there are too few labelled cases by the threshold `key`, or an empty string."""
        return self._lacks(key, "labelled case", len(self.y))

    def lacks_classes(self, key: str) -> str:
        """Why there are too few bad or too few good cases by the threshold `key`, or an empty string."""
        bads = int(self.y.sum())
        return self._lacks(key, "bad case", bads) or self._lacks(key, "good case", len(self.y) - bads)

    def _lacks(self, key: str, what: str, n: int) -> str:
        limit = self.thresholds[key]
        if n and limit.judge(n) != "red":
            return ""
        whose = self.part.kind if self.part else "sample"
        return f"the {whose} has {n} {what}{'s' * (n != 1)}, and at least {limit.amber:g} are asked for"


def cases_by_sample(
    scores: DataFrame,
    scale: MasterScale,
    thresholds: Thresholds,
    fitted: Collection[str] = ("development",),
    segments: Sequence[str] = (),
    judge: str = "",
) -> dict[str, Case]:
    """One case for each of development, test and out_of_time that has a label, in this order.

    `scores` has the columns of `Case.rows`, and sample. `fitted` names the samples that lent labels to the coefficients
    or to the level; `judge` the sample that judges the card, which is a case even where it has no label. Raises
    ValueError for a segment that is no column of `scores`.

    >>> scores = DataFrame({"sample": "test", "y": [0, 1, None], "pd": [0.1, 0.2, 0.3], "pd_applied": [0.1, 0.2, 0.3]})
    >>> cases = cases_by_sample(scores, MasterScale(), Thresholds())
    >>> list(cases), len(cases["test"].rows), cases["test"].y.tolist()
    (['test'], 3, [0.0, 1.0])
    """
    if unknown := [name for name in segments if name not in scores]:
        raise ValueError(f"segments must be columns of scores, got {', '.join(unknown)}")
    columns = [*LABELS_AND_PDS, *(name for name in [*ALSO, *segments] if name in scores)]
    sample, labelled = scores["sample"].to_numpy(), scores["y"].notna().to_numpy()
    order = np.argsort(scores["pd"].to_numpy(dtype=float), kind="stable")
    cases: dict[str, Case] = {}
    for name in JUDGED:
        inside = sample == name
        if (inside & labelled).any() or name == judge:
            rows = scores[columns].take(order[inside[order]])
            cases[name] = Case(
                name,
                rows,
                scale,
                thresholds,
                cases.get("development"),
                name in fitted,
                segments=tuple(segments),
            )
    return cases
