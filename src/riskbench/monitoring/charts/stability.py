"""PSI and CSI that ring by evidence and by size: above what chance reaches, and above what matters.

Two hurdles, and both must be passed. The null quantile knows how many cases there were, so that a small month does not
ring by itself; the floor knows what is material, so that a large one does not ring for nothing.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, chdtri, fdtrc, fdtri

from riskbench.metrics.arguments import Floats
from riskbench.metrics.divergence import contributions
from riskbench.metrics.multiple_tests import benjamini_hochberg
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.dispersion import FEWEST, Dispersion, of_chi2


def psi_chart(current: ArrayLike, reference: ArrayLike, once_in: float, floor: float = 0.0) -> Chart:
    """PSI of each look against the reference, on frozen cells: one row a look or reference period, one column a cell.

    Under the null, PSI / (1/n + 1/m) is χ² with (cells − 1) degrees of freedom where periods differ by chance alone
    (Yurdakul and Naranjo, Journal of Risk Model Validation 14(4), 2020). It is divided by what reference periods
    differ in truth (a χ² of homogeneity over its degrees of freedom: Rao and Scott's first correction, Annals of
    Statistics 12(1), 1984), and the quantile is that of F; with fewer than five of them, chance alone is taken. The
    quantile is exceeded once in `once_in` looks.
    `upper` is the larger of it and of `floor`; `chance` is that of a PSI beyond it.

    >>> chart = psi_chart([[50, 50], [80, 20]], [[500, 500]], once_in=100, floor=0.1)
    >>> chart.points.round(2).tolist(), chart.signals.tolist()
    ([0.0, 0.42], [False, True])
    """
    looks(once_in)
    if floor < 0:
        raise ValueError(f"floor must not be negative, got {floor:g}")
    now, pooled, spread = _read(current, reference)
    value, unit, df = _psi(now, pooled)
    quantile = _quantile(df, spread, 1 / once_in) * unit
    chance = _chance(df, spread, 1 / once_in, floor / unit)
    judged = np.isfinite(unit) & (df > 0)
    hidden = np.where(judged, 1.0, np.nan)
    reasons = tuple(
        "" if known else ("there are no cases" if not rows.sum() else "it needs two cells and a reference with cases")
        for known, rows in zip(judged, now, strict=True)
    )
    method = f"PSI above the null quantile and a floor of {floor:g}: {spread.told()}"
    return Chart(
        value * hidden,
        0 * hidden,
        np.full(len(now), np.nan),
        np.maximum(quantile, floor) * hidden,
        now.sum(axis=1),
        chance * hidden,
        once_in,
        method,
        reasons,
    )


def psi_p_values(current: ArrayLike, reference: ArrayLike) -> Floats:
    """P-value of the PSI of each look under the null of `psi_chart`; NaN where there is nothing to compare.

    >>> psi_p_values([[50, 50], [80, 20]], [[500, 500]]).round(4).tolist()
    [1.0, 0.0]
    """
    now, pooled, spread = _read(current, reference)
    value, unit, df = _psi(now, pooled)
    with np.errstate(invalid="ignore"):
        statistic = value / unit
        if spread.measured:
            scaled = statistic / np.where(df > 0, df, np.nan) / spread.factor**2
            return np.asarray(fdtrc(df, spread.df, scaled), dtype=float)
        return np.where(df > 0, chdtrc(df, statistic), np.nan)


def drifted(p_values: ArrayLike, psi: ArrayLike, q: float, floor: float) -> tuple[np.ndarray, Floats]:
    """Which of many features drifted at one look, and their p-values adjusted by Benjamini and Hochberg.

    Drifted: a discovery at the false discovery rate `q` whose PSI reaches `floor`. In a look at which no feature
    moved, the chance of any signal is at most q. Raises ValueError unless q lies in (0, 1).

    >>> which, adjusted = drifted([0.0001, 0.002, 0.9], [0.30, 0.01, 0.001], q=0.05, floor=0.02)
    >>> which.tolist(), adjusted.round(4).tolist()
    ([True, False, False], [0.0003, 0.003, 0.9])
    """
    if not 0 < q < 1:
        raise ValueError(f"q must lie in (0, 1), got {q:g}")
    adjusted = benjamini_hochberg(p_values)
    return (adjusted <= q) & (np.asarray(psi, dtype=float) >= floor), adjusted


def _read(current: ArrayLike, reference: ArrayLike) -> tuple[Floats, Floats, Dispersion]:
    now, before = (np.atleast_2d(np.asarray(values, dtype=float)) for values in (current, reference))
    if now.shape[1] != before.shape[1]:
        raise ValueError(f"looks and reference must have the same cells, got {now.shape[1]} and {before.shape[1]}")
    if not (np.isfinite(now).all() and np.isfinite(before).all()) or (now < 0).any() or (before < 0).any():
        raise ValueError("counts must be finite and not negative")
    return now, before.sum(axis=0), _homogeneity(before)


def _homogeneity(periods: Floats) -> Dispersion:
    """Pearson's χ² of reference periods against cells, as an excess."""
    table = periods[periods.sum(axis=1) > 0][:, periods.sum(axis=0) > 0]
    rows, columns = table.shape
    if rows < FEWEST or columns < 2:
        return Dispersion()
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0)[None, :] / table.sum()
    return of_chi2(float(((table - expected) ** 2 / expected).sum()), (rows - 1) * (columns - 1))


def _psi(now: Floats, pooled: Floats) -> tuple[Floats, Floats, Floats]:
    """PSI of each look, 1/n + 1/m, and degrees of freedom."""
    value = np.array([contributions(pooled, row).sum() for row in now])
    df = ((now > 0) | (pooled > 0)).sum(axis=1) - 1.0
    with np.errstate(divide="ignore"):
        unit = 1 / now.sum(axis=1) + 1 / pooled.sum()
    return value, np.where(np.isfinite(unit), unit, np.nan), df


def _quantile(df: Floats, spread: Dispersion, alpha: float) -> Floats:
    safe = np.maximum(df, 1.0)
    if spread.measured:
        return spread.factor**2 * safe * np.asarray(fdtri(safe, spread.df, 1 - alpha), dtype=float)
    return np.asarray(chdtri(safe, alpha), dtype=float)


def _chance(df: Floats, spread: Dispersion, alpha: float, floor: Floats) -> Floats:
    """Of PSI over 1/n + 1/m, to pass both the quantile, averaged over references that move it, and the floor."""
    safe = np.maximum(df, 1.0)[:, None]
    ratios, weights = spread.redrawn()
    quantile = _quantile(safe, spread, alpha) / spread.factor**2 * ratios**2
    return np.asarray(chdtrc(safe, np.maximum(quantile, floor[:, None] / spread.factor**2)) @ weights)
