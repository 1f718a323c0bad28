"""Binning, WoE and scoring at speed: riskbench against numpy's own counts, optbinning, toad and scorecardpy.

    python benchmarks/binning.py [--rows 1000000] [--seed 2] [--repeat 3] [--peers optbinning toad scorecardpy]

Times are CPU seconds of one process; medians count. Everybody has the same limits: at most 8 bins, at least 5 % of all
cases in a bin, defaults otherwise; riskbench and optbinning also a bad rate ascending or descending. toad bins by its
decision tree, without that. Scoring is that of a card of the 12 features with most information, built on the first
100,000 rows. scorecardpy sees the first 20,000 rows only, and is compared with riskbench on those. Each peer runs in
an environment of its own (`benchmarks/peers.py`), right after riskbench in this one.

Memory: a process of its own loads the table, and the peak of its resident size while it bins is set against the size
after loading. The frame's bytes are those of its values and indices, strings included.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from binning_table import floor, make_table, quantile_edges
from peers import PINS, NotMeasured, ask

from riskbench.scorecard import Scorecard, WoeBinning

LIMITS = {"max_bins": 8, "min_share": 0.05}
CARD_FEATURES, CARD_ROWS, SLOW_ROWS = 12, 100_000, 20_000
FIT_BOUND, PEER_FIT_BOUND, WOE_BOUND, SCORE_BOUND, MEMORY_BOUND = 4.0, 10.0, 4.0, 5.0, 0.3
Seconds = dict[str, float]


def take_turns(works: dict[str, Callable[[], object]], rounds: int) -> Seconds:
    """Median CPU seconds of each work, the works in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            started = time.process_time()
            work()
            seconds[name].append(time.process_time() - started)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def own_seconds(table: pd.DataFrame, repeat: int) -> tuple[Seconds, list[str]]:
    """Median CPU seconds of the floor, the fit, the WoE and the scoring, and the features of the card."""
    X, y = table.drop(columns="y"), table["y"].to_numpy()
    edges = quantile_edges(X)
    binning = WoeBinning(max_bins=LIMITS["max_bins"], min_bin_share=LIMITS["min_share"], trend="auto").fit(X, y)
    chosen = list(binning.iv_.nlargest(CARD_FEATURES).index)
    inputs = X[chosen]
    card = Scorecard(binning.unfitted_for(chosen)).fit(inputs.iloc[:CARD_ROWS], y[:CARD_ROWS])
    works = {
        "floor": lambda: floor(X, y, edges),
        "fit": lambda: binning.fit(X, y),
        "woe": lambda: binning.transform(X),
        "score": lambda: card.points(inputs),
    }
    return take_turns(works, repeat), chosen


def compare(name: str, table: pd.DataFrame, own: Seconds, card: list[str], repeat: int) -> None:
    """Times of one peer on a table, beside ours."""
    found = ask(name, table, {**LIMITS, "card": card, "repeat": repeat})
    print(f"\n{name} {found['version']}, {len(table):,} rows")
    for what, bound in (("fit", PEER_FIT_BOUND), ("woe", WOE_BOUND), ("score", SCORE_BOUND)):
        taken = statistics.median(found[what])
        print(f"  {what:6s} {taken:8.2f} CPU-s, ours {own[what]:6.2f}: {taken / own[what]:6.1f} x   (bound: {bound:g})")


def memory(table: pd.DataFrame) -> None:
    """Peak resident size while binning above the size after loading, as a share of the frame's bytes."""
    size = int(table.drop(columns="y").memory_usage(deep=True, index=True).sum())
    with tempfile.TemporaryDirectory() as place:
        rows = Path(place) / "table.parquet"
        table.to_parquet(rows, index=False)
        command = [sys.executable, str(Path(__file__).with_name("peak_memory.py")), str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    above = int(done.stdout)
    print(
        f"memory of the fit: {above / 2**20:.0f} MiB above the size after loading, {above / size:.2f} of the frame's"
        f" {size / 2**20:.0f} MiB   (bound: {MEMORY_BOUND:g})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=list(PINS), default=list(PINS))
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    table = make_table(chosen.rows, chosen.seed)
    own, card = own_seconds(table, chosen.repeat)
    print(f"{chosen.rows:,} rows x {table.shape[1] - 1} columns, bad rate {np.mean(table['y']):.3f}, load {load:.1f}")
    print(f"numpy's counts (floor) {own['floor']:.2f} CPU-s")
    print(
        f"WoeBinning.fit {own['fit']:.2f} CPU-s: {own['fit'] / own['floor']:.2f} x the floor   (bound: {FIT_BOUND:g})"
    )
    print(f"WoE {own['woe']:.2f} CPU-s, scoring by a card of {len(card)} features {own['score']:.2f} CPU-s")
    memory(table)
    for name in chosen.peers:
        try:
            if name == "scorecardpy":
                few = table.iloc[:SLOW_ROWS]
                compare(name, few, own_seconds(few, chosen.repeat)[0], card, 1)
            else:
                compare(name, table, own, card, chosen.repeat)
        except NotMeasured as error:
            print(f"\n{name}: not measured: {error}")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
