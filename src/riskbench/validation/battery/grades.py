"""Grades: whether the PD of every grade holds, and whether riskier grades turn bad more often.

Grades are those of `scorecard/calibration/master_scale.py`: bands of the PD that is applied. What is tested in a
grade is the mean PD at the bad rate of the data, which can be compared with labels where bads were oversampled too.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from pandas import DataFrame

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.metrics.multiple_tests import holm
from riskbench.validation.battery.calibration import bad_rate, binomial, too_high, vasicek
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check, ask
from riskbench.validation.battery.parts import by_grade

ENOUGH, NO_GRADE = "validation.grade_cases", "no grade has cases enough"


def chi2(case: Case) -> Estimate:
    """The χ² test of all PDs together, over the grades that have cases enough."""
    tested = _with_enough(case)
    if not tested:
        return Estimate.missing(NO_GRADE, 0)
    n, bads, mean_pd = zip(*((len(g.y), g.y.sum(), g.pd.mean()) for g in tested), strict=True)
    return metrics.chi2_grades(n, bads, mean_pd)


def inversions(case: Case) -> Estimate:
    """Count of neighbours of which the riskier grade has the lower rate, Newcombe's 95 % interval all below zero."""
    pairs = list(pairwise(_with_enough(case)))
    method = f"of {len(pairs)} pairs; Newcombe's 95 % interval of the difference below zero"
    if not pairs:
        return Estimate.missing("a comparison takes two grades with cases enough", len(pairs), method)
    if len(set(case.y)) < 2:
        return Estimate.missing("all cases are good, or all are bad", len(pairs), method)
    gaps = [metrics.difference(risky.y.sum(), len(risky.y), safe.y.sum(), len(safe.y)) for safe, risky in pairs]
    return Estimate(sum(gap.upper is not None and gap.upper < 0 for gap in gaps), n=len(pairs), method=method)


def too_low_together(case: Case) -> Estimate:
    """Count of grades that Vasicek's test rejects as well: their PD is too low even if loans turn bad together."""
    return _count(case, vasicek, "validation.vasicek", "by Vasicek's test")


def too_high_grades(case: Case) -> Estimate:
    """Count of grades whose PD is too high beyond chance, at the limit of Jeffreys' test for one too low."""
    return _count(case, too_high, "validation.jeffreys", "by Jeffreys' test")


def grade_table(case: Case) -> DataFrame:
    """One row a grade: n, bads, mean_pd, bad_rate with Jeffreys' interval, three tests that the PD is not too low.

    The interval stands in lower and upper, the p-values in jeffreys_p, which status judges, binomial_p and vasicek_p.
    Rates are missing where a grade has too few labelled cases to be tested.
    """
    rows = []
    for grade, test in zip(case.divided(by_grade), ask(JEFFREYS, case), strict=True):
        mean_pd = grade.expected if len(grade.y) else None
        tests = [
            formula(grade) if test.estimate.evaluated else test.estimate for formula in (bad_rate, binomial, vasicek)
        ]
        rates = (mean_pd, tests[0].value, tests[0].lower, tests[0].upper, *(found.p_value for found in tests))
        rows.append((test.dims["grade"], len(grade.y), int(grade.y.sum()), *rates, test.status))
    measured = ["mean_pd", "bad_rate", "lower", "upper", "jeffreys_p", "binomial_p", "vasicek_p"]
    return DataFrame(rows, columns=["grade", "n", "bads", *measured, "status"]).astype(dict.fromkeys(measured, float))


def grade_points(table: DataFrame) -> DataFrame:
    """The tested grades of `grade_table` as a figure draws them: label, predicted, observed, lower, upper."""
    names = {"grade": "label", "mean_pd": "predicted", "bad_rate": "observed"}
    points = table.dropna(subset="bad_rate").rename(columns=names)
    return points[["label", "predicted", "observed", "lower", "upper"]]


def _with_enough(case: Case) -> list[Case]:
    return [grade for grade in case.divided(by_grade) if not grade.lacks_cases(ENOUGH)]


def _count(case: Case, formula: Callable[[Case], Estimate], key: str, what: str) -> Estimate:
    """How many grades with cases enough have a p-value, by Holm's method, that does not meet the limit `key`.

    The method names them.
    """
    tested = _with_enough(case)
    if not tested:
        return Estimate.missing(NO_GRADE, 0)
    p_values = holm(np.array([formula(grade).p_value for grade in tested], dtype=float))
    limit = case.thresholds[key]
    found = [
        str(grade.part)
        for grade, p in zip(tested, p_values, strict=True)
        if not np.isnan(p) and limit.judge(p) != "green"
    ]
    told = f"of {len(tested)} grades, {what}, adjusted by Holm's method"
    return Estimate(len(found), n=len(tested), method=f"{told}: {', '.join(found)}" if found else told)


JEFFREYS = Check(
    "{part}.jeffreys",
    "Test that the PD of {part} is not too low",
    bad_rate,
    "validation.jeffreys",
    kind="p-value",
    parts=by_grade,
    enough=ENOUGH,
)
CHECKS = (
    JEFFREYS,
    Check(
        "grades.too_low_together",
        "Grades whose PD is too low even where loans turn bad together",
        too_low_together,
        "validation.grades_too_low",
        kind="count",
        best=0,
    ),
    Check("grades.too_high", "Grades whose PD is too high", too_high_grades, kind="count", best=0),  # no capital rule
    Check("grades.chi2", "χ² test of the PDs of all grades", chi2, kind="p-value"),
    Check(
        "grades.inversions",
        "Neighbouring grades whose bad rates fall where PDs rise, beyond chance",
        inversions,
        "validation.grade_inversions",
        kind="count",
        best=0,
    ),
)
