"""How a policy treats the groups of every protected attribute of a study, attribute by attribute.

The formulas are in `fairness` and `proxies`; here they run over all attributes. A study without protected attributes
raises `NotEvaluated`, and the page says so.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas
from pandas import DataFrame, Series

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation.fairness import group_metrics
from riskbench.validation.fairness.proxies import proxies

NO_ATTRIBUTES = "the study holds no protected attributes"
REFERENCE: group_metrics.Reference = "highest_rate"  # as 29 CFR 1607.4(D) compares


@dataclass(frozen=True)
class Treatment:
    """Applications with what was decided on them: outcome, approval, PD, and one column of groups an attribute."""

    y: Series
    approved: Series
    pd: Series
    groups: DataFrame
    min_cell: int

    @cached_property
    def by_group(self) -> DataFrame:
        """The table of `group_metrics.by_group` for every attribute, one below the other."""
        if self.groups.columns.empty:
            raise NotEvaluated(NO_ATTRIBUTES)
        tables = {
            str(name): group_metrics.by_group(
                self.y, self.approved, self.pd, self.groups[name], self.min_cell, REFERENCE
            )
            for name in self.groups
        }
        return pandas.concat(tables, names=["attribute"]).reset_index(level="attribute").reset_index(drop=True)


def approvals(treatment: Treatment, enough: int) -> DataFrame:
    """Approval rate with interval, bad rate and mean PD by group; no bad rate under `enough` goods or bads."""
    table = treatment.by_group
    few = (table["bads"] < enough) | (table["labelled"] - table["bads"] < enough)
    table = table.assign(bad_rate=table["bad_rate"].mask(few))
    return table[["attribute", "group", "reference", "n", "approval_rate", "lower", "upper", "bad_rate", "mean_pd"]]


def rule(min_cell: int, enough: int) -> str:
    """What is not shown, as a sentence that stands under a table."""
    return (
        f"Groups of fewer than {min_cell} people are pooled, and left out if the pool is still smaller. Rates of "
        f"outcomes are shown for groups with at least {enough} good and {enough} bad outcomes."
    )


def ratios(treatment: Treatment) -> DataFrame:
    """Adverse impact ratio with interval of every group but the reference: columns label, value, lower, upper."""
    others = treatment.by_group[~treatment.by_group["reference"]]
    named = {"adverse_impact_ratio": "value", "ratio_lower": "lower", "ratio_upper": "upper"}
    table = others.rename(columns=named | {"lower": "rate_lower", "upper": "rate_upper"})
    label = table["attribute"].str.replace("_", " ") + ": " + table["group"]
    return table.assign(label=label)[["label", "value", "lower", "upper"]]


def errors(treatment: Treatment, enough: int) -> DataFrame:
    """False-positive and false-negative rates with intervals, for groups with `enough` goods and bads."""
    table = treatment.by_group
    rates = [c for c in table if str(c).startswith(("false_positive", "false_negative"))]
    many = (table["bads"] >= enough) & (table["labelled"] - table["bads"] >= enough)
    return table.loc[many, ["attribute", "group", "labelled", *rates]].reset_index(drop=True)


def lowest_ratio(treatment: Treatment) -> Estimate:
    """The lowest adverse impact ratio of any group of any attribute."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    table = ratios(treatment).dropna(subset="value")
    if table.empty:
        return Estimate.missing("no attribute has two groups that may be shown")
    worst = table.sort_values("value").iloc[0]
    lower, upper = (None if pandas.isna(worst[bound]) else float(worst[bound]) for bound in ("lower", "upper"))
    method = f"{worst['label']}, against the group with the highest rate"
    return Estimate(float(worst["value"]), lower, upper, level=0.95, n=len(treatment.y), method=method)


def checks(treatment: Treatment, sample: str, thresholds: Thresholds, *, seed: int = 0) -> list[CheckResult]:
    """The judged figures of every attribute; one that was not evaluated where there is none."""
    if treatment.groups.columns.empty:
        missing, limit = Estimate.missing(NO_ATTRIBUTES), thresholds["fairness.adverse_impact_ratio"]
        return [
            CheckResult(f"groups.adverse_impact_ratio.{sample}", "Smallest ratio of approval rates", missing, limit)
        ]
    return [
        check
        for name in treatment.groups
        for check in group_metrics.checks(
            str(name),
            sample,
            treatment.y,
            treatment.approved,
            treatment.pd,
            treatment.groups[name],
            thresholds,
            min_cell=treatment.min_cell,
            reference=REFERENCE,
            seed=seed,
        )
    ]


def strongest_proxies(treatment: Treatment, inputs: DataFrame, *, most: int = 3, seed: int = 0) -> DataFrame:
    """The `most` inputs that tell a group of each attribute best, one below the other."""
    if treatment.groups.columns.empty:
        raise NotEvaluated(NO_ATTRIBUTES)
    found = {
        str(name): proxies(inputs, treatment.groups[name], min_cell=treatment.min_cell, seed=seed).head(most)
        for name in treatment.groups
    }
    return pandas.concat(found, names=["attribute"]).reset_index(level="attribute").reset_index(drop=True)


def proxy_checks(found: DataFrame, sample: str, thresholds: Thresholds) -> list[CheckResult]:
    """`<attribute>.strongest_proxy.<sample>`: how well the card's most telling input gives a group away, judged.

    `found` is the table of `strongest_proxies`.
    """
    checks = []
    for row in found.drop_duplicates("attribute").to_dict("records"):
        bounds = [None if pandas.isna(row[name]) else float(row[name]) for name in ("lower", "upper")]
        estimate = Estimate(
            float(row["auc"]), bounds[0], bounds[1], level=0.95, n=int(row["n"]), method="AUC, held out"
        )
        name = str(row["attribute"])
        title = f"Input that tells best: {name.replace('_', ' ')} ({row['feature']} tells {row['group']})"
        dims = {"group": str(row["group"])}
        checks.append(
            CheckResult(
                f"{name}.strongest_proxy.{sample}", title, estimate, thresholds["fairness.proxy_auc"], dims=dims
            )
        )
    return checks


def strongest(treatment: Treatment, inputs: DataFrame, *, seed: int = 0) -> Estimate:
    """The AUC of the strongest proxy of any attribute."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    found = strongest_proxies(treatment, inputs, most=1, seed=seed)
    if found.empty:
        return Estimate.missing("no attribute has two groups that may be shown")
    worst = found.sort_values("auc").iloc[-1]
    return _auc(worst.to_dict())


def _auc(row: Mapping[Hashable, Any]) -> Estimate:
    """The AUC of one row of `proxies`; a perfect proxy has no interval."""
    lower, upper = (None if pandas.isna(row[name]) else float(row[name]) for name in ("lower", "upper"))
    method = f"{row['feature']} tells {row['group']}; learned on one half, judged on the other"
    return Estimate(float(row["auc"]), lower, upper, level=0.95, n=int(row["n"]), method=method)
