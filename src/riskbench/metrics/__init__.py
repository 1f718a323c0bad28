"""Floor 1: statistics. Arrays or counts in, an `Estimate` out; no files and no plots.

y: 1 = bad. pd: larger is riskier. Wrong input raises ValueError; a statistic that the data leave undefined is an
estimate without a value and with a reason.
"""

from riskbench.metrics.calibration import CalibrationLine, brier, calibration_line, hosmer_lemeshow, spiegelhalter
from riskbench.metrics.concentration import hhi
from riskbench.metrics.discrimination import auc, auc_deterioration, delong, gini, ks
from riskbench.metrics.disparity import adverse_impact_ratio, equalised_odds_difference, standardised_mean_difference
from riskbench.metrics.divergence import contributions, csi, iv, psi
from riskbench.metrics.economics import loan_loss, loan_profit
from riskbench.metrics.intervals import difference, jeffreys_interval, proportion
from riskbench.metrics.pd_tests import binomial, chi2_grades, jeffreys

__all__ = [
    "CalibrationLine",
    "adverse_impact_ratio",
    "auc",
    "auc_deterioration",
    "binomial",
    "brier",
    "calibration_line",
    "chi2_grades",
    "contributions",
    "csi",
    "delong",
    "difference",
    "equalised_odds_difference",
    "gini",
    "hhi",
    "hosmer_lemeshow",
    "iv",
    "jeffreys",
    "jeffreys_interval",
    "ks",
    "loan_loss",
    "loan_profit",
    "proportion",
    "psi",
    "spiegelhalter",
    "standardised_mean_difference",
]
