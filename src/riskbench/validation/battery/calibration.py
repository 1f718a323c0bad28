"""Calibration: whether PDs are as large as they say, case by case and for the sample as a whole."""

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check


def bad_rate(case: Case) -> Estimate:
    """The bad rate with Jeffreys' interval and his test that the mean PD is not too low."""
    if not len(case.y):
        return Estimate.missing("there are no cases", 0)
    return metrics.jeffreys(len(case.y), case.y.sum(), float(case.pd.mean()))


def binomial(case: Case) -> Estimate:
    """The bad rate with the binomial test that the mean PD is not too low."""
    if not len(case.y):
        return Estimate.missing("there are no cases", 0)
    return metrics.binomial(len(case.y), case.y.sum(), float(case.pd.mean()))


CHECKS = (
    Check("champion.brier", "Brier score", lambda case: metrics.brier(case.y, case.pd), best=0),
    Check(
        "champion.spiegelhalter",
        "Test that PDs are the true probabilities",
        lambda case: metrics.spiegelhalter(case.y, case.pd),
        "validation.spiegelhalter",
        kind="p-value",
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
        lambda case: metrics.calibration_line(case.y, case.pd).test,
        kind="p-value",
    ),
    Check(
        "champion.calibration_intercept",
        "Intercept of the calibration line, at its own slope",
        lambda case: metrics.calibration_line(case.y, case.pd).intercept,
        best=0,
        unit="log-odds",
    ),
    Check(
        "champion.calibration_slope",
        "Slope of the calibration line (ideal 1)",
        lambda case: metrics.calibration_line(case.y, case.pd).slope,
        "validation.calibration_slope",
        best=1,
        not_on=("development",),  # where it is fitted it is 1 by construction, or above where the card was shrunk
    ),
    Check("portfolio.bad_rate", "Observed bad rate", bad_rate, unit="%"),
    Check(
        "portfolio.jeffreys", "Test that the mean PD is not too low", bad_rate, "validation.jeffreys", kind="p-value"
    ),
    Check(  # information: it asks what Jeffreys' test asks
        "portfolio.binomial", "Binomial test that the mean PD is not too low", binomial, kind="p-value"
    ),
)
