"""How a card and its policy treat the groups of every protected attribute, as the tables of a page show it.

The figures of the other files of this room, one attribute below the other. What is judged of them is in `checks.py`.
A study without protected attributes raises `NotEvaluated` where a table is asked for.
"""

from collections.abc import Callable, Iterable

import pandas
from pandas import DataFrame, Series

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.privacy.disclosure import withheld_parts
from riskbench.validation.fairness import contributions, cut_offs, observation, parity, proxies, terms
from riskbench.validation.fairness.adverse_impact import adverse_impact, with_holm
from riskbench.validation.fairness.calibration import calibration_by_group
from riskbench.validation.fairness.counts import GroupCounts
from riskbench.validation.fairness.group_metrics import rates_by_group
from riskbench.validation.fairness.treatment import NOTHING_TO_SHOW, RATIO, Treatment

NO_AMOUNTS, NO_PRICES = "the study holds no amounts", "the study has no column with the rate that was charged"


def parities(treatment: Treatment) -> DataFrame:
    """Three parities of each attribute as difference and ratio, with intervals, and who is furthest behind."""
    return treatment.by_attribute(lambda name, _: parity.parity_table(treatment.gaps[name])).drop(columns="of")


def comparisons(treatment: Treatment) -> DataFrame:
    """Every group against its reference: difference and ratio of approval rates, and p-values by Holm over all rows."""
    table = treatment.by_attribute(lambda name, _: adverse_impact(treatment.counts[name], treatment.reference_size))
    return with_holm(_labelled(table))


def crossed(treatment: Treatment) -> DataFrame:
    """`comparisons` of pairs of attributes, the lowest ratio first; intersections of few people are not compared."""
    table = treatment.by_attribute(
        lambda name, _: adverse_impact(treatment.counts[name], treatment.reference_size), treatment.pairs
    )
    table = table if table.empty else table[table["n"] >= treatment.enough]
    if table.empty:
        raise NotEvaluated(f"no two attributes have groups of {treatment.enough} people that may be shown together")
    return with_holm(_labelled(table)).sort_values("adverse_impact_ratio", kind="stable", ignore_index=True)


def ratios(treatment: Treatment, most: int = 10) -> DataFrame:
    """Adverse impact ratio of every group but the reference, then of the `most` intersections with the lowest."""
    try:
        pairs = crossed(treatment).head(most)
        pairs = pairs.assign(label=pairs["group"])
    except NotEvaluated:
        pairs = DataFrame()
    table = pandas.concat([_any(comparisons(treatment)), pairs], ignore_index=True)
    return table[["label", "n", *(f"adverse_impact_ratio{end}" for end in ("", "_lower", "_upper")), "p_holm"]]


def approvals(treatment: Treatment) -> DataFrame:
    """Approval rate of each group with its ratio to the reference, and p-values by Holm over all comparisons."""
    case = treatment.cases

    def of(name: str, group: Series) -> DataFrame:
        found = rates_by_group(group, case["y"], case["approved"])
        against = adverse_impact(treatment.counts[name], treatment.reference_size).drop(columns=["n", "approval_rate"])
        found.insert(1, "reference", found["group"] == treatment.reference(name))
        return found.merge(against, how="left", on="group")

    table = with_holm(treatment.by_attribute(of))
    order = ["attribute", "group", "reference", "n", "approval_rate", "approval_rate_lower", "approval_rate_upper"]
    order += [f"adverse_impact_ratio{end}" for end in ("", "_lower", "_upper")]
    return table[[*order, "p_holm"]]


def errors(treatment: Treatment) -> DataFrame:
    """Shares of goods and of bads approved, and precision, of each group with enough outcomes; with intervals."""
    case = treatment.cases

    def of(name: str, group: Series) -> DataFrame:
        found = rates_by_group(group, case["y"], case["approved"])
        columns = [c for c in found if str(c).startswith(("goods_approved", "bads_approved", "precision"))]
        return found.loc[treatment.outcomes[name].with_outcomes(treatment.enough), ["group", "labelled", *columns]]

    return _of_outcomes(treatment, of)


