"""How a policy treats the groups of every protected attribute of a study, attribute by attribute.

The formulas are in `fairness` and `proxies`; here they run over all attributes. A study without protected attributes
raises `NotEvaluated`, and the page says so.
"""

from dataclasses import dataclass
from functools import cached_property

import pandas
from pandas import DataFrame, Series

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation import fairness
from riskbench.validation.proxies import proxies

NO_ATTRIBUTES = "the study holds no protected attributes"
REFERENCE: fairness.Reference = "highest_rate"  # as 29 CFR 1607.4(D) compares


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
        """The table of `fairness.by_group` for every attribute, one below the other."""
        if self.groups.columns.empty:
            raise NotEvaluated(NO_ATTRIBUTES)
        tables = {
            str(name): fairness.by_group(self.y, self.approved, self.pd, self.groups[name], self.min_cell, REFERENCE)
            for name in self.groups
        }
        return pandas.concat(tables, names=["attribute"]).reset_index(level="attribute").reset_index(drop=True)


def approvals(treatment: Treatment) -> DataFrame:
    """Approval rate with interval, bad rate and mean PD by group."""
    return treatment.by_group[
        ["attribute", "group", "n", "approval_rate", "lower", "upper", "labelled", "bad_rate", "mean_pd"]
    ]


def ratios(treatment: Treatment) -> DataFrame:
    """Adverse impact ratio with interval of every group but the reference: columns label, value, lower, upper."""
    others = treatment.by_group[~treatment.by_group["reference"]]
    named = {"adverse_impact_ratio": "value", "ratio_lower": "lower", "ratio_upper": "upper"}
    table = others.rename(columns=named | {"lower": "rate_lower", "upper": "rate_upper"})
    label = table["attribute"].str.replace("_", " ") + ": " + table["group"]
    return table.assign(label=label)[["label", "value", "lower", "upper"]]


def errors(treatment: Treatment) -> DataFrame:
    """False-positive and false-negative rates with intervals by group, on labelled applications."""
    rates = [c for c in treatment.by_group if str(c).startswith(("false_positive", "false_negative"))]
    return treatment.by_group[["attribute", "group", "labelled", *rates]]


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
        missing = Estimate.missing(NO_ATTRIBUTES)
        return [CheckResult(f"groups.checks.{sample}", "Figures by protected attribute", missing)]
    return [
        check
        for name in treatment.groups
        for check in fairness.checks(
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
