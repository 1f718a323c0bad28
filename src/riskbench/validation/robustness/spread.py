"""How far the same application is scored, graded, decided and told apart by cards built on other draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import Floats
from riskbench.metrics.discrimination import auc
from riskbench.validation.robustness.bench import NO_CUT_OFF, Bench, Rebuilt
from riskbench.validation.robustness.over_builds import jackknife, mean_over, share_over

REASONS = 4  # that a customer is told, at most
TITLES = {  # of the figures below, in the order of the table, with their units
    "score_sd": ("Spread of an application's score, median of all", "points"),
    "score_sd_p95": ("Spread of an application's score, 95th percentile", "points"),
    "grade_moved": ("Applications in another grade", "%"),
    "moved": ("Applications on the other side of the cut-off", "%"),
    "first_reason_kept": ("Applications with the same first reason", "%"),
    "reasons_kept": (f"Applications with the same {REASONS} reasons, in any order", "%"),
    "auc": ("AUC of a card built again", ""),
}


@dataclass(frozen=True)
class Spread:
    """What changed for the applications of the holdout over the `builds` of one way to draw, `draws` in words.

    `features` is the mean number of them on a card; `figures` holds an estimate for each of `TITLES`.
    """

    draws: str
    builds: int
    features: float
    figures: dict[str, Estimate]


def spread(bench: Bench, draws: str, builds: Sequence[Rebuilt]) -> Spread:
    """The figures of `TITLES` over some builds, all against the champion.

    `score_sd` is the standard deviation over builds of the exact score of one application, in points; its median and
    95th percentile are over applications, with the interval of the jackknife over builds. The shares and the AUC are
    means over builds with Student's interval. Missing where there are no builds, or fewer than two for a spread.
    """
    score = np.column_stack([build.score[bench.judging] for build in builds]) if builds else np.empty((0, 0))
    own = bench.original.score[bench.judging]
    found = {
        "score_sd": _score_sd(score, 50),
        "score_sd_p95": _score_sd(score, 95),
        "grade_moved": _moved(bench.grades(score) != bench.grades(own)[:, None]) if score.size else _moved(score),
        "moved": _decided_otherwise(bench, score, own),
        "auc": _aucs(bench, builds),
    } | _kept_reasons(bench, builds)
    features = float(np.mean([len(build.features) for build in builds])) if builds else float("nan")
    return Spread(draws, len(builds), features, {name: found[name] for name in TITLES})


def spread_table(spreads: Iterable[Spread]) -> pd.DataFrame:
    """One row a way to draw: draws (with the number of builds), mean number of features, and the figures of `TITLES`.

    The bounds of a figure follow it in <figure>_lower and <figure>_upper; the median spread is left out.
    """
    rows = []
    for one in spreads:
        row: dict[str, object] = {"draws": f"{one.draws} ({one.builds})", "mean_features": one.features}
        for name, e in one.figures.items():
            row |= e.columns(name)
        rows.append(row)
    table = pd.DataFrame(rows)
    table = table.astype(dict.fromkeys(table.columns[1:], float))
    return table.drop(columns=["score_sd", "score_sd_lower", "score_sd_upper"])


def spread_checks(bench: Bench, found: Spread, thresholds: Thresholds) -> list[CheckResult]:
    """Every figure of a spread as `rebuilt.<figure>.<holdout>`, and the one that a limit judges.

    That is the 95th percentile of the spread of a score in units of the PDO, the points that double the odds.
    """
    sample, pdo, outer = bench.study.holdout, bench.champion.pdo, found.figures["score_sd_p95"]
    value, lower, upper = (None if x is None else x / pdo for x in (outer.value, outer.lower, outer.upper))
    method = f"{outer.method}, over the PDO of {pdo:g} points"
    return [
        *(
            CheckResult(f"rebuilt.{name}.{sample}", title, found.figures[name], unit=unit)
            for name, (title, unit) in TITLES.items()
        ),
        CheckResult(
            f"rebuilt.score_spread_in_pdo.{sample}",
            "95th percentile of the spread of a score, in units of the PDO",
            replace(outer, value=value, lower=lower, upper=upper, method=method),
            thresholds["robustness.score_sd"],
        ),
    ]


def _score_sd(score: Floats, percentile: float) -> Estimate:
    """A percentile over applications (rows) of the standard deviation of their scores over builds (columns), points."""
    n, builds = score.shape
    if builds < 2 or not n:
        return Estimate.missing("a spread needs two builds and an application", n)

    def statistic(used: Sequence[int]) -> float:
        return float(np.percentile(score[:, list(used)].std(axis=1, ddof=1), percentile))

    return jackknife(statistic, builds, n, f"standard deviation over {builds} builds")


def _moved(different: NDArray) -> Estimate:
    """The share of applications (rows) that differ, over builds (columns)."""
    return share_over(different.mean(axis=0) if different.size else [], len(different))


def _decided_otherwise(bench: Bench, score: Floats, own: Floats) -> Estimate:
    if bench.cut_off is None:
        return Estimate.missing(NO_CUT_OFF, len(own))
    return _moved((score >= bench.cut_off) != (own >= bench.cut_off)[:, None] if score.size else score)


def _kept_reasons(bench: Bench, builds: Sequence[Rebuilt]) -> dict[str, Estimate]:
    own = _reasons(bench, bench.original)
    told = [_reasons(bench, build) for build in builds if len(own)]
    first = [np.mean(one[:, 0] == own[:, 0]) for one in told]
    whole = [np.mean((np.sort(one, axis=1) == np.sort(own, axis=1)).all(axis=1)) for one in told]
    return {"first_reason_kept": share_over(first, len(own)), "reasons_kept": share_over(whole, len(own))}


def _reasons(bench: Bench, build: Rebuilt) -> NDArray[np.int64]:
    """The reasons of every application of the holdout as numbers of candidates, most points lost first, −1 for none."""
    X = bench.candidates[bench.judging]
    told = np.full((len(X), REASONS), -1, dtype=np.int64)
    if build.card and len(X):
        found = build.card.reasons(X, REASONS).to_numpy(object)
        told[:, : found.shape[1]] = X.columns.get_indexer(pd.Index(found.ravel())).reshape(found.shape)
    return told


def _aucs(bench: Bench, builds: Sequence[Rebuilt]) -> Estimate:
    """Mean AUC of the builds on the holdout, or on the cases left out by a split that drew from the holdout too."""
    pool = ~np.isnan(bench.y) & bench.applications["sample"].isin(["development", "test"]).to_numpy()
    values, n = [], int(bench.judged.sum())
    for build in builds:
        rows = bench.judged
        if rows[build.rows].any():
            rows = pool.copy()
            rows[build.rows] = False
        found = auc(bench.y[rows], -build.score[rows])
        if found.value is None:
            return Estimate.missing(f"a card built again cannot be judged: {found.reason}", n)
        values.append(found.value)
    return mean_over(values, n)
