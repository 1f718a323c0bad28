"""The whole battery at speed: seconds, memory, and how often it takes what sorting the PDs alone takes.

    python benchmarks/battery.py [--rows 1000000] [--seed 1] [--repeat 3]

The rows are scored applications of three samples with segments, two years of months and amounts; every family is asked
of every sample. The floor is physical: one stable argsort of the PDs of each sample, in the same run, of the same
arrays in the same order; nobody ranks without it. Seconds are the median of the repeats, in one process. Memory is the
peak of the process's resident size while the battery runs, above that after the rows were made (Linux).
"""

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from peak_memory import CLEAR, resident

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.validation import battery

BOUND = 30.0  # seconds for a million rows
SEGMENTS = ("channel", "region")
Taken = tuple[float, float]


def made(n: int, seed: int) -> pd.DataFrame:
    """Scored applications, nine in ten with a label; PDs are right, and rows in no order."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-2.2, 1.1, n)
    risk = 1 / (1 + np.exp(-x))
    labelled = rng.random(n) < 0.9
    points = np.round(28.8539 * x)
    months = np.array([f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)])
    return pd.DataFrame(
        {
            "sample": np.array(["development", "test", "out_of_time"])[rng.choice(3, n, p=[0.5, 0.2, 0.3])],
            "y": np.where(labelled, rng.random(n) < risk, np.nan),
            "pd": risk,
            "pd_applied": risk,
            "pd_of_points": 1 / (1 + np.exp(-points / 28.8539)),
            "month": months[rng.integers(24, size=n)],
            "amount": rng.lognormal(8, 1, n),
            "channel": np.array(["agent", "app", "branch", "web"])[rng.integers(4, size=n)],
            "region": np.array([f"region {number}" for number in range(10)])[rng.integers(10, size=n)],
        }
    )


def floor(scores: pd.DataFrame) -> None:
    """What anybody pays who ranks: each sample's PDs in order."""
    sample, risk = scores["sample"].to_numpy(), scores["pd"].to_numpy()
    for name in ("development", "test", "out_of_time"):
        np.argsort(risk[sample == name], kind="stable")


def whole(scores: pd.DataFrame) -> int:
    """Every family of every sample; the number of results."""
    cases = battery.cases_by_sample(scores, MasterScale(), Thresholds(), segments=SEGMENTS)
    return sum(len(battery.run(family, *cases.values())) for family in battery.FAMILIES)


def timed(work: Callable[[], object], repeat: int) -> Taken:
    """Median seconds on the clock and of the processor."""
    taken = []
    for _ in range(repeat):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - clock, time.process_time() - processor))
    return statistics.median(t[0] for t in taken), statistics.median(t[1] for t in taken)


def by_family(scores: pd.DataFrame) -> None:
    """CPU seconds of each family in the order of the table; the first to ask pays for what later ones share."""
    started = time.process_time()
    cases = battery.cases_by_sample(scores, MasterScale(), Thresholds(), segments=SEGMENTS)
    print(f"  {'cases, in the order of the PD':30s} {time.process_time() - started:6.2f} CPU-s")
    for family in battery.FAMILIES:
        started = time.process_time()
        battery.run(family, *cases.values())
        print(f"  {family:30s} {time.process_time() - started:6.2f} CPU-s")


def memory(scores: pd.DataFrame) -> float:
    """Mebibytes by which the battery raises the peak of the resident size."""
    gc.collect()
    before = resident("VmRSS")
    CLEAR.write_text("5", "ascii")
    whole(scores)
    return (resident("VmHWM") - before) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    load, scores = os.getloadavg()[0], made(chosen.rows, chosen.seed)
    whole(scores.iloc[:10_000])  # libraries that are loaded on first use do not count
    results = whole(scores.iloc[:10_000])
    (_, least), (seconds, processor) = (
        timed(lambda: floor(scores), chosen.repeat),
        timed(lambda: whole(scores), chosen.repeat),
    )
    print(f"{chosen.rows:,} scored rows, {len(battery.FAMILIES)} families, {results} results, load {load:.1f}")
    print(f"battery {seconds:.2f} s, {processor:.2f} CPU-s   (bound: {BOUND:g} s for 1,000,000 rows)")
    print(f"argsort of the PDs (floor) {least:.3f} CPU-s: {processor / least:.1f} x the floor")
    by_family(scores)
    size = scores.memory_usage(deep=True, index=True).sum() / 2**20
    print(f"memory: {memory(scores):.0f} MiB above the size after loading; the rows have {size:.0f} MiB")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
