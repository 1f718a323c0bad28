"""Rating grades: a master scale of PDs, and the test of every grade against the defaults it had.

The scale is a fixed ladder whose rungs double: 1, 2, 4, 8, 16, 32 %. Fixed, because a grade must mean the same PD for
every model and in every month, so that migration and concentration can be compared; deciles of the development sample
move with the population. Doubling, because a scorecard counts so: a rung is about as many points as double the odds.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from riskbench import metrics
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import probabilities
from riskbench.validation.battery import by_p_value
from riskbench.validation.labels import labelled

MASTER_SCALE = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
RATES = ["pd_mean", "default_rate", "lower", "upper", "jeffreys_p"]


def grades(pd: ArrayLike, edges: Sequence[float] = MASTER_SCALE) -> NDArray[np.int64]:
    """The grade of each PD, 1 (safest) to K (riskiest) for K − 1 rising `edges`; an edge belongs to the grade above it.

    Raises ValueError unless the PDs lie in [0, 1] and the edges rise inside (0, 1).

    >>> grades([0.004, 0.01, 0.05, 0.5]).tolist()
    [1, 2, 4, 7]
    """
    bounds = np.asarray(edges, dtype=float)
    if not (np.diff(bounds, prepend=0.0, append=1.0) > 0).all():
        raise ValueError(f"edges must rise strictly inside (0, 1), got {list(edges)}")
    return np.digitize(probabilities(pd), bounds) + 1


def grade_checks(
    y: ArrayLike,
    pd: ArrayLike,
    grade: ArrayLike,
    thresholds: Thresholds,
    sample: str,
    *,
    count: int = len(MASTER_SCALE) + 1,
) -> list[CheckResult]:
    """`grade_<g>.jeffreys.<sample>` for the grades 1 to `count`, the p-value as value; H0: PD applied >= true PD.

    The PD applied is the mean PD of the grade's cases. A grade with fewer cases than the threshold
    `validation.grade_cases` asks for is not evaluated. Cases without a label (NaN) are left out.
    """
    found = _by_grade(y, pd, grade, thresholds, count)
    return [_check(g, estimate, thresholds, sample) for g, (_, _, estimate) in found.items()]


def grade_table(
    y: ArrayLike, pd: ArrayLike, grade: ArrayLike, thresholds: Thresholds, *, count: int = len(MASTER_SCALE) + 1
) -> DataFrame:
    """One row a grade: n, defaults, pd_mean, default_rate with Jeffreys interval, jeffreys_p, status and reason.

    Rates are missing where the grade is not evaluated. Same rules as `grade_checks`.
    """
    rows = []
    for g, (defaults, mean, e) in _by_grade(y, pd, grade, thresholds, count).items():
        check = _check(g, e, thresholds, "any")
        rates = (mean, e.value, e.lower, e.upper, e.p_value)
        rows.append((g, e.n, defaults, *rates, check.status, check.reason))
    return DataFrame(rows, columns=["grade", "n", "defaults", *RATES, "status", "reason"]).astype(
        dict.fromkeys(RATES, float)
    )


def _check(g: int, estimate: Estimate, thresholds: Thresholds, sample: str) -> CheckResult:
    return CheckResult(
        f"grade_{g}.jeffreys.{sample}",
        f"Test that the PD of grade {g} is not too low (p-value)",
        by_p_value(estimate),
        thresholds["validation.jeffreys"],
        dims={"sample": sample, "grade": str(g)},
    )


def _by_grade(
    y: ArrayLike, pd: ArrayLike, grade: ArrayLike, thresholds: Thresholds, count: int
) -> dict[int, tuple[int, float | None, Estimate]]:
    """Defaults, mean PD and Jeffreys estimate of every grade."""
    bad, risk, label = labelled(y, probabilities(pd), grade)
    if not np.isin(label, np.arange(1, count + 1)).all():
        raise ValueError(f"grades must be the numbers 1 to {count}, got {sorted(set(label.tolist()))}")
    enough = thresholds["validation.grade_cases"]
    rows = {}
    for g in range(1, count + 1):
        own = label == g
        n, defaults = int(own.sum()), int(bad[own].sum())
        mean = float(risk[own].mean()) if n else None
        if mean is None or enough.judge(n) == "red":
            estimate = Estimate.missing(
                f"the grade has {n} labelled cases, and at least {enough.amber:g} are asked for", n
            )
        else:
            estimate = metrics.jeffreys(n, defaults, mean)
        rows[g] = defaults, mean, estimate
    return rows
