"""What is judged of the treatment of groups: the table `CHECKS`, asked of every protected attribute of a study.

Each check is about the group that fares worst by it, which its title names. What concludes the page stands below.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from math import log
from typing import Any

import numpy as np
import pandas
from pandas import DataFrame

from riskbench import metrics
from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.validation.fairness import tables
from riskbench.validation.fairness.adverse_impact import adverse_impact, equal_rates
from riskbench.validation.fairness.counts import coded
from riskbench.validation.fairness.observation import bounds
from riskbench.validation.fairness.proxies import joint_proxy, proxies
from riskbench.validation.fairness.treatment import NO_ATTRIBUTES, NOTHING_TO_SHOW, Treatment

ALL_KNOWN = "every outcome of the sample is known"
AGAINST = ", against the group with the highest rate"
ONE_GROUP = "there is only one group large enough to be shown"


@dataclass(frozen=True)
class Worst:
    """A figure of one attribute, the group that fares worst by it, and what else its title says."""

    estimate: Estimate
    group: str = ""
    what: str = ""


@dataclass(frozen=True)
class FairnessCheck:
    """One judged figure of an attribute: its place in the id, its title, its limit (none: information), its formula.

    One `of_decisions` says nothing where all are decided alike: no group can then fare worse.
    """

    name: str
    title: str
    threshold: str | None
    worst: Callable[[Treatment, str], Worst]
    of_decisions: bool = False


def checks(treatment: Treatment) -> list[CheckResult]:
    """Every check of `CHECKS` for every attribute; ids read `<attribute>.<check>.<sample>`.

    The ratio of approval rates is also asked of the intersections of two attributes, as `intersections`. Where there is
    no attribute, the first check alone, not evaluated. An attribute of one group is not evaluated.
    """
    if treatment.groups.columns.empty:
        return [_result(treatment, "attributes", CHECKS[0], Worst(Estimate.missing(NO_ATTRIBUTES)))]
    found = [
        _result(treatment, str(name), check, _asked(treatment, str(name), check))
        for name in treatment.groups
        for check in CHECKS
    ]
    crossed = [_result(treatment, "intersections", CHECKS[0], _lowest_crossed(treatment))]
    return found + (crossed if len(treatment.groups.columns) > 1 else [])


def lowest_ratio(treatment: Treatment) -> Estimate:
    """The lowest adverse impact ratio of any group of any attribute."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    if treatment.alike:
        return Estimate.missing(treatment.alike, len(treatment.cases))
    table = tables.comparisons(treatment).dropna(subset="adverse_impact_ratio")
    if table.empty:
        return Estimate.missing(NOTHING_TO_SHOW)
    lowest = table.sort_values("adverse_impact_ratio", kind="stable").iloc[0].to_dict()
    method = f"{lowest['label']}{AGAINST}"
    return _estimate(lowest, "adverse_impact_ratio", len(treatment.cases), method)


def of_whom(e: Estimate) -> str:
    """Whom the most unlike figure is about, for the sentence that gives it; empty where it was not evaluated.

    >>> of_whom(Estimate(0.8, method="age band: under 25, against the group with the highest rate"))
    ', age band: under 25'
    """
    told = ": ".join(dict.fromkeys(e.method.partition("; ")[0].removesuffix(AGAINST).split(": ")))
    return f", {told}".replace("{", "{{").replace("}", "}}") if e.evaluated and told else ""


def significance(treatment: Treatment, level: float = 0.05) -> str:
    """How many comparisons with a reference are beyond chance when all are tested together, as a sentence.

    Attributes are one family of tests, their intersections another.
    """
    told = [_beyond_chance(tables.comparisons(treatment), "group", level)]
    try:
        told.append(_beyond_chance(tables.crossed(treatment), "intersection", level))
    except NotEvaluated as lack:
        told.append(f"of intersections none was tested: {lack}")
    return "; ".join(told) + f". Fisher's exact test, two-sided, by Holm's method at {100 * level:.0f} %."


