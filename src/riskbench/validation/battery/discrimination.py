"""Discrimination: whether PDs rank bad applications above good ones, and as well as at development."""

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check

ENOUGH = "validation.part_cases"


def auc(case: Case) -> Estimate:
    """The area under the ROC curve, with DeLong's interval."""
    return case.once(metrics.auc)


def auc_change(case: Case) -> Estimate:
    """The test of the AUC against that of the development sample, which is taken as known."""
    initial = auc(case.development).value if case.development else None
    if initial is None:
        return Estimate.missing("the AUC at development is not known", len(case.y))
    return metrics.auc_deterioration(initial, case.y, case.pd)


CHECKS = (
    Check("champion.auc", "Area under the ROC curve", auc, "validation.auc", best=1, classes=ENOUGH),
    Check("champion.gini", "Gini coefficient", lambda case: case.once(metrics.gini), best=1),
    Check("champion.ks", "Kolmogorov–Smirnov distance of bad and good", lambda case: case.once(metrics.ks), best=1),
    Check("champion.h_measure", "H-measure", lambda case: case.once(metrics.h_measure), best=1),
    Check(
        "champion.partial_auc",
        "Partial AUC where at most 30 % of goods are declined (.5 is chance)",
        lambda case: case.once(metrics.partial_auc),
        best=1,
    ),
    Check(
        "champion.auc_change",
        "Test that AUC was not lost since development",
        auc_change,
        "validation.auc_change",
        kind="p-value",
        classes=ENOUGH,
        not_on=("development",),
    ),
)
