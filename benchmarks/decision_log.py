"""How long a decision takes to be durable, beside the floor of this disk.

    python benchmarks/decision_log.py [--bundle FILE] [--seconds 5] [--kills 0] [--replay 0] [--folder FOLDER]

For SQLite and for a PostgreSQL that is started here with fsync on (skipped where there is none): one decision after
the other, decided and appended, as median and 99th percentile; then a `GroupWriter` with 1, 2 and 8 callers. The floor,
measured in turn with them, writes the same bytes to the end of a file and waits for the disk: no log can be faster one
at a time. `--kills` kills so many writing processes at random moments and counts what is missing of what they
acknowledged; `--replay` logs so many decisions, verifies the log and replays it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.decision.log.writer import GroupWriter

ROOT = Path(__file__).resolve().parents[1]
KILLING = ROOT / "tests" / "decision" / "log" / "write_until_killed.py"
Decide = Callable[[int], DecisionRecord]


def without_a_bundle() -> Decide:
    """Records of the size that microloan's have, without the time that deciding takes."""
    said = Said(action="approve", band="high", rule="", unknown=False, amount=100.0)
    inputs = {f"column_{i}": i * 1.37 for i in range(13)}
    fields = {"application": "a" * 32, "bundle": "b" * 64, "arm": "champion", "score": 500, "pd": 0.1, "said": said}
    return lambda i: DecisionRecord(caller="benchmark", inputs=inputs, **fields)


