"""How groups fare under a model and its decisions. The one door to Fairlearn.

Words: a case is *declined* or approved; a false positive is a good customer declined, a false negative a bad one
approved. Error rates are read on labelled cases only (`y` may be NaN elsewhere), so they say nothing about applicants
who were never lent to. Point values are Fairlearn's, per group; intervals come from the counts of each group, since
resampling the rows takes Fairlearn about a second a replicate.

Groups of few are pooled or left out of every figure, as `groups.py` says. What is judged stands in the table `CHECKS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from riskbench import metrics
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import flags, labels, probabilities
from riskbench.validation.fairness.groups import shown_groups

ENOUGH = "fairness.group_cases"
ONE_GROUP = "there is only one group large enough to be shown"

Reference = Literal["largest", "highest_rate"]


@dataclass(frozen=True)
class _Groups:
    """The cases of groups that may be shown. `code` indexes `names`; `bad` is NaN where the label is not known.

    Error rates are judged of groups with `enough` goods and bads; `seed` is that of their interval.
    """

    names: list[str]
    code: NDArray[np.int64]
    bad: NDArray[np.float64]
    approved: NDArray[np.bool_]
    pd: NDArray[np.float64]
    rule: Reference
    enough: int = 0
    seed: int = 0

    def count(self, condition: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many cases of each group satisfy the condition."""
        return np.bincount(self.code[condition], minlength=len(self.names))

    @cached_property
    def n(self) -> NDArray[np.int64]:
        """How many cases each group has."""
        return self.count(np.ones_like(self.approved))

    @cached_property
    def reference(self) -> int:
        """The group that others are compared with; among equals the first by name."""
        return int(np.argmax(self.n if self.rule == "largest" else self.count(self.approved) / self.n))


@dataclass(frozen=True)
class _Worst:
    """A figure over all groups, the group that fares worst by it, and of several kinds of error the one it is about."""

    estimate: Estimate
    group: str = ""
    kind: str = ""


@dataclass(frozen=True)
class GroupCheck:
    """One judged figure over the groups of an attribute: its place in the id, its title, its limit, its formula."""

    name: str
    title: str
    threshold: str
    worst: Callable[[_Groups], _Worst]


def by_group(
    y: ArrayLike, approved: ArrayLike, pd: ArrayLike, group: ArrayLike, min_cell: int, reference: Reference = "largest"
) -> DataFrame:
    """One row a group, by name: sizes, approval, adverse impact, outcomes and error rates, with 95 % intervals.

    Columns: group, reference (whether the others are compared with it), n, approval_rate, lower, upper (Wilson),
    adverse_impact_ratio, ratio_lower, ratio_upper, labelled, bads, bad_rate, false_positive_rate, false_positive_lower,
    false_positive_upper, false_negative_rate, false_negative_lower, false_negative_upper, mean_pd. Missing where a
    group has no case to count. No row at all when no group may be shown.
    """
    cases = _shown(y, approved, pd, group, min_cell, reference)
    known = ~np.isnan(cases.bad)
    good, bad = cases.bad == 0, cases.bad == 1
    n, labelled, bads = cases.n, cases.count(known), cases.count(bad)
    table = DataFrame({"group": Series(cases.names, dtype="str"), "reference": False, "n": n})
    if not cases.names:
        return table
    table["reference"] = np.arange(len(n)) == cases.reference
    points = _fairlearn(cases, known)
    chosen = cases.count(cases.approved)
    ratios = metrics.adverse_impact_ratio(chosen, n, cases.reference)
    _add(table, ("approval_rate", "lower", "upper"), _wilsons(chosen, n), points["approval_rate"])
    _add(table, ("adverse_impact_ratio", "ratio_lower", "ratio_upper"), ratios)
    table["labelled"], table["bads"] = labelled, bads
    table["bad_rate"] = np.divide(bads, labelled, out=np.full(len(n), np.nan), where=labelled > 0)
    for name, part, whole in (("positive", good & ~cases.approved, good), ("negative", bad & cases.approved, bad)):
        columns = (f"false_{name}_rate", f"false_{name}_lower", f"false_{name}_upper")
        _add(table, columns, _wilsons(cases.count(part), cases.count(whole)), points[columns[0]])
    table["mean_pd"] = points["mean_pd"]
    return table


def checks(
    attribute: str,
    sample: str,
    y: ArrayLike,
    approved: ArrayLike,
    pd: ArrayLike,
    group: ArrayLike,
    thresholds: Thresholds,
    *,
    min_cell: int,
    reference: Reference = "largest",
    seed: int = 0,
) -> list[CheckResult]:
    """The judged figures of one protected attribute; the group named is the one that fares worst.

    `<attribute>.adverse_impact_ratio.<sample>`: the smallest ratio of approval rates against the reference group.
    `<attribute>.equalised_odds_difference.<sample>`: the larger spread of error rates over groups, on labelled cases.
    `<attribute>.standardised_mean_difference.<sample>`: the largest difference of mean PD against the reference group,
    in standard deviations, whichever its sign.
    """
    shown = _shown(y, approved, pd, group, min_cell, reference)
    cases = replace(shown, enough=int(thresholds[ENOUGH].bound), seed=seed)
    results = []
    for check in CHECKS:
        alone = _Worst(Estimate.missing(ONE_GROUP, len(cases.code)))
        worst = check.worst(cases) if len(cases.names) > 1 else alone
        named = [attribute.replace("_", " "), *filter(None, (worst.group, worst.kind))]
        results.append(
            CheckResult(
                f"{attribute}.{check.name}.{sample}",
                f"{check.title}: {', '.join(named)}",
                worst.estimate,
                thresholds[check.threshold],
                dims={"group": worst.group} if worst.group else {},
            )
        )
    return results


