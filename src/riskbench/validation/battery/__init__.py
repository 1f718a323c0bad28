"""The battery: every check that a model is validated with, a file a family, each file ending with its table of checks.

A check is one entry of a table (`check.py`), asked of samples (`case.py`). What the data leave undefined comes back as
not evaluated, with the reason. A new family is a file with a table, and its name below.
"""

from collections.abc import Mapping

from riskbench.core.results import CheckResult
from riskbench.validation.battery import (
    calibration,
    concentration,
    discrimination,
    grades,
    overfitting,
    segments,
    vintages,
)
from riskbench.validation.battery.case import Case, cases_by_sample
from riskbench.validation.battery.check import Check, ask
from riskbench.validation.battery.curves import calibration_line_points, cap_points
from riskbench.validation.battery.grades import grade_points, grade_table
from riskbench.validation.battery.overfitting import optimism
from riskbench.validation.battery.summary import counted, part_points, sample_table, verdict

__all__ = [
    "FAMILIES",
    "calibration_line_points",
    "cap_points",
    "cases_by_sample",
    "counted",
    "grade_points",
    "grade_table",
    "optimism",
    "part_points",
    "run",
    "sample_table",
    "verdict",
]

FAMILIES: Mapping[str, tuple[Check, ...]] = {
    "discrimination": discrimination.CHECKS,
    "overfitting": overfitting.CHECKS,
    "segments": segments.CHECKS,
    "vintages": vintages.CHECKS,
    "calibration": calibration.CHECKS,
    "grades": grades.CHECKS,
    "concentration": concentration.CHECKS,
}


def run(family: str, *cases: Case) -> list[CheckResult]:
    """The checks of one family in the order of its table, each asked of every case; ids and limits are in the table.

    Raises ValueError for a family that is not one of `FAMILIES`, or PDs outside [0, 1].
    """
    if family not in FAMILIES:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")
    return [result for check in FAMILIES[family] for case in cases for result in ask(check, case)]
