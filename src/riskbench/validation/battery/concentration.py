"""Concentration: whether applications, and the money asked for, crowd into few grades, and more so than at development.

Grades are bands of the PD that is applied, and every application of the sample is counted, labelled or not.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.scorecard.calibration.master_scale import cases_by_grade, grades
from riskbench.validation.battery.case import NO_DEVELOPMENT, Case
from riskbench.validation.battery.check import Check

Counts = NDArray[np.float64]
NO_AMOUNTS = "the scores carry no amounts"


def by_count(case: Case) -> Estimate:
    """The Herfindahl index of the grades by applications, with the test against development where there is one."""
    return _index(case, _counts)


def by_amount(case: Case) -> Estimate:
    """The same by the amount of the applications: a grade may hold few of them and most of the money."""
    return _index(case, _amounts) if "amount" in case.rows else Estimate.missing(NO_AMOUNTS, len(case.rows))


def change(case: Case) -> Estimate:
    """The ECB's test that applications are not more concentrated than at development."""
    return _tested(case, by_count(case))


def change_by_amount(case: Case) -> Estimate:
    """The same test by amount."""
    return _tested(case, by_amount(case))


def largest_share(case: Case) -> Estimate:
    """The share of the fullest grade, with Wilson's interval; the method names the grade."""
    counts = _counts(case)
    if not counts.sum():
        return Estimate.missing("there are no applications", 0)
    share = metrics.proportion(int(counts.max()), int(counts.sum()))
    return _naming(share, f"grade {case.scale.labels[int(counts.argmax())]}")


def empty(case: Case) -> Estimate:
    """Number of grades without an application; the method names them."""
    counts = _counts(case)
    if not counts.sum():
        return Estimate.missing("there are no applications", 0)
    names = [name for name, n in zip(case.scale.labels, counts, strict=True) if not n]
    return _naming(Estimate(len(names), n=counts.size), ", ".join(names))


def moved_by_rounding(case: Case) -> Estimate:
    """The share of applications whose whole points stand for a PD in another grade than their own."""
    if "pd_of_points" not in case.rows:
        return Estimate.missing("the scores carry no PD of the whole points", len(case.rows))
    exact, rounded = (grades(case.rows[name], case.scale) for name in ("pd_applied", "pd_of_points"))
    return metrics.proportion(int((exact != rounded).sum()), len(case.rows))


def _index(case: Case, measured: Callable[[Case], Counts]) -> Estimate:
    now, initial = measured(case), measured(case.development) if case.development else None
    known = initial is not None and initial.sum() > 0
    index = metrics.hhi(now, initial if known and now.sum() else None)
    return replace(index, n=len(case.rows))  # of amounts the sum is no number of cases


def _tested(case: Case, index: Estimate) -> Estimate:
    if index.evaluated and index.p_value is None:
        why = "the grades are filled evenly" if case.development else NO_DEVELOPMENT
        return Estimate.missing(why, index.n, index.method)
    return index


def _counts(case: Case) -> Counts:
    return cases_by_grade(_grades(case), case.scale).astype(float)


def _amounts(case: Case) -> Counts:
    """The sum of amounts in each grade; an application without an amount adds none."""
    if "amount" not in case.rows:
        return np.zeros(len(case.scale.labels))
    amounts = np.nan_to_num(case.rows["amount"].to_numpy(dtype=float))
    return np.bincount(_grades(case) - 1, amounts, minlength=len(case.scale.labels)).astype(float)


def _grades(case: Case) -> NDArray[np.int64]:
    return grades(case.rows["pd_applied"], case.scale)


def _naming(estimate: Estimate, names: str) -> Estimate:
    return replace(estimate, method=": ".join(filter(None, (estimate.method, names))))


CHECKS = (
    Check("grades.concentration", "Concentration over grades", by_count),  # information: no limit has a source
    Check("grades.concentration_by_amount", "Concentration over grades, by amount", by_amount),
    Check(
        "grades.concentration_change",
        "Test that concentration has not risen since development",
        change,
        "validation.concentration_change",
        kind="p-value",
        not_on=("development",),
    ),
    Check(
        "grades.concentration_change_by_amount",
        "Test that concentration by amount has not risen since development",
        change_by_amount,
        "validation.concentration_change",
        kind="p-value",
        not_on=("development",),
    ),
    Check(
        "grades.largest_share",
        "Share of applications in the fullest grade",
        largest_share,
        "validation.largest_grade",
        unit="%",
    ),
    Check("grades.empty", "Grades without an application", empty, kind="count"),
    Check(
        "grades.moved_by_rounding",
        "Applications whose whole points fall into another grade than their PD",
        moved_by_rounding,
        unit="%",
    ),
)