def calibration(treatment: Treatment) -> DataFrame:
    """Observed against expected bad rate of each group whose outcomes may be shown, and its calibration slope."""
    y, pd, enough = treatment.cases["y"], treatment.cases["pd"], treatment.enough
    return _labelled(_of_outcomes(treatment, lambda _, group: calibration_by_group(group, y, pd, enough)))


def crossed_outcomes(treatment: Treatment, most: int | None = None) -> DataFrame:
    """Error rates and calibration of intersections with enough outcomes, fewest goods approved first."""
    case, enough = treatment.cases, treatment.enough

    def of(name: str, group: Series) -> DataFrame:
        rates = rates_by_group(group, case["y"], case["approved"])
        pds = calibration_by_group(group, case["y"], case["pd"], enough)
        calibrated = pds[["group", *(c for c in pds if str(c).startswith("observed_to_expected"))]]
        columns = [c for c in rates if str(c).startswith(("goods_approved", "bads_approved"))]
        return rates[["group", "labelled", *columns]].merge(calibrated, on="group")

    found = treatment.by_attribute(of, treatment.told_pairs)
    if found.empty:
        raise NotEvaluated(f"no intersection that may be shown has {enough} good and {enough} bad outcomes")
    found = found.sort_values("goods_approved", kind="stable", ignore_index=True)
    return found if most is None else found.head(most)


def over_cut_offs(treatment: Treatment, at: Iterable[float] = cut_offs.RATES) -> DataFrame:
    """Adverse impact ratio and two parity differences at the approval rates `at`, with a band: one row each."""
    case, options = treatment.cases, {"replicates": treatment.replicates, "seed": treatment.seed}

    def figures(people: GroupCounts, outcomes: GroupCounts) -> dict[str, Estimate]:
        found = treatment.parities_of(people, outcomes, **options)
        both = (found[key] for key in ("demographic_parity", "equalised_odds"))
        differences = {f"{gap.kind.name}, difference": gap.parity.difference for gap in both}
        return {RATIO: found["demographic_parity"].parity.ratio} | differences

    def of(name: str, group: Series) -> DataFrame:
        return cut_offs.curves(case["score"], case["y"], [group, treatment.told[name]], figures, tuple(at))

    return treatment.by_attribute(of)


def amounts(treatment: Treatment) -> DataFrame:
    """What the approved of each group were granted and had asked for, and the ratio of means to the reference."""
    found = granted(treatment)
    asked = treatment.cases["requested"].where(treatment.cases["approved"].astype(bool))
    wanted = treatment.by_attribute(lambda _, group: asked.groupby(group.to_numpy()).mean().rename("x").reset_index())
    means = wanted.set_index(["attribute", "index"])["x"]
    found["mean_requested"] = [means[pair] for pair in zip(found["attribute"], found["group"], strict=True)]
    named = {"mean": "mean_granted", "median": "median_granted"} | _renamed("amount_ratio")
    order = [
        "attribute",
        "group",
        "n",
        "mean_requested",
        "mean_granted",
        "median_granted",
        *_renamed("amount_ratio").values(),
    ]
    return found.rename(columns=named)[order]


def prices(treatment: Treatment) -> DataFrame:
    """The rate that the approved of each group were charged, and the difference of means to the reference."""
    named = {"mean": "mean_rate", "median": "median_rate"} | _renamed("rate_difference")
    found = charged(treatment).rename(columns=named)
    return found[["attribute", "group", "n", "mean_rate", *_renamed("rate_difference").values()]]


def granted(treatment: Treatment) -> DataFrame:
    """`terms.terms_by_group` of amounts granted; `NotEvaluated` where the study holds none."""
    if "requested" not in treatment.cases or treatment.cases["requested"].isna().all():
        raise NotEvaluated(NO_AMOUNTS)
    return _terms(treatment, "granted", terms.ratio)


