"""From the logit to the PD that is applied: shrinkage, the level that PDs are stated at, and the grades."""

from riskbench.scorecard.calibration.long_run import long_run_results, period_rates
from riskbench.scorecard.calibration.shrinkage import expected_slope
from riskbench.scorecard.calibration.steps import calibrate

__all__ = ["calibrate", "expected_slope", "long_run_results", "period_rates"]
