"""Time of `WoeBinning` against the floor: numpy's own counts of the same table.

The table has 20 numeric columns (10 of them with missing values, five U-shaped) and 10 categorical ones of 2 to 50
levels, its target about 16.6 % bad. The floor knows the edges beforehand: `digitize` at 49 quantiles and `bincount`, or
`factorize` and `bincount`. Binning has to find them, and the best bins. One process, CPU seconds; the ratio counts.

    python benchmarks/binning.py [--rows 100000] [--repeat 3] [--table FILE.parquet]
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench.scorecard import WoeBinning

LEVELS = (2, 3, 4, 5, 6, 8, 10, 15, 25, 50)


def make_table(rows: int, seed: int = 1) -> pd.DataFrame:
    """A table of the shape described above, drawn from `seed`; column y is the target."""
    draw, signs = np.random.default_rng(seed), np.random.default_rng(0)
    columns: dict[str, np.ndarray] = {}
    log_odds = np.full(rows, -2.0)
    for k in range(20):
        x = np.round(np.exp(draw.normal(7, 1, rows))) if k % 5 == 3 else draw.normal(0, 1 + k, rows)
        if k % 5 == 4:
            x = draw.poisson(2 + k / 4, rows).astype(float)
        scaled = (x - x.mean()) / x.std()
        log_odds += 0.35 * (np.abs(scaled) - 0.8) if k % 4 == 3 else signs.choice([-0.22, 0.22]) * np.tanh(scaled)
        if k % 2:
            x[draw.random(rows) < 0.02 + 0.01 * k] = np.nan
        columns[f"number_{k:02d}"] = x
    for k, levels in enumerate(LEVELS):
        code = draw.choice(levels, rows, p=signs.dirichlet(np.full(levels, 2.0)))
        log_odds += signs.normal(0, 0.35, levels)[code]
        columns[f"level_{k}"] = np.array([f"{k}_{i:02d}" for i in range(levels)])[code]
    columns["y"] = (draw.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    return pd.DataFrame(columns)


def quantile_edges(X: pd.DataFrame) -> dict[str, np.ndarray]:
    inner = np.linspace(0, 1, 51)[1:-1]
    return {name: np.unique(np.nanquantile(X[name], inner)) for name in X.select_dtypes("number")}


def floor(X: pd.DataFrame, y: np.ndarray, edges: dict[str, np.ndarray]) -> None:
    for name in X:
        if name in edges:
            x = X[name].to_numpy()
            code = np.where(np.isnan(x), len(edges[name]) + 1, np.digitize(x, edges[name]))
        else:
            code, _ = pd.factorize(X[name])
        np.bincount(2 * code + y)


def cpu_seconds(work: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return float(np.median(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--table", type=Path, help="a Parquet file with column y, in place of the table made here")
    chosen = parser.parse_args()
    table = pd.read_parquet(chosen.table) if chosen.table else make_table(chosen.rows)
    X, y = table.drop(columns="y"), table["y"].to_numpy()
    edges, binning = quantile_edges(X), WoeBinning()
    lowest = cpu_seconds(lambda: floor(X, y, edges), chosen.repeat)
    fit = cpu_seconds(lambda: binning.fit(X, y), chosen.repeat)
    transform = cpu_seconds(lambda: binning.transform(X), chosen.repeat)
    print(f"{len(X):,} rows, {X.shape[1]} columns, bad rate {y.mean():.3f}, mean IV {binning.iv_.mean():.5f}")
    for what, seconds in (("floor", lowest), ("fit", fit), ("transform", transform)):
        a_column = seconds / X.shape[1] * 1e3
        print(f"{what:10s} {seconds:7.3f} CPU-s  {a_column:7.2f} ms a column  {seconds / lowest:5.2f} x floor")


if __name__ == "__main__":
    main()