def charged(treatment: Treatment) -> DataFrame:
    """`terms.terms_by_group` of rates charged; `NotEvaluated` where the study holds none."""
    if "rate" not in treatment.cases or treatment.cases["rate"].isna().all():
        raise NotEvaluated(NO_PRICES)
    return _terms(treatment, "rate", terms.difference)


def known_outcomes(treatment: Treatment) -> DataFrame:
    """The share of each group whose outcomes are known, and bounds of its rates whatever the others would have done.

    Rates and bounds stand where outcomes may be shown. `NotEvaluated` where all are known.
    """
    case = treatment.cases
    if case["y"].notna().all():
        raise NotEvaluated("every outcome of the sample is known; who was never lent to is not in the data")

    def of(name: str, group: Series) -> DataFrame:
        found = observation.observation_by_group(group, case["y"], case["approved"])
        told = treatment.outcomes[name]
        enough = [n for n, is_so in zip(told.names, told.with_outcomes(treatment.enough), strict=True) if is_so]
        rates = [c for c in found if str(c).startswith(observation.RATES)]
        found.loc[~found["group"].isin(enough), rates] = float("nan")
        shares = [c for c in found if str(c).startswith("labelled_share")]
        found.loc[withheld_parts(treatment.counts[name].labelled, treatment.min_cell), shares] = float("nan")
        return found

    return treatment.by_attribute(of)


def telling_features(treatment: Treatment, most: int = 3) -> DataFrame:
    """How well all features together, and the `most` that do best alone, tell a group of each attribute."""

    def of(_: str, group: Series) -> DataFrame:
        alone = proxies.proxies(treatment.features, group, seed=treatment.seed, enough=treatment.enough).head(most)
        return pandas.concat(
            [proxies.joint_proxy(treatment.features, group, seed=treatment.seed, enough=treatment.enough), alone]
        )

    return _any(treatment.by_attribute(of))


def points_gaps(treatment: Treatment, most: int | None = None) -> DataFrame:
    """The features that move the mean score of each group most against the reference; all of them without `most`."""

    def of(name: str, group: Series) -> DataFrame:
        if not treatment.reference(name):
            return DataFrame(columns=contributions.COLUMNS)
        found = contributions.contributions(treatment.points, group, treatment.reference(name))
        return found.groupby("group", sort=False).head(most if most else len(treatment.points.columns))

    return _any(treatment.by_attribute(of))


def _of_outcomes(treatment: Treatment, table: Callable[[str, Series], DataFrame]) -> DataFrame:
    compared = [name for name in map(str, treatment.told) if len(treatment.outcomes[name].names) > 1]
    found = treatment.by_attribute(table, treatment.told[compared])
    if found.empty:
        raise NotEvaluated(f"no group has {treatment.enough} good and {treatment.enough} bad outcomes")
    return found


def _any(table: DataFrame) -> DataFrame:
    if table.empty:
        raise NotEvaluated(NOTHING_TO_SHOW)
    return table


def _terms(treatment: Treatment, column: str, compare: Callable[[terms.TwoMeans], Estimate]) -> DataFrame:
    case = treatment.cases
    values, few = case[column].where(case["approved"].astype(bool)), treatment.min_cell

    def of(name: str, group: Series) -> DataFrame:
        reference = treatment.reference(name)
        found = terms.terms_by_group(values, group, case["score"], reference, compare, treatment.enough, few)
        return found[~withheld_parts(found["n"], few)]

    return treatment.by_attribute(of)


def _renamed(to: str) -> dict[str, str]:
    ends = ("", "_lower", "_upper")
    return {f"compared{e}": f"{to}{e}" for e in ends} | {f"at_score{e}": f"{to}_at_score{e}" for e in ends}


def _labelled(table: DataFrame) -> DataFrame:
    label = table["attribute"].str.replace("_", " ") + ": " + table["group"].astype("str")
    return table.assign(label=label)
