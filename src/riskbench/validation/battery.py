"""The battery: every statistic that a model is validated with, on every sample, declared in one table.

A sample is (y, pd), 1 = bad; cases without a label (NaN) are left out, and `n` counts the others. What the data leave
undefined comes back as not evaluated, with the reason.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench import metrics
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation.labels import labelled

SLOPE = "Slope of the calibration line (ideal 1)"
Samples = Mapping[str, tuple[ArrayLike, ArrayLike]]


@dataclass(frozen=True)
class Case:
    """One sample as the formulas see it: labelled cases only, and the AUC at development where it is known.

    `fitted`: the PDs were fitted on these very cases.
    """

    y: NDArray
    pd: NDArray
    development_auc: float | None = None
    fitted: bool = False


@dataclass(frozen=True)
class Statistic:
    """A line of the battery. `not_on` names samples on which the question makes no sense."""

    name: str
    title: str
    formula: Callable[[Case], Estimate]
    threshold: str | None = None
    unit: str = ""
    not_on: tuple[str, ...] = ()


def by_p_value(estimate: Estimate) -> Estimate:
    """The same test with its p-value as the value to judge; the interval of the former value goes."""
    if not estimate.evaluated:
        return estimate
    return replace(estimate, value=estimate.p_value, lower=None, upper=None, level=None)


def _auc_change(case: Case) -> Estimate:
    if case.development_auc is None:
        return Estimate.missing("the AUC at development is not known", len(case.y))
    return by_p_value(metrics.auc_deterioration(case.development_auc, case.y, case.pd))


def _portfolio(case: Case) -> Estimate:
    if not len(case.y):
        return Estimate.missing("there are no cases", 0)
    return metrics.jeffreys(len(case.y), case.y.sum(), float(case.pd.mean()))


def _binomial(case: Case) -> Estimate:
    if not len(case.y):
        return Estimate.missing("there are no cases", 0)
    return by_p_value(metrics.binomial(len(case.y), case.y.sum(), float(case.pd.mean())))


DISCRIMINATION = (
    Statistic("champion.auc", "Area under the ROC curve", lambda c: metrics.auc(c.y, c.pd), "validation.auc"),
    Statistic("champion.gini", "Gini coefficient", lambda c: metrics.gini(c.y, c.pd)),
    Statistic("champion.ks", "Kolmogorov–Smirnov distance of bad and good", lambda c: metrics.ks(c.y, c.pd)),
    Statistic(
        "champion.auc_change",
        "Test that AUC was not lost since development (p-value)",
        _auc_change,
        "validation.auc_change",
        not_on=("development",),
    ),
)
CALIBRATION = (
    Statistic("champion.brier", "Brier score", lambda c: metrics.brier(c.y, c.pd)),
    Statistic(
        "champion.spiegelhalter",
        "Test that PDs are the true probabilities (p-value)",
        lambda c: by_p_value(metrics.spiegelhalter(c.y, c.pd)),
        "validation.spiegelhalter",
    ),
    Statistic(  # information: on many cases it rejects any card, on few none
        "champion.hosmer_lemeshow",
        "Hosmer–Lemeshow test over tenths of the PD (p-value)",
        lambda c: by_p_value(metrics.hosmer_lemeshow(c.y, c.pd, in_sample=c.fitted)),
    ),
    Statistic(
        "champion.calibration_line",
        "Test that the calibration line has intercept 0 and slope 1 (p-value)",
        lambda c: by_p_value(metrics.calibration_line(c.y, c.pd).test),
    ),
    Statistic(
        "champion.calibration_intercept",
        "Intercept of the calibration line, at its own slope",
        lambda c: metrics.calibration_line(c.y, c.pd).intercept,
        unit="log-odds",
    ),
    Statistic(
        "champion.calibration_slope",
        SLOPE,
        lambda c: metrics.calibration_line(c.y, c.pd).slope,
        "validation.calibration_slope",
        not_on=("development",),  # where it is fitted it is 1 by construction, or above where the card was shrunk
    ),
    Statistic("portfolio.bad_rate", "Observed default rate", _portfolio, unit="%"),
    Statistic(
        "portfolio.jeffreys",
        "Test that the mean PD is not too low (p-value)",
        lambda c: by_p_value(_portfolio(c)),
        "validation.jeffreys",
    ),
    Statistic(  # information: it asks what Jeffreys' test asks
        "portfolio.binomial",
        "Binomial test that the mean PD is not too low (p-value)",
        _binomial,
    ),
)


def by_sample(scores: pd.DataFrame, names: Sequence[str]) -> Samples:
    """Labels and PDs of the labelled rows of each sample that there is; `scores` has columns sample, y and pd."""
    labelled = scores[scores["y"].notna()]
    return {
        name: (rows["y"].to_numpy(), rows["pd"].to_numpy())
        for name in names
        if len(rows := labelled[labelled["sample"] == name])
    }


def discrimination(samples: Samples, thresholds: Thresholds, development_auc: float | None = None) -> list[CheckResult]:
    """AUC, Gini, KS and, except on the sample named development, the p-value of the loss of AUC since then.

    >>> y, pd = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    >>> [(r.name, r.status) for r in discrimination({"test": (y, pd)}, Thresholds())][0]
    ('champion.auc.test', 'green')
    """
    return list(_run(DISCRIMINATION, samples, thresholds, development_auc))


def calibration(
    samples: Samples, thresholds: Thresholds, fitted: Collection[str] = ("development",)
) -> list[CheckResult]:
    """Brier score, the tests case by case, the calibration line, and the portfolio's default rate with its tests.

    The values of tests are their p-values. `fitted` names the samples whose labels the PDs were fitted on, where
    Hosmer and Lemeshow's test has two degrees of freedom less. Raises ValueError for PDs outside [0, 1].
    """
    return list(_run(CALIBRATION, samples, thresholds, None, fitted))


def _run(
    battery: tuple[Statistic, ...],
    samples: Samples,
    thresholds: Thresholds,
    development_auc: float | None,
    fitted: Collection[str] = (),
) -> Iterator[CheckResult]:
    cases = {}
    for name, sample in samples.items():
        y, pd = labelled(*sample)
        cases[name] = Case(y, pd, development_auc, name in fitted)
    for line in battery:
        for name, case in cases.items():
            if name in line.not_on:
                continue
            yield CheckResult(
                f"{line.name}.{name}",
                line.title,
                line.formula(case),
                thresholds[line.threshold] if line.threshold else None,
                line.unit,
            )
