"""What a fairness check may look at: a `Treatment`, its groups and pairs of groups, and what may be shown of them.

A study without protected attributes raises `NotEvaluated` where its groups are asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import pandas
from pandas import DataFrame, Series

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.intervals import require_resamples
from riskbench.validation.fairness import parity
from riskbench.validation.fairness.counts import GroupCounts, count
from riskbench.validation.fairness.groups import (
    intersections,
    outcome_groups,
    outcome_intersections,
    shown_groups,
)

NO_ATTRIBUTES = "the study holds no protected attributes"
NOTHING_TO_SHOW = "no attribute has two groups that may be shown"
NO_AMOUNTS, NO_PRICES = "the study holds no amounts", "the study has no column with the rate that was charged"
LIMITS = ("adverse_impact_ratio", "error_rate_difference")
RATIO = "adverse impact ratio"
REQUIRED = ("y", "approved", "pd", "score")


@dataclass(frozen=True, eq=False)
class Treatment:
    """What a fairness check may look at: the applications of one sample, what was decided on them, and on whom.

    Row by row: `cases` holds y (1 = bad, missing without a label), approved, pd and score, and where the study has them
    granted (the amount, of the approved), requested and rate (charged); `groups` one column an attribute; `features`
    and `points` one column a feature of the card. `replicates` and `seed` are those of resampled intervals; the seed
    also draws the halves that proxies are learned and judged on. Raises ValueError where columns or rows are missing.
    """

    sample: str
    cases: DataFrame
    groups: DataFrame
    features: DataFrame
    points: DataFrame
    thresholds: Thresholds
    seed: int = 0
    replicates: int = 2000

    def __post_init__(self) -> None:
        require_resamples(self.replicates)
        if lacking := [name for name in REQUIRED if name not in self.cases]:
            raise ValueError(f"cases need the columns {', '.join(REQUIRED)}, and lack {', '.join(lacking)}")
        sizes = {name: len(getattr(self, name)) for name in ("cases", "groups", "features", "points")}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"tables must have the same rows, got {', '.join(f'{k} {v}' for k, v in sizes.items())}")

    @property
    def min_cell(self) -> int:
        """Fewer people than these are never shown as a group."""
        return int(self.thresholds["privacy.smallest_cell"].bound)

    @property
    def enough(self) -> int:
        """A rate counts where it rests on as many people, a rate of outcomes on as many goods and as many bads."""
        return int(self.thresholds["fairness.group_cases"].bound)

    @property
    def reference_size(self) -> int:
        """A reference has as many people: enough of them, and the share of all that the threshold asks for."""
        return max(self.enough, ceil(self.thresholds["fairness.reference_share"].bound * len(self.cases)))

    @property
    def alike(self) -> str:
        """Why decisions cannot be compared: all are alike. Empty where they are not."""
        approved = self.cases["approved"].astype(bool)
        return "" if approved.nunique() > 1 else f"{'everybody' if approved.any() else 'nobody'} is approved"

    @property
    def small_print(self) -> str:
        """What is not shown, as a sentence that stands under a table."""
        return (
            f"Groups of fewer than {self.min_cell} people are pooled, if need be with the next smallest; groups of "
            f"fewer than {self.enough} take no part in a parity. A reference has {self.reference_size} people or more."
        )

    @property
    def outcomes_print(self) -> str:
        """Whose outcomes are not shown."""
        return (
            f"Shown are groups with at least {self.enough} good and {self.enough} bad outcomes. A group with a few of "
            f"either kind, but fewer than {self.min_cell}, joins the next smallest group; an attribute that is left "
            "with one group is left out."
        )

    @property
    def terms_print(self) -> str:
        """Whose terms are not shown or compared."""
        return (
            f"A group is compared from {self.enough} approved people on, and a band of the score counts where it holds "
            f"{self.min_cell} of the group and of the reference; groups of fewer than {self.min_cell} are left out."
        )

    @property
    def lines(self) -> dict[str, float]:
        """Where the limits lie in the panels of `over_cut_offs`."""
        ratio, odds = (self.thresholds[f"fairness.{name}"].bound for name in LIMITS)
        return {RATIO: ratio, "equalised odds, difference": odds}

    @property
    def benchmark(self) -> tuple[str, float]:
        """The limit of the adverse impact ratio with its name, which says what it is not."""
        limit = self.thresholds[f"fairness.{LIMITS[0]}"].bound
        return f"{limit:.2f}, employment benchmark", limit

    @property
    def pairs_print(self) -> str:
        """What is not shown of pairs of attributes."""
        return (
            f"Intersections of fewer than {self.min_cell} people are left out, and so are others from which, with all "
            f"that is shown, their number would follow; those of fewer than {self.enough} people are not compared."
        )

    @cached_property
    def shown(self) -> DataFrame:
        """The groups of each attribute as they may be shown; empty text where nobody may be."""
        if self.groups.columns.empty:
            raise NotEvaluated(NO_ATTRIBUTES)
        return DataFrame({str(name): shown_groups(self.groups[name], self.min_cell) for name in self.groups})

    @cached_property
    def pairs(self) -> DataFrame:
        """The groups of each pair of attributes, likewise."""
        return intersections(self.shown, self.min_cell)

    @cached_property
    def counts(self) -> dict[str, GroupCounts]:
        """Counts of the groups of each attribute and of each pair."""
        return self._counted(pandas.concat([self.shown, self.pairs], axis=1))

    @cached_property
    def told(self) -> DataFrame:
        """The groups of each attribute as their outcomes may be shown: joined where one has few goods or bads."""
        y = self.cases["y"]
        return DataFrame({name: outcome_groups(self.shown[name], y, self.min_cell) for name in self.shown})

    @cached_property
    def told_pairs(self) -> DataFrame:
        """The groups of each pair of attributes whose outcomes may be shown."""
        return outcome_intersections(self.told, self.cases["y"], self.min_cell)

    @cached_property
    def outcomes(self) -> dict[str, GroupCounts]:
        """Counts of the groups of `told` and of `told_pairs`, by attribute and pair."""
        return self._counted(pandas.concat([self.told, self.told_pairs], axis=1))

    @cached_property
    def gaps(self) -> dict[str, dict[str, parity.Gap]]:
        """The parities of each attribute, by attribute and key; those of outcomes are of groups as `told`."""
        return {
            name: self.parities_of(self.counts[name], self.outcomes[name], replicates=self.replicates, seed=self.seed)
            for name in map(str, self.shown)
        }

    def parities_of(self, people: GroupCounts, outcomes: GroupCounts, **draw: int) -> dict[str, parity.Gap]:
        """The parities by key: of approval from all people, of good and bad loans from groups whose outcomes are told.

        Asked of the groups that are shown, the number of goods of a group that is not told would follow from n, or from
        the rates that a difference is made of.
        """
        approval = parity.gaps(people, self.enough, only=["demographic_parity"], **draw)
        return approval | parity.gaps(outcomes, self.enough, only=["equal_opportunity", "equalised_odds"], **draw)

    def reference(self, attribute: str) -> str:
        """The group that the others of an attribute are compared with; empty text where nobody may be shown."""
        counts = self.counts[attribute]
        return counts.names[counts.reference(self.reference_size)] if counts.names else ""

    def _counted(self, groups: DataFrame) -> dict[str, GroupCounts]:
        y, approved = self.cases["y"], self.cases["approved"]
        return {str(name): count(groups[name], y, approved) for name in groups}

    def by_attribute(self, table: Callable[[str, Series], DataFrame], of: DataFrame | None = None) -> DataFrame:
        """A table of each attribute's groups (`shown`, unless others are given), one below the other under its name."""
        groups = self.shown if of is None else of
        tables = {str(name): table(str(name), groups[name]) for name in groups}
        if not tables:
            return DataFrame({"attribute": Series(dtype="str"), "group": Series(dtype="str")})
        stacked = pandas.concat(tables, names=["attribute"]).reset_index(level="attribute")
        return stacked.reset_index(drop=True)
