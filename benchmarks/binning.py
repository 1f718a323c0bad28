"""Binning at speed: `WoeBinning` against numpy's own counts of the same table, and against optbinning.

    python benchmarks/binning.py [--rows 1000000] [--seed 2] [--repeat 3] [--table FILE.parquet] [--no-peer]

Times are CPU seconds. Floor, fit and transform take turns in this process, medians count; optbinning runs once, in an
environment of its own below .riskbench/bench (made on first use, which needs the network or uv's cache). Both binnings
have the same limits: at most 8 bins, at least 5 % of all cases in a bin, bad rate ascending or descending, missing
values a bin of their own; defaults otherwise. By default `WoeBinning` also wants 30 cases in a bin and pools rare
levels, optbinning neither: ratios are lower by design where that binds, on tables of less than 600 and of less than
some 50,000 rows. The information value of both is computed here by one formula, from goods and bads of the bins, the
missing one included; that regular bins keep the limits is checked on the same counts.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from binning_table import floor, make_table, quantile_edges

from riskbench import metrics
from riskbench.scorecard import WoeBinning

ROOT = Path(__file__).parents[1]
MAX_BINS, MIN_SHARE = 8, 0.05
TIME_BOUND, IV_BOUND, LEAST_IV = 5.0, 0.99, 0.01
PINS = (
    "optbinning==1.0.0",  # first: it names the environment
    "cvxpy==1.9.3",
    "numpy==2.4.6",
    "ortools==9.15.6755",
    "pandas==3.1.1",
    "pyarrow==26.0.1",
    "ropwr==1.2.0",
    "scikit-learn==1.9.1",
    "scipy==1.17.1",
)


class NotMeasured(Exception):
    """The peer could not be run, and why."""


class Bins(NamedTuple):
    """Goods and bads of one feature's regular bins and of its missing bin, bins without cases left out."""

    goods: np.ndarray
    bads: np.ndarray
    regular: int

    @classmethod
    def of(cls, goods: np.ndarray, bads: np.ndarray, apart: int) -> "Bins":
        """From counts by bin, the last `apart` of which are special or missing values."""
        seen = goods + bads > 0
        return cls(goods[seen], bads[seen], int(seen[: len(seen) - apart].sum()))

    @property
    def iv(self) -> float:
        """Information value: the regular bins and the missing one."""
        return metrics.iv(self.goods, self.bads).value

    def limits_broken(self) -> str:
        """Which limits the regular bins do not keep; empty where they keep all."""
        cases = self.goods + self.bads
        rises = np.diff(self.bads[: self.regular] / cases[: self.regular])
        broken = {
            f"more than {MAX_BINS} bins": self.regular > MAX_BINS,
            f"a bin under {MIN_SHARE:.0%}": self.regular > 1 and cases[: self.regular].min() < MIN_SHARE * cases.sum(),
            "not monotone": not ((rises >= 0).all() or (rises <= 0).all()),
        }
        return ", ".join(what for what, is_so in broken.items() if is_so)


def take_turns(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each work in each round."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            started = time.process_time()
            work()
            seconds[name].append(time.process_time() - started)
    return seconds


def own_bins(binning: WoeBinning) -> dict[str, Bins]:
    return {name: Bins.of(f.goods, f.bads, apart=1) for name, f in binning.features_.items()}


def peer_bins(table: pd.DataFrame) -> tuple[str, float, dict[str, Bins]]:
    """Version of optbinning, CPU seconds and bins; NotMeasured where it cannot be had or fails."""
    python = peer_environment(ROOT / ".riskbench" / "bench" / PINS[0].replace("==", "-"))
    with tempfile.TemporaryDirectory() as place:
        rows, result = Path(place) / "table.parquet", Path(place) / "result.json"
        table.to_parquet(rows, index=False)
        peer = Path(__file__).with_name("optbinning_peer.py")
        run([str(python), str(peer), str(rows), str(result), str(MAX_BINS), str(MIN_SHARE)], "optbinning failed")
        found = json.loads(result.read_text("utf-8"))
    bins = {
        name: Bins.of(np.array(of["goods"]), np.array(of["bads"]), apart=2) for name, of in found["features"].items()
    }
    return found["version"], found["seconds"], bins


def peer_environment(home: Path) -> Path:
    """The Python of an environment that holds the pinned packages; made anew unless it is finished."""
    python, finished = home / "bin" / "python", home / ".finished"
    if not finished.exists() or finished.read_text("utf-8") != "\n".join(PINS):
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if not uv:
            raise NotMeasured("uv, which makes its environment, is not installed")
        print(f"making the environment of {PINS[0]} (once, some 800 MB) ...", flush=True)
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)], "its environment was not made")
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *PINS]
        run(install, "its packages could not be installed; that needs the network once")
        finished.write_text("\n".join(PINS), "utf-8")
    return python


