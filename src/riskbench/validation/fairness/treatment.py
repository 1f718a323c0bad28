"""How a card and its policy treat the groups of every protected attribute of a study.

A study without protected attributes raises `NotEvaluated` where a table is asked for, and its checks are not evaluated.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas
from pandas import DataFrame, Series

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation.fairness import group_metrics, proxies

NO_ATTRIBUTES = "the study holds no protected attributes"
NOTHING_TO_SHOW = "no attribute has two groups that may be shown"
REFERENCE: group_metrics.Reference = "highest_rate"  # as 29 CFR 1607.4(D) compares


@dataclass(frozen=True, eq=False)
class Treatment:
    """What a fairness check may look at: the applications of one sample, what was decided on them, and on whom.

    Row by row: outcome (1 = bad, missing without a label), approval, PD, one column of groups an attribute, and the
    features of the card. `seed` is that of the intervals of error rates and of the halves that proxies are judged on.
    """

    sample: str
    y: Series
    approved: Series
    pd: Series
    groups: DataFrame
    features: DataFrame
    thresholds: Thresholds
    seed: int = 0

    @property
    def min_cell(self) -> int:
        """Fewer people than these are never shown as a group."""
        return int(self.thresholds["privacy.smallest_cell"].bound)

    @property
    def enough(self) -> int:
        """Rates of outcomes are shown for groups with as many goods and as many bads."""
        return int(self.thresholds[group_metrics.ENOUGH].bound)

    @property
    def small_print(self) -> str:
        """What is not shown, as a sentence that stands under a table."""
        return (
            f"Groups of fewer than {self.min_cell} people are pooled, and left out if the pool is still smaller. Rates "
            f"of outcomes are shown for groups with at least {self.enough} good and {self.enough} bad outcomes."
        )

    @cached_property
    def by_group(self) -> DataFrame:
        """The table of `group_metrics.by_group` for every attribute, one below the other."""
        return self._of_each(
            lambda group: group_metrics.by_group(self.y, self.approved, self.pd, group, self.min_cell, REFERENCE)
        )

    @cached_property
    def proxies(self) -> DataFrame:
        """The table of `proxies.proxies` for every attribute, one below the other."""
        return self._of_each(
            lambda group: proxies.proxies(self.features, group, min_cell=self.min_cell, seed=self.seed)
        )

    def _of_each(self, table: Callable[[Series], DataFrame]) -> DataFrame:
        if self.groups.columns.empty:
            raise NotEvaluated(NO_ATTRIBUTES)
        tables = {str(name): table(self.groups[name]) for name in self.groups}
        return pandas.concat(tables, names=["attribute"]).reset_index(level="attribute").reset_index(drop=True)


def approvals(treatment: Treatment) -> DataFrame:
    """Approval rate with interval, bad rate and mean PD by group; no bad rate without enough goods and bads."""
    table = treatment.by_group
    table = table.assign(bad_rate=table["bad_rate"].where(_enough(treatment)))
    return table[["attribute", "group", "reference", "n", "approval_rate", "lower", "upper", "bad_rate", "mean_pd"]]


def errors(treatment: Treatment) -> DataFrame:
    """False-positive and false-negative rates with intervals, for groups with enough goods and bads."""
    table = treatment.by_group
    rates = [c for c in table if str(c).startswith(("false_positive", "false_negative"))]
    return table.loc[_enough(treatment), ["attribute", "group", "labelled", *rates]].reset_index(drop=True)


def ratios(treatment: Treatment) -> DataFrame:
    """Adverse impact ratio with interval of every group but the reference: columns label, value, lower, upper."""
    others = treatment.by_group[~treatment.by_group["reference"]]
    named = {"adverse_impact_ratio": "value", "ratio_lower": "lower", "ratio_upper": "upper"}
    table = others.rename(columns=named | {"lower": "rate_lower", "upper": "rate_upper"})
    label = table["attribute"].str.replace("_", " ") + ": " + table["group"]
    return table.assign(label=label)[["label", "value", "lower", "upper"]]


def lowest_ratio(treatment: Treatment) -> Estimate:
    """The lowest adverse impact ratio of any group of any attribute."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    table = ratios(treatment).dropna(subset="value")
    if table.empty:
        return Estimate.missing(NOTHING_TO_SHOW)
    lowest = table.sort_values("value").iloc[0].to_dict()
    method = f"{lowest['label']}, against the group with the highest rate"
    return _estimate(lowest, "value", len(treatment.y), method)


def checks(treatment: Treatment) -> list[CheckResult]:
    """The table of `group_metrics.CHECKS` for every attribute; one check that was not evaluated where there is none."""
    if treatment.groups.columns.empty:
        first = group_metrics.CHECKS[0]
        missing, limit = Estimate.missing(NO_ATTRIBUTES), treatment.thresholds[first.threshold]
        return [CheckResult(f"groups.{first.name}.{treatment.sample}", first.title, missing, limit)]
    return [
        check
        for name in treatment.groups
        for check in group_metrics.checks(
            str(name),
            treatment.sample,
            treatment.y,
            treatment.approved,
            treatment.pd,
            treatment.groups[name],
            treatment.thresholds,
            min_cell=treatment.min_cell,
            reference=REFERENCE,
            seed=treatment.seed,
        )
    ]


def strongest_proxies(treatment: Treatment, most: int = 3) -> DataFrame:
    """The `most` features that tell a group of each attribute best, one attribute below the other."""
    return treatment.proxies.groupby("attribute", sort=False).head(most).reset_index(drop=True)


def proxy_checks(treatment: Treatment) -> list[CheckResult]:
    """`<attribute>.strongest_proxy.<sample>`: how well the card's most telling feature gives a group away, judged."""
    checks = []
    for row in strongest_proxies(treatment, most=1).to_dict("records"):
        name = str(row["attribute"])
        checks.append(
            CheckResult(
                f"{name}.strongest_proxy.{treatment.sample}",
                f"Feature that tells best: {name.replace('_', ' ')} ({row['feature']} tells {row['group']})",
                _estimate(row, "auc", int(row["n"]), "AUC, held out"),
                treatment.thresholds["fairness.proxy_auc"],
                dims={"group": str(row["group"])},
            )
        )
    return checks


def strongest_proxy(treatment: Treatment) -> Estimate:
    """The AUC of the strongest proxy of any attribute; a perfect proxy has no interval."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    found = strongest_proxies(treatment, most=1)
    if found.empty:
        return Estimate.missing(NOTHING_TO_SHOW)
    strongest = found.sort_values("auc").iloc[-1].to_dict()
    method = f"{strongest['feature']} tells {strongest['group']}; learned on one half, judged on the other"
    return _estimate(strongest, "auc", int(strongest["n"]), method)


def _enough(treatment: Treatment) -> Series:
    table = treatment.by_group
    return (table["bads"] >= treatment.enough) & (table["labelled"] - table["bads"] >= treatment.enough)


def _estimate(row: Mapping[Hashable, Any], value: str, n: int, method: str) -> Estimate:
    """The estimate in one row of a table, with its bounds where they are known."""
    lower, upper = (None if pandas.isna(row[bound]) else float(row[bound]) for bound in ("lower", "upper"))
    return Estimate(float(row[value]), lower, upper, level=0.95, n=n, method=method)
