"""Detectors of wrong outcomes and wrong PDs: whether what happened is what the PDs said, and no part apart."""

from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from riskbench import metrics
from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.intervals import normal_quantile
from riskbench.validation.attack.desk import Desk
from riskbench.validation.attack.rings import outcomes, smallest, tested


def level(desk: Desk) -> Estimate:
    """Two-sided test that the mean PD is the bad rate; the variance allows for the level found at development.

    z = Σ(y − p) / √(Σ p(1 − p)(1 + n/m)) with n cases judged and m cases of development.
    """
    y, p, m = *outcomes(desk, desk.now), int((desk.development & desk.labelled).sum())
    if not len(y):
        return Estimate.missing("the sample has no labels", 0)
    variance = float((p * (1 - p)).sum()) * (1 + len(y) / m)
    if not variance:
        return Estimate.missing("every PD is 0 or 1", len(y))
    z = float((y - p).sum()) / sqrt(variance)
    return tested(2 * float(ndtr(-abs(z))), len(y), z, "z of outcomes less PDs, two-sided")


def slope(desk: Desk) -> Estimate:
    """One-sided test that the calibration slope is not below its limit: below it PDs separate less than they say.

    z = (b − c) / √(s² + s_dev²) with the slope b of the sample, the standard errors here and at development, and the
    lower limit c of `validation.calibration_slope`: shrinkage is an estimate, and a slope a little below 1 is no error.
    """
    lines = [metrics.calibration_line(*outcomes(desk, rows)).slope for rows in (desk.now, desk.development)]
    if any(line.value is None or line.lower is None or line.upper is None for line in lines):
        return Estimate.missing("the calibration line is not defined", lines[0].n)
    errors = [((e.upper or 0.0) - (e.lower or 0.0)) / (2 * normal_quantile(LEVEL)) for e in lines]
    green = desk.thresholds["validation.calibration_slope"].green
    least = green[0] if isinstance(green, tuple) else green
    z = ((lines[0].value or 0.0) - least) / sqrt(sum(error**2 for error in errors))
    return tested(float(ndtr(z)), lines[0].n, z, f"z of the calibration slope against {least:g}, one-sided")


def parts(desk: Desk) -> Estimate:
    """χ² that outcomes less PDs are as at development: by bin of each feature, by segment, in the newest delivery.

    Bins with too few cases in either sample (`validation.grade_cases`) are left aside.
    """
    known, fewest = desk.labelled, desk.thresholds["validation.grade_cases"].bound
    y, p = (np.where(known, desk.rows[name].to_numpy(dtype=float), 0.0) for name in ("y", "pd"))
    found = {}
    for name, code in _divisions(desk).items():
        gap, variance, enough = np.zeros(code.max() + 1), np.zeros(code.max() + 1), np.ones(code.max() + 1, bool)
        for rows, sign in ((desk.now & known, 1), (desk.development & known, -1)):
            residuals, variances = (y - p)[rows], (p * (1 - p))[rows]
            n, of, spread = (np.bincount(code[rows], w, len(gap)) for w in (None, residuals, variances))
            gap, variance = gap + sign * of / np.maximum(n, 1), variance + spread / np.maximum(n, 1) ** 2
            enough &= (n >= fewest) & (spread > 0)
        if enough.any():
            chi2 = float((gap[enough] ** 2 / variance[enough]).sum())
            found[name] = (float(chdtrc(int(enough.sum()), chi2)), chi2)
    return smallest(found, int((desk.now & known).sum()), "χ² of outcomes less PDs against development")


def _divisions(desk: Desk) -> dict[str, NDArray[np.int64]]:
    """What a sample is divided by: the bins of each feature, each segment, and the newest delivery."""
    levels = {str(name): pd.factorize(desk.segments[name], use_na_sentinel=False)[0] for name in desk.segments}
    bins = {str(name): desk.codes[name].to_numpy() for name in desk.codes}
    return bins | levels | {"newest delivery": desk.newest.astype(np.int64)}
