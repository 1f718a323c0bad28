"""Grades: whether the PD of every grade holds, and whether riskier grades turn bad more often.

Grades are those of `scorecard/calibration/master_scale.py`: bands of the PD that is applied. What is tested in a
grade is the mean PD at the bad rate of the data, which can be compared with labels where bads were oversampled too.
"""

from itertools import pairwise

from pandas import DataFrame

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.battery.calibration import bad_rate
from riskbench.validation.battery.case import Case, Part
from riskbench.validation.battery.check import Check, ask

ENOUGH = "validation.grade_cases"


def by_grade(case: Case) -> list[Case]:
    """One part a grade, the safest first; a grade without an application is there too."""
    grade = grades(case.rows["pd_applied"], case.scale)
    return [
        case.restricted_to(Part("grade", f"grade_{number}", name), grade == number)
        for number, name in enumerate(case.scale.labels, 1)
    ]


def chi2(case: Case) -> Estimate:
    """The χ² test of all PDs together, over the grades that have cases enough."""
    tested = _with_enough(case)
    if not tested:
        return Estimate.missing("no grade has cases enough", 0)
    n, bads, mean_pd = zip(*((len(g.y), g.y.sum(), g.pd.mean()) for g in tested), strict=True)
    return metrics.chi2_grades(n, bads, mean_pd)


def inversions(case: Case) -> Estimate:
    """Count of neighbours of which the riskier grade has the lower rate, Newcombe's 95 % interval all below zero."""
    pairs = list(pairwise(_with_enough(case)))
    method = f"of {len(pairs)} pairs; Newcombe's 95 % interval of the difference below zero"
    if not pairs:
        return Estimate.missing("a comparison takes two grades with cases enough", len(pairs), method)
    gaps = [metrics.difference(risky.y.sum(), len(risky.y), safe.y.sum(), len(safe.y)) for safe, risky in pairs]
    return Estimate(sum(gap.upper is not None and gap.upper < 0 for gap in gaps), n=len(pairs), method=method)


def grade_table(case: Case) -> DataFrame:
    """One row a grade: n, bads, mean_pd, bad_rate with Jeffreys' interval (lower, upper), jeffreys_p and status.

    Rates are missing where a grade has too few labelled cases to be tested.
    """
    rows = []
    for grade, test in zip(by_grade(case), ask(JEFFREYS, case), strict=True):
        mean_pd = grade.pd.mean() if len(grade.y) else None
        rate = bad_rate(grade) if test.estimate.evaluated else test.estimate
        bads = int(grade.y.sum())
        rates = (mean_pd, rate.value, rate.lower, rate.upper, rate.p_value)
        rows.append((test.dims["grade"], len(grade.y), bads, *rates, test.status))
    measured = ["mean_pd", "bad_rate", "lower", "upper", "jeffreys_p"]
    return DataFrame(rows, columns=["grade", "n", "bads", *measured, "status"]).astype(dict.fromkeys(measured, float))


def grade_points(table: DataFrame) -> DataFrame:
    """The tested grades of `grade_table` as a figure draws them: label, predicted, observed, lower, upper."""
    names = {"grade": "label", "mean_pd": "predicted", "bad_rate": "observed"}
    points = table.dropna(subset="bad_rate").rename(columns=names)
    return points[["label", "predicted", "observed", "lower", "upper"]]


def _with_enough(case: Case) -> list[Case]:
    return [grade for grade in by_grade(case) if not grade.lacks_cases(ENOUGH)]


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
