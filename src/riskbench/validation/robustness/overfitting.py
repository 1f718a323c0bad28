"""How much of the AUC at development is only there, and what more or fewer cases would give.

The way of making a card is judged, not its coefficients alone: bins and selection are made anew in every build.
"""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.discrimination import auc, auc_error
from riskbench.metrics.intervals import around
from riskbench.validation.robustness.bench import Bench, Rebuilt
from riskbench.validation.robustness.over_builds import LEVEL, mean_over

LEARNED = ("share", "mean_cases", "mean_bads", "mean_features", "auc", "auc_lower", "auc_upper")
SHARES = (0.10, 0.25, 0.50)  # of development, at which the curve is drawn


def optimism_checks(bench: Bench, builds: Sequence[Rebuilt], thresholds: Thresholds) -> list[CheckResult]:
    """The apparent AUC, its optimism, and what is left: by Harrell's bootstrap and by .632.

    The optimism is the mean over bootstrap builds of the AUC on the draw that the card was built on less that on the
    whole development sample; the corrected AUC is the apparent one less the optimism, with its interval moved as far.
    The .632 estimate is .368 of the apparent AUC and .632 of the mean AUC on the customers that a draw left out.
    Sources: Harrell, Lee and Mark, Statistics in Medicine 15 (1996); Efron, JASA 78 (1983); the interval, Noma et al.,
    Statistics in Medicine 40 (2021).
    """
    apparent = _auc(bench, bench.original.score, bench.developed)
    gaps, outside = [], []
    for build in builds:
        left = bench.developed.copy()
        left[build.rows] = False
        inside = auc(bench.y[build.rows], -build.score[build.rows]).value
        whole, out = (_auc(bench, build.score, rows).value for rows in (bench.developed, left))
        if inside is not None and whole is not None:
            gaps.append(inside - whole)
        if out is not None:
            outside.append(out)
    optimism = mean_over(gaps, apparent.n or 0)
    return [
        CheckResult("champion.auc_apparent.development", "AUC where the card was built", apparent),
        CheckResult(
            "champion.optimism.development",
            "Optimism of the AUC at development, by the bootstrap",
            optimism,
            thresholds["robustness.optimism"],
        ),
        CheckResult("champion.auc_corrected.development", "AUC less its optimism", _corrected(apparent, optimism)),
        CheckResult("champion.auc_632.development", "AUC by the .632 bootstrap", _of_632(apparent, outside)),
        CheckResult(
            f"champion.auc.{bench.study.holdout}",
            "AUC on the holdout, for comparison",
            _auc(bench, bench.original.score, bench.judged),
        ),
    ]


def learning_curve(bench: Bench, by_share: Mapping[float, Sequence[Rebuilt]]) -> pd.DataFrame:
    """The AUC on the holdout of cards built on a share of the customers of development; the last row is the champion.

    `by_share` holds the cards built on draws of each share (`draws.parts`). Columns: share, the mean over draws of
    cases, bads and features, and the mean AUC, whose interval joins the variance of that mean and DeLong's of the
    holdout. A share without cards has none of them.
    """
    rows = [_learned(bench, share, by_share[share]) for share in sorted(by_share)]
    return pd.DataFrame([*rows, _learned(bench, 1.0, [bench.original])], columns=list(LEARNED)).astype(float)


def gained_by_doubling(bench: Bench, halves: Sequence[Rebuilt]) -> Estimate:
    """AUC of the champion less that of cards built on half of the customers, both on the holdout.

    Well above 0: more cases would probably still help. The interval is Student's over draws; the holdout stays.
    """
    full = _auc(bench, bench.original.score, bench.judged)
    if full.value is None:
        return full
    gains = [full.value - (_auc(bench, half.score, bench.judged).value or 0.0) for half in halves]
    return mean_over(gains, full.n or 0, "draws")


def _learned(bench: Bench, share: float, builds: Sequence[Rebuilt]) -> tuple[float | None, ...]:
    found = [_auc(bench, build.score, bench.judged) for build in builds]
    values = [one.value for one in found if one.value is not None]
    if not values:
        return (share, *[None] * (len(LEARNED) - 1))
    errors = [auc_error(bench.y[bench.judged], -build.score[bench.judged]) for build in builds]
    within = [error**2 for error in errors if error is not None]
    between = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    value = float(np.mean(values))
    if len(found) == 1:
        bounds = found[0].lower, found[0].upper
    else:
        bounds = around(value, sqrt(float(np.mean(within)) + between), LEVEL, 0.0, 1.0) if within else (None, None)
    cases = np.mean([len(build.rows) for build in builds])
    bads = np.mean([bench.y[build.rows].sum() for build in builds])
    return (share, float(cases), float(bads), float(np.mean([len(b.features) for b in builds])), value, *bounds)


def _auc(bench: Bench, score: np.ndarray, rows: np.ndarray) -> Estimate:
    return auc(bench.y[rows], -score[rows])


def _corrected(apparent: Estimate, optimism: Estimate) -> Estimate:
    if apparent.value is None or optimism.value is None:
        return Estimate.missing(apparent.reason or optimism.reason, apparent.n)
    value, by = apparent.value - optimism.value, optimism.value
    if apparent.lower is None or apparent.upper is None:
        return Estimate(value, n=apparent.n, method="apparent less optimism")
    method = "apparent less optimism; DeLong's interval moved by the optimism"
    return Estimate(value, apparent.lower - by, apparent.upper - by, LEVEL, apparent.n, method)


def _of_632(apparent: Estimate, outside: Sequence[float]) -> Estimate:
    left = mean_over(outside, apparent.n or 0)
    if apparent.value is None or left.value is None:
        return Estimate.missing(apparent.reason or "no draw left out cases of both classes", apparent.n)
    value = 0.368 * apparent.value + 0.632 * left.value
    return Estimate(
        value, n=apparent.n, method=f".632 bootstrap over {len(outside)} builds; no interval is known for it"
    )
