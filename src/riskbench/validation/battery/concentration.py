"""Concentration: whether applications, and the money asked for, crowd into few grades, and more so than at development.

Grades are bands of the PD that is applied, and every application of the sample is counted, labelled or not.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.metrics.concentration import least_p
from riskbench.scorecard.calibration.master_scale import cases_by_grade, grades
from riskbench.validation.battery.case import NO_DEVELOPMENT, Case
from riskbench.validation.battery.check import Check

Counts = NDArray[np.float64]
CHANGE = "validation.concentration_change"
NO_AMOUNTS = "the scores carry no amounts"


def by_count(case: Case) -> Estimate:
    """The Herfindahl index of the grades by applications, with the test against development where there is one."""
    return _index(case, _counts)


def by_amount(case: Case) -> Estimate:
    """The same by the amount of the applications: a grade may hold few of them and most of the money."""
    return _index(case, _amounts) if "amount" in case.rows else Estimate.missing(NO_AMOUNTS, len(case.rows))


def change(case: Case) -> Estimate:
    """The ECB's test that applications are not more concentrated than at development, where it can tell (`_tested`)."""
    return _tested(case, by_count(case), _counts)


def change_by_amount(case: Case) -> Estimate:
    """The same test by amount."""
    return _tested(case, by_amount(case), _amounts)


def rise(case: Case) -> Estimate:
    """The index by applications less that at development; both are taken as known, as all are counted."""
    return _risen(case, by_count)


def rise_by_amount(case: Case) -> Estimate:
    """The same by amount."""
    return _risen(case, by_amount)


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


def _tested(case: Case, index: Estimate, measured: Callable[[Case], Counts]) -> Estimate:
    """The test of the index, not evaluated where even the largest rise would not be significant."""
    if not index.evaluated:
        return index
    if case.development is None or not measured(case.development).sum():
        return Estimate.missing(NO_DEVELOPMENT, index.n, index.method)
    if index.p_value is None:
        return Estimate.missing("the grades are filled evenly", index.n, index.method)
    least = least_p(measured(case.development))
    if case.thresholds[CHANGE].judge(least) == "green":
        why = f"over these grades no rise can be significant: the least p-value is {least:.2f}"
        return Estimate.missing(why, index.n, index.method)
    return index


def _risen(case: Case, index: Callable[[Case], Estimate]) -> Estimate:
    now, before = index(case), index(case.development) if case.development else Estimate.missing(NO_DEVELOPMENT)
    if now.value is None or before.value is None:
        return Estimate.missing(now.reason or before.reason, now.n, now.method)
    return Estimate(now.value - before.value, n=now.n, method="difference of two HHI of grades (ECB); all are counted")


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
        "grades.concentration_rise",
        "Concentration less that at development",
        rise,
        "validation.concentration_rise",
        not_on=("development",),
    ),
    Check(
        "grades.concentration_rise_by_amount",
        "Concentration by amount less that at development",
        rise_by_amount,
        "validation.concentration_rise",
        not_on=("development",),
    ),
    Check(
        "grades.concentration_change",
        "Test that concentration has not risen since development",
        change,
        CHANGE,
        kind="p-value",
        not_on=("development",),
    ),
    Check(
        "grades.concentration_change_by_amount",
        "Test that concentration by amount has not risen since development",
        change_by_amount,
        CHANGE,
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
