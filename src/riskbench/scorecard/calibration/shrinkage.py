"""How far a card overstates the spread of its PDs: the calibration slope to expect out of sample, by bootstrap."""

import numpy as np
import pandas as pd

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.calibration import calibration_line
from riskbench.metrics.intervals import normal_quantile
from riskbench.scorecard.design import Build

SMALLEST = 0.05  # a card that earns less has nothing to say, and its PDs are all but equal


def expected_slope(
    build: Build,
    X: pd.DataFrame,
    y: pd.Series,
    *,
    replicates: int = 10,
    seed: int = 0,
) -> Estimate:
    """The calibration slope that a card built on X and y may expect elsewhere: 1 is honest, less is overfitting.

    `build` makes a card from scratch (binning, selection, fit) on each of `replicates` bootstrap samples; each is
    judged on all of X. y: 1 = bad. The value is what `Scorecard.shrunk` takes, so it is kept at most 1. The interval is
    that of the mean over replicates: it says how many are enough, not how far the next portfolio may lie.
    Raises ValueError for fewer than 2 replicates. Source: Harrell, Regression Modeling Strategies (2015), 5.3.
    """
    if replicates < 2:
        raise ValueError(f"replicates must be at least 2, got {replicates}")
    target = y.to_numpy(int)
    slopes = []
    for replicate in range(replicates):
        rows = np.random.default_rng([seed, replicate]).integers(0, len(X), len(X))
        card = build(X.iloc[rows].reset_index(drop=True), target[rows])
        slopes.append(calibration_line(target, card.predict_proba(X)[:, 1]).slope.value or SMALLEST)
    mean, reach = float(np.mean(slopes)), normal_quantile(LEVEL) * float(np.std(slopes, ddof=1)) / np.sqrt(replicates)
    method = f"mean slope of {replicates} bootstrap cards on the whole sample"
    return Estimate(float(np.clip(mean, SMALLEST, 1.0)), mean - reach, mean + reach, LEVEL, len(X), method)
