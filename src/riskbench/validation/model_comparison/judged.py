"""The cases that champion and challengers are judged on: labels, PDs of all models, weights, and what each loan earned.

What a loan earned is what the study's economics say of its outcome: a good one its margin, a bad one its loss. Only
loans with a label count, so those that an earlier policy declined are not among them.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from riskbench.core.errors import DataError, NotEvaluated
from riskbench.data import oversampling
from riskbench.data.applications import amounts
from riskbench.data.samples import labelled
from riskbench.data.study import Study
from riskbench.data.study.sections import Sample
from riskbench.scorecard.challengers.families import FAMILIES

CHAMPION = "champion"
Floats = NDArray[np.float64]


class Lending(Protocol):
    """What a loan is expected to bring, as the economics of a policy say."""

    def expected_profit(self, pd: ArrayLike, lent: ArrayLike) -> Floats:
        """Profit by loan, in the currency of `lent`."""


@dataclass(frozen=True)
class Judged:
    """Cases of one sample, all of one length.

    `y`: 1 = bad. `pds`: the column champion and one a challenger, at the bad rate of the data. `weight`: what a case
    counts for, so that the bad rate is the population's. `earned`: what a loan brought if it was approved, in the
    study's currency; None where that is not known, and `lack` says why.
    """

    y: Floats
    pds: DataFrame
    weight: Floats
    earned: Floats | None
    lack: str = ""

    @property
    def measured(self) -> str:
        """The gain that `equal_approval` can measure: that of profit, or where amounts lack that of bads avoided."""
        return "bad_rate_gain" if self.earned is None else "profit_gain"

    @property
    def challengers(self) -> list[str]:
        """All models but the champion."""
        return [str(name) for name in self.pds if name != CHAMPION]


def title_of(name: str) -> str:
    """A challenger as a sentence names it: "additive boosting" for additive, a name of no family as it is.

    >>> title_of("svm"), title_of("my_own")
    ('support vector machine', 'my own')
    """
    return FAMILIES[name].title.lower() if name in FAMILIES else name.replace("_", " ")


def judge(study: Study, applications: DataFrame, pds: DataFrame, lending: Lending, sample: Sample) -> Judged:
    """The labelled applications of `sample`; the tables have the same rows in the same order.

    `applications` has sample, y and what the study records of amounts. An outcome is put in the place of the PD, 1 for
    bad and 0 for good, so that `lending` says what a loan brought. Raises DataError where no application is labelled.
    """
    rows = labelled(applications, sample)
    if not rows.any():
        raise DataError(f"no application of the sample {sample} has a label, so no model can be judged", column="y")
    y = applications.loc[rows, "y"].to_numpy(float)
    weight = oversampling.outcome_weights(y, oversampling.shift(study, applications))
    earned, lack = None, ""
    try:
        asked = amounts(study, applications)[rows].to_numpy(float)
    except NotEvaluated as reason:
        lack = str(reason)
    else:
        unknown = int((~(asked > 0)).sum())
        lack = f"{unknown} of {len(asked)} amounts are missing or not above 0" if unknown else ""
        earned = None if lack else lending.expected_profit(y, asked)
    return Judged(y, pds[rows.to_numpy()], weight, earned, lack)
