"""Two proofs of the way that cards are built: on its own cases it gives the champion, on shuffled labels nobody's rank.

If such cards rank the holdout, they know outcomes some other way than by the labels: by a fault, or openly, by a trend
that the study declares or bins that were fixed by hand. A shuffled card is a random direction among real features, so
one alone may rank well or badly by luck; what chance gives is .5 on average, and the test asks for that average.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy.special import stdtr

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.discrimination import auc
from riskbench.validation.robustness.bench import Bench
from riskbench.validation.robustness.over_builds import share_over

CHANCE, NO_SPREAD = 0.5, 1e-12


def rebuilding_checks(bench: Bench, thresholds: Thresholds) -> list[CheckResult]:
    """By how many points a card built again on the champion's own cases scores any application otherwise, at most."""
    again = bench.rebuilt(np.flatnonzero(bench.developed))
    gap = float(np.abs(again.score - bench.original.score).max())
    return [
        CheckResult(
            "rebuilt.champion_difference",
            "Largest difference of a score when the champion is built again on its own cases",
            Estimate(gap, n=len(again.score), method="largest absolute difference, exact scores"),
            thresholds["scorecard.equivalence"],
            unit="points",
        )
    ]


def shuffled_checks(bench: Bench, shuffles: int, thresholds: Thresholds, seed: int = 0) -> list[CheckResult]:
    """The mean AUC on the holdout of cards built on shuffled labels, and Student's two-sided test that it is .5.

    Labels are shuffled among the applications of development. Where no feature earns a place the AUC is .5 exactly.
    Raises ValueError for fewer than two shuffles.
    """
    if shuffles < 2:
        raise ValueError(f"shuffles must be at least 2, got {shuffles}")
    sample, n = bench.study.holdout, int(bench.judged.sum())
    try:
        values, features = _shuffled(bench, shuffles, seed)
        mean, test = share_over(values, n, "shuffles"), _test(values)
        kept = Estimate(float(np.mean(features)), n=shuffles, method="mean over shuffles")
    except NotEvaluated as lack:
        mean = test = kept = Estimate.missing(str(lack), n)
    return [
        CheckResult("shuffled.features", "Features that selection keeps on shuffled labels", kept),
        CheckResult(f"shuffled.auc.{sample}", "AUC of cards built on shuffled labels", mean),
        CheckResult(
            f"shuffled.auc_test.{sample}",
            "Cards built on shuffled labels rank as chance does (p-value)",
            test,
            thresholds["robustness.shuffled"],
        ),
    ]


def _shuffled(bench: Bench, shuffles: int, seed: int) -> tuple[list[float], list[int]]:
    """AUC on the holdout and number of features of a card on each shuffle; NotEvaluated where either is not defined."""
    rows, values, features = np.flatnonzero(bench.developed), [], []
    for shuffle in range(shuffles):
        y = bench.y.copy()
        y[rows] = np.random.default_rng([seed, shuffle]).permutation(y[rows])
        built = bench.rebuilt(rows, y)
        one = auc(bench.y[bench.judged], -built.score[bench.judged])
        if one.value is None:
            raise NotEvaluated(one.reason)
        values.append(one.value)
        features.append(len(built.features))
    return values, features


def _test(values: Sequence[float]) -> Estimate:
    """Student's two-sided test that the mean is .5; without any spread it is .5 (p = 1) or is not (p = 0)."""
    gap, spread = float(np.mean(values)) - CHANCE, float(np.std(values, ddof=1))
    error = spread / sqrt(len(values))
    t = gap / error if error else (0.0 if abs(gap) < NO_SPREAD else float("inf"))
    p = float(2 * stdtr(len(values) - 1, -abs(t)))
    return Estimate(p, n=len(values), method="Student's test of the mean AUC over shuffles", p_value=p)