def unexplained_points(treatment: Treatment) -> Estimate:
    """The largest distance between a gap in mean scores and the sum of the gaps of all features; 0 is a proof."""
    try:
        gaps_of_all = tables.points_gaps(treatment)
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))
    score, found = treatment.cases["score"], []
    for name, gaps in gaps_of_all.groupby("attribute"):
        means = score.groupby(treatment.shown[str(name)].to_numpy()).mean()
        summed = gaps.groupby("group")["points_gap"].sum()
        found.append((summed - (means - means[treatment.reference(str(name))])).abs().max())
    return Estimate(
        round(float(max(found)), 9), n=len(score), method="largest over groups, in points of the mean score"
    )


def strongest_proxy(treatment: Treatment) -> Estimate:
    """The AUC of the single feature that tells a group of any attribute best; a perfect proxy has no interval."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    found = [(name, _strongest_proxy(treatment, name)) for name in map(str, treatment.shown)]
    judged = [(worst.estimate.value, name, worst) for name, worst in found if worst.estimate.value is not None]
    if not judged:
        return Estimate.missing(NOTHING_TO_SHOW)
    *_, worst = max(judged, key=lambda of: of[0])
    return replace(worst.estimate, method=f"{worst.group} {worst.what}; {worst.estimate.method}")


def largest_gap(treatment: Treatment, key: str = "equal_opportunity") -> Estimate:
    """The largest difference of one parity of any attribute, with its interval."""
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    if treatment.alike:
        return Estimate.missing(treatment.alike, len(treatment.cases))
    found = {name: gaps[key].parity.difference for name, gaps in treatment.gaps.items()}
    name, e = max(found.items(), key=lambda of: -1.0 if of[1].value is None else of[1].value)
    return replace(e, method=f"{name.replace('_', ' ')}; {e.method}")


def bounded_opportunity(treatment: Treatment) -> Estimate:
    """The largest equal-opportunity difference of any attribute, its bounds whatever the unlabelled would have done.

    `lower` and `upper` are those bounds and no interval, so `level` is empty.
    """
    if treatment.groups.columns.empty:
        return Estimate.missing(NO_ATTRIBUTES)
    if treatment.cases["y"].notna().all():
        return Estimate.missing(ALL_KNOWN)
    found = []
    for name, counts in treatment.outcomes.items():
        if name not in treatment.told:
            continue
        known = counts.with_outcomes(treatment.enough)
        if known.sum() > 1:
            low, high = (b[known] for b in bounds(counts, counts.goods_approved, counts.goods))
            rate = counts.goods_approved[known] / counts.goods[known]
            least = max(0.0, float(low.max() - high.min()))
            most = max(float(high[i] - low[j]) for i in range(len(low)) for j in range(len(low)) if i != j)
            method = f"{name.replace('_', ' ')}; bounds over every outcome of the unlabelled (Manski 2003)"
            found.append(Estimate(float(np.ptp(rate)), least, most, n=int(counts.n.sum()), method=method))
    if not found:
        return Estimate.missing("no attribute has two groups whose outcomes may be shown")
    return max(found, key=lambda e: e.value or 0.0)


def _beyond_chance(table: DataFrame, what: str, level: float) -> str:
    beyond, family = int((table["p_holm"] < level).sum()), int(table["p_holm"].notna().sum())
    return f"{beyond} of {family} comparisons of {what}s with their reference are beyond chance"


def _asked(treatment: Treatment, attribute: str, check: FairnessCheck) -> Worst:
    if len(treatment.counts[attribute].names) < 2:
        return Worst(Estimate.missing(ONE_GROUP, int(treatment.counts[attribute].n.sum())))
    if check.of_decisions and (alike := treatment.alike):
        return Worst(Estimate.missing(alike, int(treatment.counts[attribute].n.sum())))
    try:
        return check.worst(treatment, attribute)
    except NotEvaluated as lack:
        return Worst(Estimate.missing(str(lack)))


def _result(treatment: Treatment, attribute: str, check: FairnessCheck, worst: Worst) -> CheckResult:
    named = [attribute.replace("_", " "), *filter(None, (worst.group, worst.what))]
    return CheckResult(
        f"{attribute}.{check.name}.{treatment.sample}",
        f"{check.title}: {', '.join(dict.fromkeys(named))}",  # a group may have the name of its attribute
        worst.estimate,
        treatment.thresholds[check.threshold] if check.threshold else None,
        dims={"group": worst.group} if worst.group else {},
    )


def _lowest_ratio(treatment: Treatment, attribute: str) -> Worst:
    counts = treatment.counts[attribute]
    table = adverse_impact(counts, treatment.reference_size)
    ratios = metrics.adverse_impact_ratio(counts.approved, counts.n, counts.reference(treatment.reference_size))
    if table["adverse_impact_ratio"].isna().all():
        return Worst(next(e for e in ratios if not e.evaluated))
    name = str(table.sort_values("adverse_impact_ratio", kind="stable")["group"].iloc[0])
    return Worst(ratios[counts.names.index(name)], name)


def _lowest_crossed(treatment: Treatment) -> Worst:
    """The intersection with the lowest ratio to the reference of its pair of attributes."""
    if treatment.alike:
        return Worst(Estimate.missing(treatment.alike, len(treatment.cases)))
    try:
        table = tables.crossed(treatment).dropna(subset="adverse_impact_ratio")
    except NotEvaluated as lack:
        return Worst(Estimate.missing(str(lack)))
    if table.empty:
        return Worst(Estimate.missing("nobody in the reference group is selected"))
    row = table.iloc[0].to_dict()
    method = f"{row['attribute']}: ratio of selection rates, the lowest of {len(table)}; MOVER-R interval"
    return Worst(_estimate(row, "adverse_impact_ratio", int(row["n"]), method), str(row["group"]))


def _equal_rates(treatment: Treatment, attribute: str) -> Worst:
    return Worst(equal_rates(treatment.counts[attribute]))


def _parity(key: str) -> Callable[[Treatment, str], Worst]:
    def asked(treatment: Treatment, attribute: str) -> Worst:
        gap = treatment.gaps[attribute][key]
        return Worst(gap.parity.difference, gap.group, gap.what if " and " in gap.kind.of else "")

    return asked


def _pd_difference(treatment: Treatment, attribute: str) -> Worst:
    names, code = coded(treatment.shown[attribute])
    kept, at = code >= 0, names.index(treatment.reference(attribute))
    found = metrics.standardised_mean_difference(treatment.cases["pd"].to_numpy(float)[kept], code[kept], at)
    return _without_sign([(name, e) for i, (name, e) in enumerate(zip(names, found, strict=True)) if i != at])


def _terms_difference(table: Callable[[Treatment], DataFrame]) -> Callable[[Treatment, str], Worst]:
    def asked(treatment: Treatment, attribute: str) -> Worst:
        found = table(treatment)
        rows = found[(found["attribute"] == attribute) & found["smd"].notna()].to_dict("records")
        method = "Δ mean / SD of both groups; Wald interval"
        return _without_sign([(str(row["group"]), _estimate(row, "smd", int(row["n"]), method)) for row in rows])

    return asked


def _calibration(treatment: Treatment, attribute: str) -> Worst:
    table = tables.calibration(treatment)
    rows = table[table["attribute"] == attribute]
    if rows.empty:
        reason = f"fewer than two groups have {treatment.enough} good and {treatment.enough} bad outcomes to be shown"
        return Worst(Estimate.missing(reason))
    row = max(rows.to_dict("records"), key=lambda r: abs(log(r["observed_to_expected"])))
    method = "observed over expected bad rate; Wilson interval of the observed"
    return Worst(_estimate(row, "observed_to_expected", int(row["labelled"]), method), str(row["group"]))


def _strongest_proxy(treatment: Treatment, attribute: str) -> Worst:
    return _telling(
        proxies(treatment.features, treatment.shown[attribute], seed=treatment.seed, enough=treatment.enough)
    )


def _joint_proxy(treatment: Treatment, attribute: str) -> Worst:
    found = _telling(
        joint_proxy(treatment.features, treatment.shown[attribute], seed=treatment.seed, enough=treatment.enough)
    )
    alone = _strongest_proxy(treatment, attribute)
    if (found.estimate.value or 1.0) < (alone.estimate.lower or 0.0):  # in truth all together tell no less
        reason = f"all together tell the group worse than {alone.what.removeprefix('by ')} alone: too few to learn from"
        return Worst(Estimate.missing(reason, found.estimate.n), found.group)
    return replace(found, what="")


def _telling(table: DataFrame) -> Worst:
    if table.empty:
        return Worst(Estimate.missing("no group has enough members in both halves, to learn and to judge on"))
    row = table.iloc[0].to_dict()
    estimate = _estimate(row, "auc", int(row["n"]), "AUC, learned on one half of the cases and judged on the other")
    return Worst(estimate, str(row["group"]), f"by {row['feature']}")


def _without_sign(found: list[tuple[str, Estimate]]) -> Worst:
    """The largest difference, whichever its sign, as a positive one."""
    if not any(e.evaluated for _, e in found):
        return Worst(found[0][1] if found else Estimate.missing("fewer than two groups have enough cases to compare"))
    name, e = max(found, key=lambda of: abs(of[1].value or 0.0))
    if e.value is not None and e.value < 0 and e.lower is not None and e.upper is not None:
        e = replace(e, value=-e.value, lower=-e.upper, upper=-e.lower)
    return Worst(e, name)


def _estimate(row: Mapping[Hashable, Any], value: str, n: int, method: str) -> Estimate:
    """The estimate in one row of a table, with its bounds where they are known."""
    own = (f"{value}_lower", f"{value}_upper")
    bounds_at = own if own[0] in row else ("lower", "upper")
    lower, upper = (None if pandas.isna(row[bound]) else float(row[bound]) for bound in bounds_at)
    return Estimate(float(row[value]), lower, upper, level=LEVEL, n=n, method=method)


CHECKS = (
    FairnessCheck(
        "adverse_impact_ratio",
        "Lowest adverse impact ratio",
        "fairness.adverse_impact_ratio",
        _lowest_ratio,
        of_decisions=True,
    ),
    FairnessCheck("equal_approval", "χ² of equal approval rates", None, _equal_rates),
    FairnessCheck(
        "equal_opportunity_difference",
        "Largest equal-opportunity difference (goods approved)",
        "fairness.error_rate_difference",
        _parity("equal_opportunity"),
        of_decisions=True,
    ),
    FairnessCheck(
        "equalised_odds_difference",
        "Largest difference of error rates",
        "fairness.error_rate_difference",
        _parity("equalised_odds"),
        of_decisions=True,
    ),
    FairnessCheck(
        "observed_to_expected", "Bad rate over mean PD, furthest from 1", "fairness.observed_to_expected", _calibration
    ),
    FairnessCheck(
        "standardised_mean_difference",
        "Largest standardised difference of mean PD",
        "fairness.standardised_mean_difference",
        _pd_difference,
    ),
    FairnessCheck(
        "amount_difference",
        "Largest standardised difference of the amount granted",
        "fairness.standardised_mean_difference",
        _terms_difference(tables.granted),
    ),
    FairnessCheck(
        "rate_difference",
        "Largest standardised difference of the rate charged",
        "fairness.standardised_mean_difference",
        _terms_difference(tables.charged),
    ),
    FairnessCheck("strongest_proxy", "AUC by which one feature tells a group", "fairness.proxy_auc", _strongest_proxy),
    FairnessCheck("joint_proxy", "AUC by which all features tell a group", "fairness.joint_proxy_auc", _joint_proxy),
)
