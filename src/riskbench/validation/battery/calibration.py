"""Calibration: whether PDs are as large as they say, case by case and for the sample as a whole.

The ECB's test is one-sided, of PDs too low. A PD too high is a finding as well, if no danger to capital: it turns good
customers away and overprices the others, so that it is told beside, for information.
"""

from dataclasses import replace
from math import exp

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check

ENOUGH, NO_CASES = "validation.grade_cases", "there are no cases"


def mean_pd(case: Case) -> Estimate:
    """The mean PD, at the bad rate of the data: a fact of the card, without an interval."""
    return Estimate(case.expected, n=len(case.y)) if len(case.y) else Estimate.missing(NO_CASES, 0)


def bad_rate(case: Case) -> Estimate:
    """The bad rate with Jeffreys' interval and his test that the mean PD is not too low."""
    if not len(case.y):
        return Estimate.missing(NO_CASES, 0)
    return metrics.jeffreys(len(case.y), case.y.sum(), case.expected)


def too_high(case: Case) -> Estimate:
    """The bad rate with the other side of Jeffreys' test: that the mean PD is not too high."""
    rate = bad_rate(case)
    if rate.p_value is None:
        return rate
    return replace(rate, p_value=1 - rate.p_value, method="Jeffreys test, one-sided against a PD too high")


def observed_to_expected(case: Case) -> Estimate:
    """The bad rate over the mean PD, which is taken as known; below 1 the PDs are too high, above 1 too low."""
    rate = bad_rate(case)
    if rate.value is None or not case.expected:
        return Estimate.missing(rate.reason or "every PD is 0", len(case.y))
    value, lower, upper = (
        bound / case.expected if bound is not None else None for bound in (rate.value, rate.lower, rate.upper)
    )
    return Estimate(value, lower, upper, rate.level, rate.n, "bad rate over mean PD; Jeffreys interval of the bad rate")


def binomial(case: Case) -> Estimate:
    """The bad rate with the binomial test that the mean PD is not too low."""
    if not len(case.y):
        return Estimate.missing(NO_CASES, 0)
    return metrics.binomial(len(case.y), case.y.sum(), case.expected)


def vasicek(case: Case) -> Estimate:
    """The same where loans turn bad together: the binomial mixed over Vasicek's factor, at the regulator's correlation.

    A PD that the binomial test rejects and this one does not may be right, and the period a bad one.
    """
    if not len(case.y):
        return Estimate.missing(NO_CASES, 0)
    return metrics.binomial(len(case.y), case.y.sum(), case.expected, retail_correlation(case.expected))


def retail_correlation(pd: float) -> float:
    """The asset correlation of other retail exposures at a PD, from .16 at 0 down to .03.

    ρ = .03 w + .16 (1 − w), w = (1 − exp(−35 PD))/(1 − exp(−35)). It is set by rule, cautiously, for unexpected loss:
    it was not estimated on the portfolio. Source: CRR (Regulation 575/2013) Art. 154(1)(ii).

    >>> round(retail_correlation(0.0), 4), round(retail_correlation(0.05), 4), round(retail_correlation(1.0), 4)
    (0.16, 0.0526, 0.03)
    """
    weight = (1 - exp(-35 * pd)) / (1 - exp(-35))
    return 0.03 * weight + 0.16 * (1 - weight)


TOO_HIGH = Check(  # information: no rule of capital asks it
    "portfolio.too_high", "Test that the mean PD is not too high", too_high, kind="p-value"
)
CHECKS = (
    Check("champion.brier", "Brier score", lambda case: case.once(metrics.brier), best=0),
    Check(
        "champion.spiegelhalter",
        "Test that PDs are the true probabilities",
        lambda case: case.once(metrics.spiegelhalter),
        "validation.spiegelhalter",
        kind="p-value",
        enough=ENOUGH,
    ),
    Check(  # information: on many cases it rejects any card, on few none
        "champion.hosmer_lemeshow",
        "Hosmer–Lemeshow test over tenths of the PD",
        lambda case: metrics.hosmer_lemeshow(case.y, case.pd, in_sample=case.fitted),
        kind="p-value",
    ),
    Check(
        "champion.calibration_line",
        "Test that the calibration line has intercept 0 and slope 1",
        lambda case: case.once(metrics.calibration_line).test,
        kind="p-value",
    ),
    Check(
        "champion.calibration_intercept",
        "Intercept of the calibration line, at its own slope",
        lambda case: case.once(metrics.calibration_line).intercept,
        best=0,
        unit="log-odds",
    ),
    Check(
        "champion.calibration_slope",
        "Slope of the calibration line (ideal 1)",
        lambda case: case.once(metrics.calibration_line).slope,
        "validation.calibration_slope",
        best=1,
        classes="validation.part_cases",
        not_on=("development",),  # where it is fitted it is 1 by construction, or above where the card was shrunk
    ),
    Check("portfolio.mean_pd", "Mean PD of the labelled applications", mean_pd, unit="%"),
    Check("portfolio.bad_rate", "Observed bad rate", bad_rate, unit="%"),
    Check(  # looks both ways, as the tests of capital do not
        "portfolio.observed_to_expected",
        "Bad rate over mean PD (ideal 1)",
        observed_to_expected,
        "validation.observed_to_expected",
        best=1,
        not_on=("development",),  # the level is that of these labels by construction, or another on purpose
        enough=ENOUGH,
    ),
    Check(
        "portfolio.jeffreys",
        "Test that the mean PD is not too low",
        bad_rate,
        "validation.jeffreys",
        kind="p-value",
        enough=ENOUGH,
    ),
    TOO_HIGH,
    Check(  # information: it asks what Jeffreys' test asks
        "portfolio.binomial", "Binomial test that the mean PD is not too low", binomial, kind="p-value"
    ),
    Check(
        "portfolio.vasicek",
        "Vasicek test that the mean PD is not too low",
        vasicek,
        "validation.vasicek",
        kind="p-value",
        enough=ENOUGH,
    ),
)
