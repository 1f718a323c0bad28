"""How groups fare under a model and its decisions. The one door to Fairlearn.

Words: a case is *declined* or approved; a false positive is a good customer declined, a false negative a bad one
approved. Error rates are read on labelled cases only (`y` may be NaN elsewhere), so they say nothing about applicants
who were never lent to. Point values are Fairlearn's, per group; intervals come from the counts of each group, since
resampling the rows takes Fairlearn about a second a replicate.

Groups with fewer than `min_cell` cases are pooled as "(small groups)"; a pool that is itself smaller than `min_cell` is
left out of every figure.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from riskbench import metrics
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import flags, labels, probabilities

SMALL, MISSING = "(small groups)", "(missing)"
CASES_KEY = "fairness.group_cases"
ONE_GROUP = "there is only one group large enough to be shown"

Reference = Literal["largest", "highest_rate"]


@dataclass(frozen=True)
class _Groups:
    """The cases of groups that may be shown. `code` indexes `names`; `bad` is NaN where the label is not known."""

    names: list[str]
    code: NDArray[np.int64]
    bad: NDArray[np.float64]
    approved: NDArray[np.bool_]
    pd: NDArray[np.float64]

    def count(self, condition: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many cases of each group satisfy the condition."""
        return np.bincount(self.code[condition], minlength=len(self.names))

    def reference(self, rule: Reference) -> int:
        """The group that others are compared with; among equals the first by name."""
        n = self.count(np.ones_like(self.approved))
        return int(np.argmax(n if rule == "largest" else self.count(self.approved) / n))


def by_group(
    y: ArrayLike, approved: ArrayLike, pd: ArrayLike, group: ArrayLike, min_cell: int, reference: Reference = "largest"
) -> DataFrame:
    """One row a group, by name: sizes, approval, adverse impact, outcomes and error rates, with 95 % intervals.

    Columns: group, reference (whether the others are compared with it), n, approval_rate, lower, upper (Wilson),
    adverse_impact_ratio, ratio_lower, ratio_upper, labelled, bads, bad_rate, false_positive_rate, false_positive_lower,
    false_positive_upper, false_negative_rate, false_negative_lower, false_negative_upper, mean_pd. Missing where a
    group has no case to count. No row at all when no group may be shown.
    """
    cases = _shown(y, approved, pd, group, min_cell)
    known = ~np.isnan(cases.bad)
    good, bad = cases.bad == 0, cases.bad == 1
    n, labelled, bads = cases.count(np.ones_like(known)), cases.count(known), cases.count(bad)
    table = DataFrame({"group": Series(cases.names, dtype="str"), "reference": False, "n": n})
    if not cases.names:
        return table
    at = cases.reference(reference)
    table["reference"] = np.arange(len(n)) == at
    points = _fairlearn(cases, known)
    chosen = cases.count(cases.approved)
    ratios = metrics.adverse_impact_ratio(chosen, n, at)
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
    """The three judged figures of one protected attribute; the group named is the one that fares worst.

    `<attribute>.adverse_impact_ratio.<sample>`: the smallest ratio of approval rates against the reference group.
    `<attribute>.equalised_odds_difference.<sample>`: the larger spread of error rates over groups, on labelled cases.
    `<attribute>.standardised_mean_difference.<sample>`: the largest difference of mean PD against the reference group,
    in standard deviations, whichever its sign.
    """
    cases = _shown(y, approved, pd, group, min_cell)
    figures: tuple[tuple[str, str, str, Callable[[], tuple[Estimate, str, str]]], ...] = (
        (
            "adverse_impact_ratio",
            "Smallest ratio of approval rates",
            "adverse_impact_ratio",
            lambda: _smallest_ratio(cases, cases.reference(reference)),
        ),
        (
            "equalised_odds_difference",
            "Largest difference of error rates",
            "error_rate_difference",
            lambda: _equalised_odds(cases, seed, int(thresholds[CASES_KEY].bound)),
        ),
        (
            "standardised_mean_difference",
            "Largest standardised difference of mean PD",
            "standardised_mean_difference",
            lambda: _largest_difference(cases, cases.reference(reference)),
        ),
    )
    results = []
    for name, title, threshold, figure in figures:
        alone = Estimate.missing(ONE_GROUP, len(cases.code)), "", ""
        estimate, worst, kind = figure() if len(cases.names) > 1 else alone
        named = [attribute.replace("_", " "), *filter(None, (worst, kind))]
        title = f"{title}: {', '.join(named)}"
        dims = {"group": worst} if worst else {}
        limit = thresholds[f"fairness.{threshold}"]
        results.append(CheckResult(f"{attribute}.{name}.{sample}", title, estimate, limit, dims=dims))
    return results


