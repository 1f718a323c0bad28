"""The table that binning is measured on, and the floor it is measured against.

The table: 20 numeric columns (ten with missing values, every fourth with a U-shaped effect) and ten categorical ones
of 2 to 50 levels; column y is the target, 1 = bad, about 16.6 %. The floor: numpy's own counts of that table, which
know the edges beforehand: `digitize` at 49 quantiles and `bincount`, or `factorize` and `bincount`. Binning has to find
the edges, and the best bins.
"""

import numpy as np
import pandas as pd

LEVELS = (2, 3, 4, 5, 6, 8, 10, 15, 25, 50)
INNER_QUANTILES = np.linspace(0, 1, 51)[1:-1]


def make_table(rows: int, seed: int) -> pd.DataFrame:
    """The table described above, drawn from `seed`; what a level means for the risk is the same for every seed."""
    draw = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {}
    log_odds = np.full(rows, -2.6)
    for k in range(20):
        x = _numbers(draw, k, rows)
        scaled = (x - x.mean()) / x.std()
        if k % 4 == 3:
            log_odds += 0.35 * (np.abs(scaled) - 0.8)
        elif k % 2 == 0:
            log_odds += 0.25 * scaled
        else:
            log_odds -= 0.2 * np.tanh(scaled)
        if k % 2:
            missing = draw.random(rows) < 0.02 + 0.01 * k
            x[missing] = np.nan
            log_odds += 0.3 * missing
        columns[f"n{k:02d}"] = x
    for k, levels in enumerate(LEVELS):
        draw.dirichlet(np.full(levels, 2.0))  # unused, but later draws of the stream depend on it
        effects = np.random.default_rng(100 + k).normal(0, 0.35, levels)
        shares = np.random.default_rng(200 + k).dirichlet(np.full(levels, 2.0))
        code = draw.choice(levels, rows, p=shares)
        log_odds += effects[code]
        columns[f"c{k:02d}"] = np.array([f"cat{k}_{i:02d}" for i in range(levels)], dtype=object)[code]
    columns["y"] = (draw.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    return pd.DataFrame(columns)


def _numbers(draw: np.random.Generator, k: int, rows: int) -> np.ndarray:
    """Column k: counts, rounded amounts or a normal variable."""
    if k % 5 == 4:
        return draw.poisson(2 + k / 4, rows).astype(float)
    if k % 5 == 3:
        return np.round(np.exp(draw.normal(7, 1, rows)))
    return draw.normal(0, 1, rows) * (1 + k)


def quantile_edges(X: pd.DataFrame) -> dict[str, np.ndarray]:
    return {name: np.unique(np.nanquantile(X[name], INNER_QUANTILES)) for name in X.select_dtypes("number")}


def floor(X: pd.DataFrame, y: np.ndarray, edges: dict[str, np.ndarray]) -> None:
    """Goods and bads by code of every column, and nothing else."""
    for name in X:
        if name in edges:
            x = X[name].to_numpy()
            code = np.digitize(x, edges[name])
            code[np.isnan(x)] = len(edges[name]) + 1
        else:
            code, _ = pd.factorize(X[name])
        np.bincount(2 * code + y)
