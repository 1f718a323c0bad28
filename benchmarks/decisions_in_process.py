"""Decisions a second by one bundle in one process, part by part, beside a frame of one row and beside a floor.

    python benchmarks/decisions_in_process.py BUNDLE APPLICATIONS.parquet [--rows 5000] [--rounds 7]

Every application of the table is handed over as whoever asks for a decision would, and its inputs are checked, its
features computed, scored, decided and explained. Two peers are measured in the same loop: `bundle.decide` of a frame of
one row (of a few applications), and the floor, a copy of the inputs and nothing else. Printed: CPU microseconds a
decision (the median over rounds), decisions a second, both ratios, the parts, the load of the machine, and what it
costs to make the decider. Exit code 1 below 20,000 decisions a second, or where a decision differs from the frame's.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from riskbench.data.features.closures.compiled import Closures
from riskbench.decision.bundle.bundle import Bundle, load_bundle
from riskbench.decision.inputs import InputReader, hours
from riskbench.decision.meaning.code import compiled
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.row import RowDecider
from riskbench.scorecard.row import RowScorer

LEAST = 20_000  # decisions a second
FRAMES = 20  # rows that are decided as a frame each


def rows_of(bundle: Bundle, table: Path, most: int) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """The first applications as a frame, and as inputs."""
    frame = pd.read_parquet(table, columns=[column.name for column in bundle.inputs.columns]).head(most)
    return frame, frame.astype(object).where(frame.notna(), None).to_dict("records")


def micros(work: Callable[[Any], object], items: list[Any], rounds: int) -> float:
    """CPU microseconds of the work on one item: the median over rounds, each over all items."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        for item in items:
            work(item)
        took.append(time.process_time() - began)
    return statistics.median(took) / len(items) * 1e6


def parts(bundle: Bundle, rows: list[dict[str, Any]], rounds: int) -> dict[str, float]:
    """Microseconds of each part by itself."""
    inputs, policy = bundle.inputs, bundle.effective_policy
    read = InputReader(inputs.columns, inputs.amount)
    formulas = Closures({of.name: of.formula for of in inputs.engineered}, {of.name: of.type for of in inputs.columns})
    score, decide = RowScorer(bundle.scorecard), compiled(policy.arm(CHAMPION))
    cells = [read(row) for row in rows]
    whole = [cell | formulas(cell) for cell in cells]
    scored = [(cell, *score(cell)[:2], cell[inputs.amount] if inputs.amount else None) for cell in whole]
    ages = {item.source: 0.0 for item in policy.freshness}
    shadows = {other.name: compiled(policy.arm(other.name)) for other in policy.shadow}
    return {
        "input checks": micros(read, rows, rounds),
        "features": micros(formulas, cells, rounds),
        "score, PD and reasons": micros(score, whole, rounds),
        "policy": micros(lambda of: decide(*of, ages), scored, rounds),
        **{f"shadow {name}": micros(lambda of, by=by: by(*of, ages), scored, rounds) for name, by in shadows.items()},
        "ages": micros(lambda _: hours(ages, ages), rows, rounds),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("applications", type=Path)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    bundle = load_bundle(asked.bundle)
    frame, rows = rows_of(bundle, asked.applications, asked.rows)
    began = time.process_time()
    decider = RowDecider(bundle)
    made = time.process_time() - began
    ages = dict.fromkeys((item.source for item in bundle.effective_policy.freshness), 0.0)
    whole = micros(lambda row: decider(row, ages=ages), rows, asked.rounds)
    floor = micros(dict, rows, asked.rounds)
    few = [frame.iloc[[at]].assign(**{f"age_hours:{source}": 0.0 for source in ages}) for at in range(FRAMES)]
    one_row = micros(bundle.decide, few, 1)
    expected = bundle.decide(frame.assign(**{f"age_hours:{source}": 0.0 for source in ages}))
    differing = sum(
        (d.action, d.band, d.rule, d.amount) != (e.action, e.band, e.rule, e.amount)
        for d, e in zip((decider(row, ages=ages).decision for row in rows), expected.itertuples(), strict=True)
    )
    print(f"{len(rows)} applications of {bundle.study}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"a decision     {whole:9.2f} µs  {1e6 / whole:9,.0f} a second")
    print(f"a frame of one {one_row:9.0f} µs  {one_row / whole:9,.0f} times as long")
    print(f"a copy (floor) {floor:9.3f} µs  {whole / floor:9,.0f} copies a decision")
    for name, took in parts(bundle, rows, asked.rounds).items():
        print(f"  {name:22} {took:6.2f} µs")
    print(f"made in {made:.2f} CPU seconds, {len(decider.slow)} features by DuckDB; {differing} decisions differ")
    return int(differing > 0 or 1e6 / whole < LEAST)


if __name__ == "__main__":
    sys.exit(main())
