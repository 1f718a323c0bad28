"""Vintages: whether the card ranks as well, and its PDs hold, from one period of decision to the next.

Ranking is asked by quarter, so that there are bads enough in each; the level of the PDs by month, so that there are
periods enough: the normal test takes each month as one draw, whatever makes its loans turn bad together.
"""

import numpy as np

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.metrics.several_aucs import Area, auc_trend
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check
from riskbench.validation.battery.discrimination import ENOUGH, auc
from riskbench.validation.battery.parts import by_quarter, months_of

MONTHS, MONTH_CASES = "validation.test_months", "validation.grade_cases"
NO_DATES = "the scores have no months of decision"


def trend(case: Case) -> Estimate:
    """The test that the AUC does not fall from quarter to quarter; its value is the AUC gained a quarter."""
    quarters = case.divided(by_quarter)
    if not quarters:
        return Estimate.missing(NO_DATES, len(case.y))
    judged = [(at, quarter.once(Area.of)) for at, quarter in enumerate(quarters) if not quarter.lacks_classes(ENOUGH)]
    return auc_trend([area for _, area in judged], [at for at, _ in judged])


def normal_test(case: Case) -> Estimate:
    """The normal test over months that PDs are not too low: months with too few labelled cases take no part."""
    codes, months = months_of(case)
    if not months:
        return Estimate.missing(NO_DATES, len(case.y))
    inside = codes[case.labelled]
    n, bads, expected = (np.bincount(inside, weights, len(months)) for weights in (None, case.y, case.pd))
    used = n >= case.thresholds[MONTH_CASES].bound
    limit = case.thresholds[MONTHS]
    if limit.judge(int(used.sum())) == "red":
        why = f"months with labelled cases enough: {used.sum()}, and at least {limit.amber:g} are asked for"
        return Estimate.missing(why, len(case.y))
    return metrics.normal_test(bads[used] / n[used], expected[used] / n[used])


CHECKS = (
    Check("{part}.auc", "Area under the ROC curve, {part.name}", auc, parts=by_quarter, classes=ENOUGH),
    Check(
        "vintages.auc_trend",
        "Test that the AUC does not fall from quarter to quarter",
        trend,
        "validation.auc_trend",
        kind="p-value",
    ),
    Check(
        "vintages.normal_test",
        "Normal test over months that PDs are not too low",
        normal_test,
        "validation.normal_test",
        kind="p-value",
    ),
)