def run(command: list[str], trouble: str) -> None:
    """Run a command quietly; where it fails, NotMeasured with the trouble and the end of what the command said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise NotMeasured(f"{trouble} ({said[-1] if said else f'exit {done.returncode}'})")


def print_times(seconds: dict[str, list[float]]) -> None:
    lowest = statistics.median(seconds["numpy's counts (floor)"])
    for what, times in seconds.items():
        median = statistics.median(times)
        spread = f"({min(times):.2f}-{max(times):.2f})" if len(times) > 1 else "(one run)"
        bound = f"   (bound: {TIME_BOUND:g})" if what == "WoeBinning.fit" else ""
        print(f"{what:24s} {median:7.2f} CPU-s {spread:13s} {median / lowest:6.2f} x floor{bound}")


def print_ivs(own: dict[str, Bins], peer: dict[str, Bins]) -> None:
    columns = " ".join(f"{title:>11s}" for title in ("IV", "bins", "IV of peer", "its bins", "IV ratio"))
    print(f"\n{'feature':12s}{columns}")
    judged = {}
    for name, of in own.items():
        ratio = of.iv / peer[name].iv if peer[name].iv > 0 else np.nan
        if peer[name].iv >= LEAST_IV:
            judged[name] = ratio
        broken = [f"{who}: {text}" for who, b in (("ours", of), ("peer", peer[name])) if (text := b.limits_broken())]
        print(
            f"{name:12s}{of.iv:11.5f} {of.regular:11d} {peer[name].iv:11.5f} {peer[name].regular:11d} {ratio:11.4f}"
            f"{'  ' if broken else ''}{'; '.join(broken)}"
        )
    if judged:
        worst = min(judged, key=judged.__getitem__)
        print(
            f"smallest IV ratio of the {len(judged)} features whose IV is {LEAST_IV:g} or more at the peer's: "
            f"{judged[worst]:.4f} ({worst})   (bound: {IV_BOUND:g})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--table", type=Path, help="a Parquet file with column y, in place of the table made here")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True, help="run optbinning too")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    table = pd.read_parquet(chosen.table) if chosen.table else make_table(chosen.rows, chosen.seed)
    X, y = table.drop(columns="y"), table["y"].to_numpy()
    edges, binning = quantile_edges(X), WoeBinning(max_bins=MAX_BINS, min_bin_share=MIN_SHARE, trend="auto")
    seconds = take_turns(
        {
            "numpy's counts (floor)": lambda: floor(X, y, edges),
            "WoeBinning.fit": lambda: binning.fit(X, y),
            "WoeBinning.transform": lambda: binning.transform(X),
        },
        chosen.repeat,
    )
    own, peer, reason = own_bins(binning), None, "--no-peer was asked for"
    try:
        if chosen.peer:
            version, took, peer = peer_bins(table)
            seconds[f"optbinning {version}, fit"] = [took]
    except NotMeasured as error:
        reason = str(error)
    print(f"binning, {len(X):,} rows x {X.shape[1]} columns, bad rate {y.mean():.3f}, medians of {chosen.repeat}")
    print(f"{os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after")
    print_times(seconds)
    if peer:
        print_ivs(own, peer)
    else:
        print(f"optbinning: not measured: {reason}")


if __name__ == "__main__":
    main()
