"""Discrimination: whether PDs rank bad applications above good ones, and as well as at development."""

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check


def auc(case: Case) -> Estimate:
    """The area under the ROC curve, with DeLong's interval."""
    return metrics.auc(case.y, case.pd)


def auc_change(case: Case) -> Estimate:
    """The test of the AUC against that of the development sample, which is taken as known."""
    initial = auc(case.development).value if case.development else None
    if initial is None:
        return Estimate.missing("the AUC at development is not known", len(case.y))
    return metrics.auc_deterioration(initial, case.y, case.pd)


CHECKS = (
    Check("champion.auc", "Area under the ROC curve", auc, "validation.auc", best=1),
    Check("champion.gini", "Gini coefficient", lambda case: metrics.gini(case.y, case.pd), best=1),
    Check(
        "champion.ks", "Kolmogorov–Smirnov distance of bad and good", lambda case: metrics.ks(case.y, case.pd), best=1
    ),
    Check(
        "champion.auc_change",
        "Test that AUC was not lost since development",
        auc_change,
        "validation.auc_change",
        kind="p-value",
        not_on=("development",),
    ),
)
