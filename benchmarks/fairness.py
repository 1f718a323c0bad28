"""Intervals of parities: ours, from counts of groups, against Fairlearn's own bootstrap of rows.

    python benchmarks/fairness.py [--rows 30000] [--replicates 1000] [--measured 3] [--repetitions 5]

The same figures on the same rows, with the same number of replicates: differences and ratios of approval rates, true
and false positive rates over four groups. Fairlearn resamples rows (`MetricFrame(n_boot=…, ci_quantiles=…)`) and takes
about a second a replicate, so a few are measured and scaled up linearly: what it takes without any is counted once.
Ours counts the rows again each time. Printed: CPU seconds (the median of ours), the machine's load, the ratio, and
both 95 % intervals. Fairlearn's percentile interval of so few replicates is their range, shown for orientation alone.
Exit code 1 where ours is not at least a hundred times faster.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate

from riskbench.validation.fairness.counts import count
from riskbench.validation.fairness.parity import gaps

LEAST = 100  # times faster
FIGURES = {"approval rate": selection_rate, "goods approved": true_positive_rate, "bads approved": false_positive_rate}


def people(rows: int) -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """Group, outcome (1 = bad) and approval of so many applicants."""
    rng = np.random.default_rng(0)
    group = pd.Series(rng.choice(["a", "b", "c", "d"], rows, p=[0.4, 0.3, 0.2, 0.1]))
    bad = (rng.random(rows) < 0.2).astype(float)
    return group, bad, (rng.random(rows) < np.where(group == "d", 0.6, 0.7) - 0.3 * bad).astype(int)


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def fairlearn(data: tuple[pd.Series, np.ndarray, np.ndarray], replicates: int) -> MetricFrame:
    group, bad, approved = data
    boot = {"n_boot": replicates, "ci_quantiles": [0.025, 0.975], "random_state": 0} if replicates else {}
    frame = MetricFrame(metrics=FIGURES, y_true=1 - bad, y_pred=approved, sensitive_features=group, **boot)
    frame.difference(), frame.ratio()
    return frame


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--replicates", type=int, default=1000, help="of both")
    parser.add_argument("--measured", type=int, default=3, help="replicates of Fairlearn that are really run")
    parser.add_argument("--repetitions", type=int, default=5, help="of ours, of which the median counts")
    chosen = parser.parse_args()
    data = people(chosen.rows)
    fairlearn(data, 0)  # imports and first calls are nobody's

    load = os.getloadavg()[0]
    once, _ = seconds(lambda: fairlearn(data, 0))
    few, frame = seconds(lambda: fairlearn(data, chosen.measured))
    theirs = once + (few - once) / chosen.measured * chosen.replicates
    runs = [
        seconds(lambda: gaps(count(*data), enough=30, replicates=chosen.replicates)) for _ in range(chosen.repetitions)
    ]
    ours = statistics.median(run[0] for run in runs)

    print(f"{chosen.rows:,} rows, four groups, {chosen.replicates:,} replicates; load {load:.1f} of {os.cpu_count()}")
    print(f"ours       {ours:10.3f} CPU-s, median of {chosen.repetitions}, counting the rows included")
    print(f"Fairlearn  {theirs:10.1f} CPU-s, scaled from {chosen.measured} replicates that took {few - once:.2f}")
    print(f"ratio      {theirs / ours:10.0f} (at least {LEAST} is asked for)\n")
    found = {gap.kind.of: gap.parity.difference for gap in runs[0][1].values()}
    for name in ("approval rate", "goods approved"):
        low, high = (side[name] for side in frame.difference_ci())
        e = found[name]
        print(f"difference of {name}: {e.value:.4f}, ours {e.lower:.4f} to {e.upper:.4f}, ", end="")
        print(f"Fairlearn {frame.difference()[name]:.4f}, range of its replicates {low:.4f} to {high:.4f}")
    return 0 if theirs >= LEAST * ours else 1


if __name__ == "__main__":
    sys.exit(main())
