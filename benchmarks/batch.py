"""Seconds and peak memory of deciding ten million applications, beside a floor and a peer in the same run.

    python benchmarks/batch.py RUN [--bundle FILE] [--rows 10000000] [--threads 2]

RUN is a finished run of microloan: its applications are repeated, with amounts and incomes moved at random and ids of
their own, into a temporary Parquet file with all their columns. Bar: at most 15 s and 1.5 GiB for ten million.
`batch` decides by the whole bundle, `champion` by the same without its challengers and shadows.

Floor: DuckDB reads the columns that the bundle reads and writes six of them. Peer: `Bundle.decide` of a frame, read by
pandas and written by it, on a tenth of the rows and times ten. Each is a process of its own. Seconds of the processors
stand beside those of the clock: on a machine that others use as well, only those compare.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

from riskbench.data.bulk import Machine
from riskbench.decision.batch.deciding import Asked
from riskbench.decision.batch.files import decide_files
from riskbench.decision.bundle.bundle import Bundle
from riskbench.pipeline.bundles import bundle_at

MOVED = ("amount_requested", "monthly_income", "annual_income", "monthly_expense", "mean_inflow", "mean_outflow")
LEFT_OUT = ("application", "customer", "sample", "label", "y")
PEER_SHARE = 10


def make_applications(run: Path, rows: int, out: Path) -> None:
    """The applications of a run, repeated until there are `rows` of them."""
    source = run / "artifacts" / "intake" / "applications.parquet"
    moved = ", ".join(f"round({name} * (0.9 + 0.2 * random()), 2) AS {name}" for name in MOVED)
    with duckdb.connect(config={"preserve_insertion_order": False}) as connection:
        n = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(source)]).fetchall()[0][0]
        connection.execute(
            f"""COPY (SELECT md5(a.application || t.r) AS application_id, md5(a.customer || t.r) AS customer_id,
            a.* EXCLUDE ({", ".join(LEFT_OUT)}) REPLACE ({moved})
            FROM read_parquet('{source}') a, range({-(-rows // n)}) t(r) LIMIT {rows}) TO '{out}' (FORMAT parquet)"""
        )


def batch(bundle: Path, source: Path, threads: int) -> None:
    _decide(bundle_at(bundle), source, threads)


def champion(bundle: Path, source: Path, threads: int) -> None:
    document = bundle_at(bundle).document
    policy = {name: of for name, of in document["policy"].items() if name not in ("arms", "shadow")}
    reasons = document["reasons"] | {"alternatives": {}}
    _decide(Bundle.model_validate(document | {"policy": policy, "reasons": reasons}), source, threads)


def _decide(found: Bundle, source: Path, threads: int) -> None:
    asked = Asked(ages=dict.fromkeys(found.inputs.sources, 1.0))
    decide_files(found, str(source), source.with_name("decisions.parquet"), asked, Machine("1GB", threads))


def floor(bundle: Path, source: Path, threads: int) -> None:
    inputs = bundle_at(bundle).inputs
    read = ", ".join(f"count({column.name})" for column in inputs.columns)
    six = ", ".join([inputs.key, *(column.name for column in inputs.columns[:5])])
    config = {"threads": threads, "preserve_insertion_order": False, "memory_limit": "1GB"}
    with duckdb.connect(config=config) as connection:
        connection.execute(f"SELECT {read} FROM read_parquet('{source}')").fetchall()
        connection.execute(f"COPY (SELECT {six} FROM read_parquet('{source}')) TO '{source}.six' (FORMAT parquet)")


def peer(bundle: Path, source: Path, _: int) -> None:
    found = bundle_at(bundle)
    columns = [found.inputs.key, found.inputs.customer, *(column.name for column in found.inputs.columns)]
    frame = pd.read_parquet(source, columns=columns)
    decided = found.decide_with_arms(frame, assume_fresh=True)
    decided.join(found.score(frame)).assign(key=frame[found.inputs.key]).to_parquet(source.with_name("peer.parquet"))


TASKS = {"batch": batch, "champion": champion, "floor": floor, "peer": peer}


def measured(task: str, bundle: Path, source: Path, threads: int) -> dict[str, float]:
    """One task in a process of its own."""
    told = subprocess.run(
        [sys.executable, __file__, "--task", task, "--bundle", bundle, "--threads", str(threads), source],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--bundle", type=Path, help="its bundle, where RUN has none of today's schema")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task:
        began = time.perf_counter()
        TASKS[chosen.task](chosen.bundle, chosen.run, chosen.threads)
        used = resource.getrusage(resource.RUSAGE_SELF)
        told = {"clock": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss}
        print(json.dumps(told))
        return
    bundle = chosen.bundle or chosen.run
    with tempfile.TemporaryDirectory() as folder:
        source, tenth = Path(folder) / "applications.parquet", Path(folder) / "tenth.parquet"
        make_applications(chosen.run, chosen.rows, source)
        make_applications(chosen.run, chosen.rows // PEER_SHARE, tenth)
        print(f"{chosen.rows:,} applications, {chosen.threads} threads, load {os.getloadavg()[0]:.1f}")
        found = {name: measured(name, bundle, source, chosen.threads) for name in ("floor", "champion", "batch")}
        found["peer"] = measured("peer", bundle, tenth, chosen.threads)
        for name in ("clock", "cpu"):
            found["peer"][name] *= PEER_SHARE
        for name, of in found.items():
            scaled = " (a tenth, times ten; its peak is of the tenth)" if name == "peer" else ""
            spent = f"{of['clock']:8.1f} s  {of['cpu']:8.1f} s of processors"
            print(f"{name:9} {spent}  {of['peak'] / 2**20:6.2f} GiB{scaled}")
        floor_, ours, theirs = (found[name]["cpu"] for name in ("floor", "batch", "peer"))
        print(f"batch to floor {ours / floor_:.1f}, batch to peer {ours / theirs:.2f}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
