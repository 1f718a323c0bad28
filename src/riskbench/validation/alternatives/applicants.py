"""Who is compared: the applications of the two samples, their groups, and what the policy approves.

Cards are sought on the development sample and judged on the holdout. A group is compared where both hold enough of it;
the lines `fairness.group_cases` and `alternatives.group_share` say how many are enough. Smaller groups are in every
figure of all applications and in none of groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.data.applications import amounts
from riskbench.data.oversampling import outcome_weights
from riskbench.data.study import Study
from riskbench.metrics.arguments import Bools, Floats, lacks_a_class
from riskbench.validation.fairness.groups import shown_groups

DEVELOPMENT = "development"
Integers = NDArray[np.int64]
NO_ATTRIBUTES = "the study holds no protected attributes"


def exposures(study: Study, applications: pd.DataFrame) -> pd.Series:
    """The amount asked for by application; 1 each where the study has none."""
    try:
        return amounts(study, applications)
    except NotEvaluated:
        return pd.Series(1.0, index=applications.index)


@dataclass(frozen=True)
class Stakes:
    """What an approved loan earns and loses per unit lent: `net_margin` when it is repaid, `lgd` when it turns bad."""

    net_margin: float
    lgd: float


@dataclass(frozen=True, eq=False)
class Judged:
    """One sample as every card is measured on it, row by row; `rows` marks its applications among all.

    `y` is 1 = bad, 0 = good, NaN without a label; `share` is what the policy approves; `groups` holds by attribute a
    number for each of `names`, −1 where a row belongs to no group that is compared; `customer` numbers the customers.
    """

    name: str
    rows: Bools
    y: Floats
    share: float
    names: Mapping[str, list[str]]
    groups: Mapping[str, Integers]
    customer: Integers
    amount: Floats
    weight: Floats
    stakes: Stakes


@dataclass(frozen=True, eq=False)
class Applicants:
    """All applications of a run: columns customer, sample, y (1 = bad) and amount (1 each where there is none).

    `groups` has one column an attribute and `approved` what the policy does; both in the order of `applications`.
    `shift` is that of `riskbench.data.oversampling`.
    """

    applications: pd.DataFrame
    groups: pd.DataFrame
    approved: pd.Series
    holdout: str
    stakes: Stakes
    thresholds: Thresholds
    shift: float = 0.0

    @cached_property
    def compared(self) -> dict[str, list[str]]:
        """By attribute the groups that are compared, at least two; other attributes are left out."""
        large = {str(name): self._large(str(name)) for name in self.groups}
        return {name: found for name, found in large.items() if len(found) > 1}

    @property
    def limits_told(self) -> str:
        """Which groups are compared, as a sentence that stands under a table."""
        return f"Groups are compared that have {self._limits} in both samples."

    def why_not(self, attribute: str = "") -> str:
        """Why nothing can be compared, or not by this attribute; empty where it can."""
        if self.groups.columns.empty:
            return NO_ATTRIBUTES
        if not self.compared or (attribute and attribute not in self.compared):
            of = f"of {attribute.replace('_', ' ')} " if attribute else ""
            return f"fewer than two groups {of}have {self._limits} in both samples"
        for sample in (DEVELOPMENT, self.holdout):
            rows = self._of(sample)
            approved, y = self.approved.to_numpy(bool)[rows], self.applications["y"].to_numpy(float)[rows]
            if approved.all() or not approved.any():
                who = "everybody" if approved.any() else "nobody"
                of = sample.replace("_", "-")
                return f"the policy approves {who} of the {of} sample, so every card treats all alike"
            if reason := lacks_a_class(y[~np.isnan(y)] == 1):
                return reason
        return ""

    def judged(self, sample: str) -> Judged:
        """One sample, development or the holdout, with the groups that are compared."""
        rows = self._of(sample)
        table = self.applications[rows]
        y = table["y"].to_numpy(float)
        codes = {
            name: pd.Index(found).get_indexer(pd.Index(self._names(name, rows)))
            for name, found in self.compared.items()
        }
        return Judged(
            name=sample,
            rows=rows,
            y=y,
            share=float(self.approved.to_numpy(bool)[rows].mean()),
            names=self.compared,
            groups=codes,
            customer=pd.factorize(table["customer"])[0],
            amount=table["amount"].to_numpy(float),
            weight=outcome_weights(y, self.shift),
            stakes=self.stakes,
        )

    @property
    def _limits(self) -> str:
        cases, share = (self.thresholds[key].bound for key in ("fairness.group_cases", "alternatives.group_share"))
        return f"at least {cases:.0f} applications and {share:.0%} of all"

    def _of(self, sample: str) -> Bools:
        return self.applications["sample"].eq(sample).to_numpy()

    def _names(self, attribute: str, rows: Bools) -> pd.Series:
        """Shown groups of these rows, pooled over both samples: a group is called alike in either."""
        both = self._of(DEVELOPMENT) | self._of(self.holdout)
        smallest = int(self.thresholds["privacy.smallest_cell"].bound)
        return shown_groups(self.groups.loc[both, attribute], smallest).astype(str)[rows[both]]

    def _large(self, attribute: str) -> list[str]:
        cases, share = (self.thresholds[key].bound for key in ("fairness.group_cases", "alternatives.group_share"))
        found = []
        for sample in (DEVELOPMENT, self.holdout):
            names = self._names(attribute, self._of(sample))
            sizes = names[names != ""].value_counts()
            found.append(set(sizes.index[(sizes >= cases) & (sizes >= share * len(names))]))
        return sorted(set.intersection(*found))
