"""The test of every grade of the master scale against the defaults it had, and of the grades against each other.

Grades are those of `scorecard/calibration/master_scale.py`: bands of the PD that is applied. What is tested in a
grade is the mean PD at the bad rate of the data, which can be compared with labels where bads were oversampled too.
"""

from dataclasses import dataclass
from itertools import pairwise

from numpy.typing import ArrayLike
from pandas import DataFrame

from riskbench import metrics
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.metrics.arguments import probabilities
from riskbench.validation.battery import by_p_value
from riskbench.validation.labels import labelled

INVERSIONS = "Neighbouring grades whose default rates fall where PDs rise, beyond chance"
RATES = ["pd_mean", "default_rate", "lower", "upper", "jeffreys_p"]


@dataclass(frozen=True)
class Grade:
    """The labelled cases of one grade: mean PD (None without cases), and Jeffreys' test where there are enough."""

    name: str
    n: int
    defaults: int
    pd_mean: float | None
    estimate: Estimate


def by_grade(
    y: ArrayLike, pd: ArrayLike, grade: ArrayLike, scale: MasterScale, thresholds: Thresholds
) -> dict[int, Grade]:
    """The grades from 1 (safest) up. Cases without a label (NaN) are left out.

    A grade with fewer cases than `validation.grade_cases` asks for has no estimate. Raises ValueError for a grade that
    is not of `scale`, or a PD outside [0, 1].
    """
    bad, risk, label = labelled(y, probabilities(pd), grade)
    count = len(scale.labels)
    if not set(label.tolist()) <= set(range(1, count + 1)):
        raise ValueError(f"grades must be the numbers 1 to {count}, got {sorted(set(label.tolist()))}")
    enough = thresholds["validation.grade_cases"]
    found = {}
    for number, name in enumerate(scale.labels, 1):
        own = label == number
        n, defaults = int(own.sum()), int(bad[own].sum())
        mean = float(risk[own].mean()) if n else None
        if mean is None or enough.judge(n) == "red":
            why = f"the grade has {n} labelled case{'s' * (n != 1)}, and at least {enough.amber:g} are asked for"
            estimate = Estimate.missing(why, n)
        else:
            estimate = metrics.jeffreys(n, defaults, mean)
        found[number] = Grade(name, n, defaults, mean, estimate)
    return found


def grade_checks(
    y: ArrayLike, pd: ArrayLike, grade: ArrayLike, scale: MasterScale, thresholds: Thresholds, sample: str
) -> list[CheckResult]:
    """`grade_<number>.jeffreys.<sample>` for every grade, the p-value as value; H0: PD applied >= true PD.

    Then over the grades that have cases enough: `grades.chi2.<sample>`, and `grades.inversions.<sample>`, the
    neighbours of which the riskier one has the lower default rate beyond chance.
    """
    found = by_grade(y, pd, grade, scale, thresholds)
    tested = [g for g in found.values() if g.estimate.evaluated]
    return [
        *(_check(number, g, thresholds, sample) for number, g in found.items()),
        CheckResult(f"grades.chi2.{sample}", "χ² test of the PDs of all grades (p-value)", by_p_value(_chi2(tested))),
        CheckResult(
            f"grades.inversions.{sample}",
            INVERSIONS,
            _inversions(tested),
            thresholds["validation.grade_inversions"],
        ),
    ]


def grade_table(y: ArrayLike, pd: ArrayLike, grade: ArrayLike, scale: MasterScale, thresholds: Thresholds) -> DataFrame:
    """One row a grade: n, defaults, pd_mean, default_rate with Jeffreys interval, jeffreys_p and status.

    Rates are missing where the grade is not evaluated. Same rules as `grade_checks`.
    """
    rows = []
    for number, g in by_grade(y, pd, grade, scale, thresholds).items():
        check, e = _check(number, g, thresholds, "any"), g.estimate
        rates = (g.pd_mean, e.value, e.lower, e.upper, e.p_value)
        rows.append((g.name, g.n, g.defaults, *rates, check.status))
    return DataFrame(rows, columns=["grade", "n", "defaults", *RATES, "status"]).astype(dict.fromkeys(RATES, float))


def _check(number: int, grade: Grade, thresholds: Thresholds, sample: str) -> CheckResult:
    return CheckResult(
        f"grade_{number}.jeffreys.{sample}",
        f"Test that the PD of grade {grade.name} is not too low (p-value)",
        by_p_value(grade.estimate),
        thresholds["validation.jeffreys"],
        dims={"grade": grade.name},
    )


def _chi2(tested: list[Grade]) -> Estimate:
    if not tested:
        return Estimate.missing("no grade has cases enough", 0)
    means = [g.pd_mean for g in tested if g.pd_mean is not None]
    return metrics.chi2_grades([g.n for g in tested], [g.defaults for g in tested], means)


def _inversions(tested: list[Grade]) -> Estimate:
    """Count of neighbours of which the riskier grade has the lower rate, Newcombe's 95 % interval all below zero."""
    pairs = list(pairwise(tested))
    method = f"of {len(pairs)} pairs; Newcombe's 95 % interval of the difference below zero"
    if not pairs:
        return Estimate.missing("a comparison takes two grades with cases enough", len(pairs), method)
    gaps = [metrics.difference(risky.defaults, risky.n, safe.defaults, safe.n) for safe, risky in pairs]
    return Estimate(sum(gap.upper is not None and gap.upper < 0 for gap in gaps), n=len(pairs), method=method)
