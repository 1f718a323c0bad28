"""Where PDs are wrong: bad rates by bins of the PD with intervals, and the calibration line with a band for all PDs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, chdtri, expit, logit

from riskbench.core.results import LEVEL
from riskbench.metrics.arguments import Floats, cases, lacks_a_class, probabilities, share
from riskbench.metrics.calibration import fit_line, no_line


@dataclass(frozen=True)
class CalibrationBins:
    """One entry a bin, from the lowest PD to the highest: cases, bads, mean PD, bad rate, Jeffreys interval."""

    n: Floats
    bads: Floats
    mean_pd: Floats
    bad_rate: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class CalibrationBand:
    """The fitted bad rate at each PD of `pd`, with a band that holds the whole line; empty with a `reason`."""

    pd: Floats
    bad_rate: Floats
    lower: Floats
    upper: Floats
    reason: str = ""


def calibration_bins(y: ArrayLike, pd: ArrayLike, bins: int = 10, level: float = LEVEL) -> CalibrationBins:
    """Bad rate against mean PD over quantile bins of the PD, each with Jeffreys' interval at `level` of its own.

    Equal PDs stay in one bin, so that there can be fewer bins than asked for, and row order does not matter. The
    intervals hold for one bin each: of ten right ones, about four times in ten at least one misses at 95 %. No cases
    give no bins.

    >>> calibration_bins([0, 1, 0, 1], [.1, .1, .4, .6], bins=2).bad_rate.tolist()
    [0.5, 0.5]
    """
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, got {bins}")
    share(level, "level", open_interval=True)
    bad, f = cases(y, pd)
    if not bad.size:
        return CalibrationBins(*np.empty((6, 0)))
    edges = np.unique(np.quantile(f, np.arange(1, bins) / bins))
    at = np.searchsorted(edges, f, side="left")
    used = np.unique(at)
    n, bads, expected = (np.bincount(at, weights).astype(float)[used] for weights in (np.ones_like(f), bad, f))
    tail, shape = (1 - level) / 2, (bads + 0.5, n - bads + 0.5)
    lower = np.where(bads == 0, 0.0, betaincinv(*shape, tail))
    upper = np.where(bads == n, 1.0, betaincinv(*shape, 1 - tail))
    return CalibrationBins(n, bads, expected / n, bads / n, lower, upper)


def calibration_band(y: ArrayLike, pd: ArrayLike, at: ArrayLike | None = None, level: float = LEVEL) -> CalibrationBand:
    """The calibration line, logit of the bad rate = a + b · logit(pd), with a band simultaneous over all PDs.

    The band is Scheffé's: fitted log-odds ± √χ²₂(level) · standard error, the region of (a, b) carried over to the
    curve. So the diagonal lies inside everywhere unless the Wald test of a = 0 and b = 1 rejects; where it leaves the
    band, PDs are too low (band above) or too high. This is the calibration belt of degree one: it sees level and
    spread, not a bend, for which the bins stand beside it. `at`: PDs to evaluate, in (0, 1); else 101 between the
    smallest and the largest, even in log-odds. Sources: Scheffé, The Analysis of Variance (1959); Nattino, Finazzi and
    Bertolini, Statistics in Medicine 33 (2014).

    >>> band = calibration_band([0, 0, 1, 0, 1, 1], [.1, .2, .3, .4, .5, .6], at=[0.35])
    >>> band.bad_rate.round(3).tolist(), bool(band.lower[0] < 0.35 < band.upper[0])
    ([0.534], True)
    """
    share(level, "level", open_interval=True)
    bad, f = cases(y, pd)
    if reason := lacks_a_class(bad) or no_line(bad, f):
        nothing = np.empty(0)
        return CalibrationBand(nothing, nothing, nothing, nothing, reason)
    if at is None:
        log_odds = np.linspace(logit(f.min()), logit(f.max()), 101)
    else:
        points = probabilities(at, "at")
        if ((points == 0) | (points == 1)).any():
            raise ValueError("at must lie in (0, 1): a PD of exactly 0 or 1 has no log-odds")
        log_odds = logit(points)
    X = np.column_stack([np.ones(f.size), logit(f)])
    beta, information = fit_line(X, bad)
    Z = np.column_stack([np.ones(log_odds.size), log_odds])
    line = Z @ beta
    reach = np.sqrt(chdtri(2, 1 - level) * (Z * np.linalg.solve(information, Z.T).T).sum(axis=1))
    return CalibrationBand(expit(log_odds), expit(line), expit(line - reach), expit(line + reach))
