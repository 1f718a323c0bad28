"""Overfitting: how much of the AUC at development is lost where the card was not fitted.

Two measures. On other cases: the AUC at development less that of the sample. On the same cases: the AUC at development
less that by cross-validation, in which the card is built again without the cases that judge it (its optimism).
"""

from dataclasses import replace

from riskbench.core.results import CheckResult, Estimate
from riskbench.metrics.several_aucs import Area, auc_gap
from riskbench.validation.battery.case import NO_DEVELOPMENT, Case
from riskbench.validation.battery.check import Check
from riskbench.validation.battery.discrimination import ENOUGH, auc


def gap(case: Case) -> Estimate:
    """AUC at development less AUC here, with the interval of a difference of independent samples.

    A customer who comes back out of time stands in both: the interval is then a little too wide.
    """
    if case.development is None:
        return Estimate.missing(NO_DEVELOPMENT, len(case.y))
    return auc_gap(case.development.once(Area.of), case.once(Area.of))


def optimism(development: Case, rebuilt: Estimate) -> CheckResult:
    """AUC at development less the AUC by cross-validation, judged by the line validation.auc_optimism.

    The interval is that of the cross-validation, mirrored: the AUC at development is taken as known, because both
    rest on the same cases. Source: Efron, Journal of the American Statistical Association 78 (1983), for the term.
    """
    name, title = "champion.auc_optimism", "AUC at development less AUC by cross-validation"
    lost = _less(auc(development), rebuilt)
    return CheckResult(name, title, lost, development.thresholds["validation.auc_optimism"])


def _less(known: Estimate, rebuilt: Estimate) -> Estimate:
    if known.value is None or rebuilt.value is None:
        return Estimate.missing(known.reason or rebuilt.reason, rebuilt.n, rebuilt.method)
    value, lower, upper = (x if x is None else known.value - x for x in (rebuilt.value, rebuilt.upper, rebuilt.lower))
    return replace(rebuilt, value=value, lower=lower, upper=upper)


CHECKS = (
    Check(
        "champion.auc_gap",
        "AUC at development less AUC of the sample",
        gap,
        "validation.auc_gap",
        classes=ENOUGH,
        not_on=("development",),
    ),
)