def _shown(
    y: ArrayLike, approved: ArrayLike, pd: ArrayLike, group: ArrayLike, min_cell: int, rule: Reference
) -> _Groups:
    bad, risk, chosen = np.asarray(y, dtype=float), probabilities(pd), flags(approved, "approved", "approved")
    labels(bad[~np.isnan(bad)])
    names = shown_groups(group, min_cell)
    sizes = {"y": len(bad), "approved": len(chosen), "pd": len(risk), "group": len(names)}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"columns must have the same length, got {', '.join(f'{k} {v}' for k, v in sizes.items())}")
    kept = (names != "").to_numpy()
    found, code = np.unique(names[kept].to_numpy(dtype=object).astype(str), return_inverse=True)
    return _Groups(found.tolist(), code, bad[kept], chosen[kept], risk[kept], rule)


def _fairlearn(cases: _Groups, known: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """Fairlearn's point values, in the order of the group names; NaN where a group has no case to count."""
    from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate, mean_prediction, selection_rate

    def frame(functions: dict[str, Callable], truth: NDArray, prediction: NDArray, rows: NDArray) -> DataFrame:
        if not rows.any():
            return DataFrame(np.nan, index=range(len(cases.names)), columns=list(functions))
        result = MetricFrame(
            metrics=functions, y_true=truth[rows], y_pred=prediction[rows], sensitive_features=cases.code[rows]
        )
        return result.by_group.reindex(range(len(cases.names)))

    everyone = np.ones_like(known)
    nothing = np.zeros(len(known))  # approval and mean PD are asked of the prediction alone
    errors = frame(
        {"false_positive_rate": false_positive_rate, "false_negative_rate": false_negative_rate},
        cases.bad,
        (~cases.approved).astype(int),
        known,
    )
    values = {
        "approval_rate": frame({"x": selection_rate}, nothing, cases.approved.astype(int), everyone)["x"],
        "mean_pd": frame({"x": mean_prediction}, nothing, cases.pd, everyone)["x"],
        # Fairlearn calls a rate of nothing 0
        "false_positive_rate": errors["false_positive_rate"].where(cases.count(cases.bad == 0) > 0),
        "false_negative_rate": errors["false_negative_rate"].where(cases.count(cases.bad == 1) > 0),
    }
    return {name: column.to_numpy(dtype=float) for name, column in values.items()}


def _wilsons(part: NDArray, whole: NDArray) -> list[Estimate]:
    return [metrics.wilson(p, n) for p, n in zip(part, whole, strict=True)]


def _add(
    table: DataFrame, columns: tuple[str, str, str], estimates: list[Estimate], points: NDArray | None = None
) -> None:
    value, lower, upper = columns
    table[value] = np.array([e.value for e in estimates], dtype=float) if points is None else points
    table[lower] = np.array([e.lower for e in estimates], dtype=float)
    table[upper] = np.array([e.upper for e in estimates], dtype=float)


def _smallest_ratio(cases: _Groups) -> _Worst:
    ratios = metrics.adverse_impact_ratio(cases.count(cases.approved), cases.n, cases.reference)
    others = [i for i in range(len(ratios)) if i != cases.reference]
    worst = min(others, key=lambda i: (ratios[i].value is None, ratios[i].value or 0.0))
    return _Worst(ratios[worst], cases.names[worst] if ratios[worst].evaluated else "")


def _largest_difference(cases: _Groups) -> _Worst:
    differences = metrics.standardised_mean_difference(cases.pd, cases.code, cases.reference)
    others = [i for i in range(len(differences)) if i != cases.reference]
    worst = max(others, key=lambda i: abs(differences[i].value or 0.0))
    e = differences[worst]
    if e.value is None:
        return _Worst(e)
    if e.value < 0 and e.lower is not None and e.upper is not None:
        e = replace(e, value=-e.value, lower=-e.upper, upper=-e.lower)
    return _Worst(e, cases.names[worst])


def _equalised_odds(cases: _Groups) -> _Worst:
    """The difference over the groups with enough bads and goods; a rate over fewer says nothing."""
    bad, good = cases.bad == 1, cases.bad == 0
    known = (cases.count(bad) >= cases.enough) & (cases.count(good) >= cases.enough)
    names = [name for name, is_known in zip(cases.names, known, strict=True) if is_known]
    if len(names) < 2:
        reason = f"fewer than two groups have {cases.enough} good and {cases.enough} bad outcomes"
        return _Worst(Estimate.missing(reason, int((bad | good).sum())))
    hits, bads = cases.count(bad & ~cases.approved)[known], cases.count(bad)[known]
    alarms, goods = cases.count(good & ~cases.approved)[known], cases.count(good)[known]
    e = metrics.equalised_odds_difference(hits, bads, alarms, goods, seed=cases.seed)
    if e.value is None:
        return _Worst(e)
    spreads = []
    # Declined though good is the error that a group suffers; not declined though bad is the mirror of `hits`.
    for kind, part, whole in (("bads declined", hits, bads), ("goods declined", alarms, goods)):
        rate = part / whole
        spreads.append((rate.max() - rate.min(), names[int(rate.argmax())], kind))
    _, group, kind = max(spreads, key=lambda spread: spread[0])
    return _Worst(e, group, kind)


CHECKS = (
    GroupCheck(
        "adverse_impact_ratio", "Smallest ratio of approval rates", "fairness.adverse_impact_ratio", _smallest_ratio
    ),
    GroupCheck(
        "equalised_odds_difference",
        "Largest difference of error rates",
        "fairness.error_rate_difference",
        _equalised_odds,
    ),
    GroupCheck(
        "standardised_mean_difference",
        "Largest standardised difference of mean PD",
        "fairness.standardised_mean_difference",
        _largest_difference,
    ),
)
