"""Floor 1: statistics. Arrays or counts in, an `Estimate` out; no files and no plots.

y: 1 = bad. pd: larger is riskier. Wrong input raises ValueError; a statistic that the data leave undefined is an
estimate without a value and with a reason.
"""

from riskbench.metrics.calibration import CalibrationLine, brier, calibration_line, hosmer_lemeshow, spiegelhalter
from riskbench.metrics.calibration_curve import CalibrationBand, CalibrationBins, calibration_band, calibration_bins
from riskbench.metrics.cap import CapCurve, cap_curve
from riskbench.metrics.concentration import hhi
from riskbench.metrics.discrimination import auc, auc_deterioration, delong, gini, ks
from riskbench.metrics.disparity import (
    adverse_impact_ratio,
    equalised_odds_difference,
    rate_difference,
    standardised_mean_difference,
)
from riskbench.metrics.divergence import contributions, csi, iv, psi
from riskbench.metrics.economics import expected_loss, expected_profit, expected_return, loan_loss, loan_profit
from riskbench.metrics.h_measure import h_measure
from riskbench.metrics.intervals import difference, jeffreys_interval, proportion, wald, wilson
from riskbench.metrics.partial_auc import partial_auc
from riskbench.metrics.pd_tests import binomial, chi2_grades, jeffreys, normal_test
from riskbench.metrics.resampling import GroupCounts, Parity, group_parity
from riskbench.metrics.transitions import Migration, migration

__all__ = [
    "CalibrationBand",
    "CalibrationBins",
    "CalibrationLine",
    "CapCurve",
    "GroupCounts",
    "Migration",
    "Parity",
    "adverse_impact_ratio",
    "auc",
    "auc_deterioration",
    "binomial",
    "brier",
    "calibration_band",
    "calibration_bins",
    "calibration_line",
    "cap_curve",
    "chi2_grades",
    "contributions",
    "csi",
    "delong",
    "difference",
    "equalised_odds_difference",
    "expected_loss",
    "expected_profit",
    "expected_return",
    "gini",
    "group_parity",
    "h_measure",
    "hhi",
    "hosmer_lemeshow",
    "iv",
    "jeffreys",
    "jeffreys_interval",
    "ks",
    "loan_loss",
    "loan_profit",
    "migration",
    "normal_test",
    "partial_auc",
    "proportion",
    "psi",
    "rate_difference",
    "spiegelhalter",
    "standardised_mean_difference",
    "wald",
    "wilson",
]