def _shown(y: ArrayLike, approved: ArrayLike, pd: ArrayLike, group: ArrayLike, min_cell: int) -> _Groups:
    bad, risk, chosen = np.asarray(y, dtype=float), probabilities(pd), flags(approved, "approved", "approved")
    labels(bad[~np.isnan(bad)])
    names = shown_groups(group, min_cell)
    sizes = {"y": len(bad), "approved": len(chosen), "pd": len(risk), "group": len(names)}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"columns must have the same length, got {', '.join(f'{k} {v}' for k, v in sizes.items())}")
    kept = (names != "").to_numpy()
    found, code = np.unique(names[kept].to_numpy(dtype=object).astype(str), return_inverse=True)
    return _Groups(found.tolist(), code, bad[kept], chosen[kept], risk[kept])


def shown_groups(group: ArrayLike, min_cell: int) -> Series:
    """The group names as they may be shown: small ones pooled, and empty text where even the pool is too small.

    >>> shown_groups(["a", "a", "a", "b", "c", "c"], min_cell=3).tolist()
    ['a', 'a', 'a', '(small groups)', '(small groups)', '(small groups)']
    """
    if min_cell < 1:
        raise ValueError(f"min_cell must be 1 or more, got {min_cell}")
    names = Series(np.asarray(group, dtype=object)).astype("str").fillna(MISSING)
    pooled = names.where(names.map(names.value_counts()) >= min_cell, SMALL)
    return pooled.where(pooled.map(pooled.value_counts()) >= min_cell, "")


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


def _smallest_ratio(cases: _Groups, reference: int) -> tuple[Estimate, str, str]:
    everyone = np.ones_like(cases.approved)
    ratios = metrics.adverse_impact_ratio(cases.count(cases.approved), cases.count(everyone), reference)
    others = [i for i in range(len(ratios)) if i != reference]
    worst = min(others, key=lambda i: (ratios[i].value is None, ratios[i].value or 0.0))
    return ratios[worst], cases.names[worst] if ratios[worst].evaluated else "", ""


def _largest_difference(cases: _Groups, reference: int) -> tuple[Estimate, str, str]:
    differences = metrics.standardised_mean_difference(cases.pd, cases.code, reference)
    others = [i for i in range(len(differences)) if i != reference]
    worst = max(others, key=lambda i: abs(differences[i].value or 0.0))
    e = differences[worst]
    if e.value is None:
        return e, "", ""
    if e.value < 0 and e.lower is not None and e.upper is not None:
        e = replace(e, value=-e.value, lower=-e.upper, upper=-e.lower)
    return e, cases.names[worst], ""


def _equalised_odds(cases: _Groups, seed: int, enough: int) -> tuple[Estimate, str, str]:
    """The difference over the groups with `enough` bads and goods; a rate over fewer says nothing."""
    bad, good = cases.bad == 1, cases.bad == 0
    known = (cases.count(bad) >= enough) & (cases.count(good) >= enough)
    names = [name for name, is_known in zip(cases.names, known, strict=True) if is_known]
    if len(names) < 2:
        reason = f"fewer than two groups have {enough} good and {enough} bad outcomes"
        return Estimate.missing(reason, int((bad | good).sum())), "", ""
    hits, bads = cases.count(bad & ~cases.approved)[known], cases.count(bad)[known]
    alarms, goods = cases.count(good & ~cases.approved)[known], cases.count(good)[known]
    e = metrics.equalised_odds_difference(hits, bads, alarms, goods, seed=seed)
    if e.value is None:
        return e, "", ""
    spreads = []
    # Declined though good is the error that a group suffers; not declined though bad is the mirror of `hits`.
    for kind, part, whole in (("bads declined", hits, bads), ("goods declined", alarms, goods)):
        rate = part / whole
        spreads.append((rate.max() - rate.min(), names[int(rate.argmax())], kind))
    _, group, kind = max(spreads, key=lambda spread: spread[0])
    return e, group, kind
