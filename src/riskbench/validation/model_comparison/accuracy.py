"""Whose PDs are nearer to the outcomes, case by case: Brier score and log loss in pairs, and the calibration line."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame
from scipy.special import xlogy

from riskbench import metrics
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.metrics.arguments import cases
from riskbench.metrics.intervals import around
from riskbench.validation.model_comparison.judged import CHAMPION, Judged, title_of

Floats = NDArray[np.float64]
GAINS = ("brier_gain", "log_loss_gain")
LINE = ("calibration_slope", "intercept")


def brier_gain(y: ArrayLike, challenger: ArrayLike, champion: ArrayLike) -> Estimate:
    """Brier score of the champion less that of the challenger on the same cases; above 0 the challenger is nearer.

    The interval is that of the mean of paired differences.

    >>> round(brier_gain([0, 1], [0.1, 0.8], [0.2, 0.6]).value, 3)
    0.075
    """
    bad, p = cases(y, challenger)
    _, q = cases(y, champion)
    return _mean((q - bad) ** 2 - (p - bad) ** 2, "paired difference of Brier scores, normal interval")


def log_loss_gain(y: ArrayLike, challenger: ArrayLike, champion: ArrayLike) -> Estimate:
    """Mean log loss of the champion less that of the challenger; above 0 the challenger is nearer.

    Log loss is −ln of the probability given to what happened. A PD of 0 or 1 that proved wrong leaves it undefined.

    >>> round(log_loss_gain([0, 1], [0.1, 0.8], [0.2, 0.6]).value, 4)
    0.2027
    """
    bad, p = cases(y, challenger)
    _, q = cases(y, champion)
    method = "paired difference of log losses, normal interval"
    if any(((pd == 0) & bad | (pd == 1) & ~bad).any() for pd in (p, q)):
        return Estimate.missing("a PD of exactly 0 or 1 proved wrong, so the log loss is infinite", bad.size, method)
    return _mean(_loss(bad, q) - _loss(bad, p), method)


def accuracy(judged: Judged) -> DataFrame:
    """One row a model, the champion first: gains in Brier score and log loss, and the calibration line, with intervals.

    Columns: model, `brier_gain`, `log_loss_gain`, `calibration_slope` and `intercept`, each followed by its bounds. The
    champion gains nothing over itself: its gains are missing. Missing too is what the cases leave undefined.
    """
    rows = []
    for name in (CHAMPION, *judged.challengers):
        pd, champion = judged.pds[name], judged.pds[CHAMPION]
        line = metrics.calibration_line(judged.y, pd)
        found = {"calibration_slope": line.slope, "intercept": line.intercept}
        if name != CHAMPION:
            found["brier_gain"] = brier_gain(judged.y, pd, champion)
            found["log_loss_gain"] = log_loss_gain(judged.y, pd, champion)
        rows.append({"model": name} | {k: v for of, e in found.items() for k, v in e.columns(of).items()})
    columns = [f"{of}{end}" for of in (*GAINS, *LINE) for end in ("", "_lower", "_upper")]
    return DataFrame(rows, columns=["model", *columns]).astype(dict.fromkeys(columns, float))


def brier_gains(judged: Judged, sample: str) -> list[CheckResult]:
    """`<challenger>.brier_gain.<sample>`, for information."""
    return [
        CheckResult(
            f"{name}.brier_gain.{sample}",
            f"Brier score gained over the champion by {title_of(name)}",
            brier_gain(judged.y, judged.pds[name], judged.pds[CHAMPION]),
        )
        for name in judged.challengers
    ]


def _loss(bad: NDArray[np.bool_], p: Floats) -> Floats:
    return -xlogy(bad, p) - xlogy(~bad, 1 - p)


def _mean(differences: Floats, method: str, level: float = LEVEL) -> Estimate:
    n = differences.size
    if not n:
        return Estimate.missing("there are no cases", 0, method)
    value = float(differences.mean())
    if n < 2:
        return Estimate(value, n=n, method=f"{method}; none for a single case")
    lower, upper = around(value, float(differences.std(ddof=1)) / np.sqrt(n), level, -np.inf, np.inf)
    return Estimate(value, lower, upper, level, n, method)