@contextmanager
def postgresql(folder: Path) -> Iterator[str | None]:
    """A server of one's own, as it comes: it waits for the disk."""
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not servers:
        yield None
        return
    place = Path(tempfile.mkdtemp(prefix="pg", dir=folder))
    shutil.chown(place, "postgres")
    place.parent.chmod(0o755)

    def call(tool: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, str(servers[-1].with_name(tool)), "-D", str(place / "data"), *arguments]
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    socket = tempfile.mkdtemp(prefix="pg")  # the path of a socket may have 107 bytes
    shutil.chown(socket, "postgres")
    call("initdb", "-U", "postgres", "-A", "trust")
    call("pg_ctl", "-w", "-o", f"-k {socket} -c listen_addresses=", "-l", str(place / "log"), "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={quote(socket)}"
    finally:
        call("pg_ctl", "-w", "-m", "fast", "stop")
        shutil.rmtree(socket)


def floor(path: Path, content: bytes) -> Callable[[], None]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write() -> None:
        os.write(handle, content)
        os.fsync(handle)

    return write


def append_next(log: DecisionLog, decide: Decide, numbers: Iterator[int]) -> None:
    log.append([decide(next(numbers))])


def timed(seconds: float, *works: Callable[[], object]) -> list[np.ndarray]:
    """Milliseconds of each piece of work, done in turn until the time is over: all see the same machine."""
    times: list[list[float]] = [[] for _ in works]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for own, work in zip(times, works, strict=True):
            began = time.perf_counter()
            work()
            own.append(1e3 * (time.perf_counter() - began))
    return [np.array(own) for own in times]


def cpu_milliseconds(work: Callable[[], object], times: int = 100) -> float:
    """Of one piece of work: what a busy machine does not change."""
    began = time.process_time()
    for _ in range(times):
        work()
    return 1e3 * (time.process_time() - began) / times


def told(name: str, times: np.ndarray, beside: np.ndarray) -> None:
    (p50, p99), (floor50, floor99) = np.percentile(times, [50, 99]), np.percentile(beside, [50, 99])
    ratios = f"   {p50 / floor50:.1f} and {p99 / floor99:.1f} x the floor"
    bar = "" if name == "floor" else f"{ratios}   p99 <= 25 ms: {'yes' if p99 <= 25 else 'NO'}"
    print(f"  {name:12s} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms   n {len(times):6,}{bar}", flush=True)


def throughput(log: DecisionLog, decide: Decide, callers: int, seconds: float) -> float:
    """Decisions a second of several callers, each of whom waits for the answer before the next."""
    done, end = [0] * callers, time.perf_counter() + seconds

    def call(own: int) -> None:
        while time.perf_counter() < end:
            writer.append([decide(done[own])])
            done[own] += 1

    with GroupWriter(log) as writer:
        threads = [threading.Thread(target=call, args=(own,)) for own in range(callers)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(done) / (time.perf_counter() - began)


def killed(url: str, kills: int) -> None:
    began = time.perf_counter()
    command = [sys.executable, str(KILLING), url, str(kills), "1"]
    ids = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    with open_log(url) as log:
        there = [content["id"] for content in log.contents()]
        found, broken = set(there), log.verify().broken
    missing = sum(name not in found for name in ids)
    twice = len(there) - len(found)
    said = f"{missing} missing, {twice} twice, chain {'broken' if broken else 'whole'}"
    print(f"  {kills} kills: {len(ids):,} acknowledged, {said}   {time.perf_counter() - began:.0f} s", flush=True)


def replayed(url: str, n: int, bundle: Any, decide: Decide) -> None:
    from riskbench.decision.log.selection import Selection
    from riskbench.decision.replay.summary import replay

    with open_log(url, create=True) as log:
        began = time.perf_counter()
        for start in range(0, n, 2_000):
            log.append([decide(i) for i in range(start, min(n, start + 2_000))])
        written = time.perf_counter() - began
        began = time.perf_counter()
        broken = log.verify().broken
        verified = time.perf_counter() - began
        began = time.perf_counter()
        counted = replay(log.contents(Selection(kinds=("decision",))), bundle)
        took = time.perf_counter() - began
    print(f"  {n:,} logged in {written:.0f} s, verified in {verified:.0f} s ({broken or 'whole'})")
    print(f"  replayed in {took:.0f} s, {n / took:,.0f} a second: {dict(counted.verdicts)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, help="decide by this bundle; without one only writing is measured")
    parser.add_argument("--applications", type=Path, help="Parquet file of applications for it")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--replay", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="the disk that is measured")
    chosen = parser.parse_args()
    bundle, decide = None, without_a_bundle()
    if chosen.bundle:
        bundle, decide = with_bundle(chosen.bundle, chosen.applications)
    content = decide(0).content.encode()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; an entry has {len(content):,} bytes")
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place, postgresql(Path(place)) as server:
        for name, url in (("SQLite", f"sqlite:///{place}/log.sqlite"), ("PostgreSQL", server)):
            if url is None:
                print("PostgreSQL is not here")
                continue
            print(name)
            with open_log(url, create=True) as log:
                one_by_one = partial(append_next, log, decide, iter(range(10**9)))
                beside, times = timed(chosen.seconds, floor(Path(place) / "floor", content), one_by_one)
                told("floor", beside, beside)
                told("one by one", times, beside)
                print(f"  {'CPU':12s} {cpu_milliseconds(one_by_one):10.2f} ms a decision, in this process", flush=True)
                for callers in (1, 2, 8):
                    rate = throughput(log, decide, callers, chosen.seconds)
                    print(f"  {callers} caller{'s' * (callers > 1)}: {rate:7,.0f} a second", flush=True)
            if chosen.kills:
                killed(url, chosen.kills)
        if chosen.replay and bundle is not None:
            print("Replay (SQLite)")
            replayed(f"sqlite:///{place}/replay.sqlite", chosen.replay, bundle, decide)


def with_bundle(file: Path, applications: Path) -> tuple[Any, Decide]:
    import pandas as pd

    from riskbench.decision.bundle.bundle import load_bundle
    from riskbench.decision.log.record import outcome_fields
    from riskbench.decision.row import RowDecider

    bundle = load_bundle(file)
    names = [column.name for column in bundle.inputs.columns]
    frame = pd.read_parquet(applications, columns=names)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    decider, address = RowDecider(bundle), bundle.address  # which is computed anew each time
    ages = dict.fromkeys(bundle.inputs.sources, 1.0)

    def decide(i: int) -> DecisionRecord:
        inputs = rows[i % len(rows)]
        fields = outcome_fields(decider(inputs, ages=ages, arm="champion"))
        own = {"caller": "benchmark", "application": f"{i:032x}", "bundle": address, "ages": ages}
        return DecisionRecord(inputs=inputs, **own, **fields)

    return bundle, decide


if __name__ == "__main__":
    main()
