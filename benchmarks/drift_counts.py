"""PSI of many features in many months from counts: beside the cheapest pass over the same table, and beside Evidently.

    python benchmarks/drift_counts.py [--rows 10000000] [--peer-rows 1000000] [--threads 2] [--repeat 1]

The table is Parquet in a temporary folder. The floor reads every column once and adds it up by month. Beside the
wall-clock stands the processor time of all threads, which other work on the machine moves less; the peak is that of
the whole process, the table made by another one. Evidently and ours compare the same two frames in memory, one of a
hundred values missing: its report of `ValueDrift` and, alone, the function behind it, which is handed what is not
missing. The floor there adds up every column of both. Ours stand side by side, counted by day as a baseline is, and
from counts that are kept. With `--peer-rows 0` the frames are left out.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
from peak_memory import CLEAR, resident

from riskbench.monitoring.counts.between import psi_between
from riskbench.monitoring.counts.drift import drift_of
from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.from_table import Named, count_table
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import FeatureCells, Yardstick
from riskbench.scorecard.binning.division import interval_labels

FEATURES, MONTHS, PEER_FEATURES, BINS = 30, 36, 20, 10
HOLES = 0.01  # of values
CUTS = tuple(float(cut) for cut in range(10, 100, 10))
MAKE = """
import duckdb, sys
with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
    connection.execute("set enable_progress_bar = false").execute(sys.argv[1])
"""


def made(rows: int, path: Path) -> None:
    """Numbers between 0 and 100 with a hole in one of a hundred, over three years; made apart, to leave no memory."""
    values = ", ".join(
        f"nullif(((i * {7919 + 2 * j} + (i // 97) * {31 + j}) % 10000) / 100.0, {j}.0)::double as f{j}"
        for j in range(FEATURES)
    )
    day = f"(date '2023-01-01' + ((i * {MONTHS * 30}) // {rows})::integer)::date as day"
    query = f"copy (select {day}, {values} from range({rows}) t(i)) to '{path}' (format parquet)"
    subprocess.run([sys.executable, "-c", MAKE, query], check=True)


def yardstick(features: int) -> Yardstick:
    labels = (*interval_labels(CUTS), "missing")
    bins = {"kind": "numeric", "cuts": CUTS, "levels": (), "specials": (), "groups": tuple(range(BINS)), "unseen": -1}
    cells = [FeatureCells.model_validate({"name": f"f{j}", "labels": labels, **bins}) for j in range(features)]
    return Yardstick(model="benchmark", features=tuple(cells))


def parted(counts: CountTable, day: str) -> pd.DataFrame:
    """The drift of every month after a day against all before."""
    old = counts.frame["day"] < pd.Timestamp(day)
    reference, later = (CountTable(counts.frame[rows].reset_index(drop=True)) for rows in (old, ~old))
    return drift_of(later, reference)


def best(of: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Wall-clock and processor seconds, each the least of several calls."""
    found = []
    for _ in range(repeat):
        begun, busy = time.perf_counter(), time.process_time()
        of()
        found.append((time.perf_counter() - begun, time.process_time() - busy))
    wall, processor = zip(*found, strict=True)
    return min(wall), min(processor)


def of_a_large_table(rows: int, threads: int, repeat: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "applications.parquet"
        made(rows, path)
        engine = ibis.duckdb.connect(threads=threads, memory_limit="600MB")
        engine.raw_sql("set enable_progress_bar = false")
        table = engine.read_parquet(path)
        sums = ", ".join(f"sum(f{j})" for j in range(FEATURES))
        query = f"select year(day) * 12 + month(day) as month, {sums} from '{path}' group by month"
        CLEAR.write_text("5", "ascii")
        floor = best(lambda: engine.raw_sql(query).fetchall(), repeat)
        wall, busy = best(
            lambda: parted(count_table(table, yardstick(FEATURES), Named(day="day")), "2023-10-01"), repeat
        )
        peak = resident("VmHWM") / 2**20
    print(f"{rows:,} rows x {FEATURES} features x {MONTHS} months, {threads} threads, one pass a column")
    print(f"  floor {floor[0]:.2f} s, processor {floor[1]:.2f} s")
    print(f"  ours  {wall:.2f} s, processor {busy:.2f} s: {busy / floor[1]:.1f} times the floor; peak {peak:.0f} MiB")


def beside_evidently(rows: int, repeat: int) -> None:
    os.environ["DO_NOT_TRACK"] = "1"
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"evidently\.|litestar\.")
    from evidently import DataDefinition, Dataset, Report
    from evidently.legacy.calculations.stattests.psi import _psi
    from evidently.legacy.core import ColumnType
    from evidently.metrics import ValueDrift

    rng = np.random.default_rng(1)
    names, of = [f"f{j}" for j in range(PEER_FEATURES)], yardstick(PEER_FEATURES)
    frames = []
    for _ in range(2):
        values = rng.uniform(0, 100, (rows, PEER_FEATURES))
        values[rng.random(values.shape) < HOLES] = np.nan
        frames.append(pd.DataFrame(values, columns=names))
    before, now = frames
    days = [pd.Series(pd.Timestamp(day), index=before.index) for day in ("2023-01-01", "2023-11-01")]

    def floor() -> object:
        return [frame[name].to_numpy().sum() for frame in frames for name in names]

    def counted() -> list[CountTable]:
        return [count_frame(Seen(day, x), of) for day, x in zip(days, frames, strict=True)]

    def report() -> object:
        definition = DataDefinition(numerical_columns=names)
        datasets = [Dataset.from_pandas(frame, data_definition=definition) for frame in (now, before)]
        return Report([ValueDrift(column=name, method="psi") for name in names]).run(*datasets).dict()

    def alone() -> object:
        return [_psi(x, y, ColumnType.Numerical, 0.1, n_bins=BINS) for x, y in known]

    known = [tuple(frame[name].dropna() for frame in frames) for name in names]
    counts = CountTable.merged(counted())
    often = max(repeat, 3)
    own = {
        "side by side": best(lambda: psi_between(now, before, of), often),
        "counted by day": best(lambda: drift_of(*reversed(counted())), often),
        "from counts kept": best(lambda: parted(counts, "2023-10-01"), often),
    }
    least = best(floor, often)
    print(f"{rows:,} rows x {PEER_FEATURES} features, two frames in memory")
    print(f"  floor: {least[0]:.3f} s, processor {least[1]:.3f} s")
    for name, (wall, busy) in own.items():
        print(f"  ours, {name}: {wall:.3f} s, processor {busy:.3f} s, {busy / least[1]:.1f} times the floor")
    for name, peer in (("Evidently, report", report), ("Evidently, its function alone", alone)):
        wall, busy = best(peer, repeat)
        told = ", ".join(f"{busy / of_ours:.0f} times ours {how}" for how, (_, of_ours) in own.items())
        print(f"  {name}: {wall:.2f} s, processor {busy:.2f} s: {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 10_000_000), ("peer-rows", 1_000_000), ("threads", 2), ("repeat", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    print("load before: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))
    of_a_large_table(chosen.rows, chosen.threads, chosen.repeat)
    if chosen.peer_rows:
        beside_evidently(chosen.peer_rows, chosen.repeat)
    print("load after: {:.1f} {:.1f} {:.1f}".format(*os.getloadavg()))


if __name__ == "__main__":
    main()
