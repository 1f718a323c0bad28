"""Feeds at speed: taking rows, joining them as of many moments, and asking for one customer live.

    python benchmarks/feeds.py [--rows 1000000] [--applications 1000000] [--history 5000000] [--asked 2000]

Taking: a Parquet delivery of `rows` is judged, stored and made to count; the floor is reading the same file and writing
it again, sorted by key and time, in the same run. Joining: `applications` moments against `history` rows with an event
and an arrival, of which one in ten is a correction, as an expression of the engine; the floor is DuckDB's own as-of
join of the same rows by one time. Everything runs in DuckDB with one thread. Live: values and ages of one customer of
the delivered rows, two feeds, of which one is aggregated; milliseconds on the clock.
"""

import argparse
import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskbench.data.feeds.as_of import values_in_force
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.live import LiveFeeds
from riskbench.data.feeds.refresh import refresh
from riskbench.data.opening import connect
from riskbench.data.study import Study, load_study
from riskbench.data.synthetic import generate

ROOT = Path(__file__).parents[1]
START = np.datetime64("2023-01-01", "us")
DAYS = 1000
TAKE_BOUND, JOIN_BOUND, LIVE_BOUND = 5.0, 3.0, 5.0
FEEDS = """
schema_version = 1
[feeds.bureau]
table = "bureau"
key = ["customer_id"]
event_at = "spoke"
arrived_at = "came"
source = { folder = "incoming/bureau" }
expected_every_hours = 24
[feeds.payments]
table = "payments"
key = ["customer_id"]
event_at = "spoke"
arrived_at = "came"
source = { folder = "incoming/payments" }
expected_every_hours = 24
"""


def times(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Events, and arrivals up to three days later, in whole seconds."""
    events = START + rng.integers(0, DAYS * 86_400, rows) * np.timedelta64(1_000_000, "us")
    return events, events + rng.integers(0, 3 * 86_400, rows) * np.timedelta64(1_000_000, "us")


def delivery(rng: np.random.Generator, rows: int, values: dict[str, str]) -> pa.Table:
    """Rows of a feed about as many customers as a tenth of the rows."""
    events, arrivals = times(rng, rows)
    columns = {"customer_id": np.char.add("C", rng.integers(max(rows // 10, 1), size=rows).astype(str))}
    for name, kind in values.items():
        whole = rng.integers(0, 100, rows)
        columns[name] = whole if kind == "integer" else whole / 4
    return pa.table(columns | {"spoke": events, "came": arrivals})


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def taking(study: Study, folder: Path, rows: int, rng: np.random.Generator) -> None:
    for name, feed in load_feeds(study, folder).items():
        spec = study.tables[feed.table]
        table = delivery(rng, rows, {n: c.type for n, c in spec.columns.items() if c.role == "feature"})
        dated = next(n for n, c in spec.columns.items() if c.role == "date")
        table = table.append_column(dated, table["spoke"].cast(pa.date32(), safe=False))
        path = folder / "incoming" / name / "a.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)

        def floor(path: Path = path) -> None:
            order = [("customer_id", "ascending"), ("spoke", "ascending"), ("came", "ascending")]
            pq.write_table(pq.read_table(path).sort_by(order), folder / "floor.parquet", compression="zstd")

        least = seconds(floor)
        taken = seconds(lambda name=name, feed=feed, spec=spec: refresh(name, feed, spec, folder))
        print(
            f"{name}: {rows:,} rows taken in {taken:.2f} CPU-s, {taken / least:.1f} x reading, sorting and writing them"
        )
    print(f"  (bound: {TAKE_BOUND:g} x)")


def joining(applications: int, history: int, rng: np.random.Generator) -> None:
    backend = connect()
    events, arrivals = times(rng, history)
    again = rng.random(history) < 0.1
    events[1:][again[1:]] = events[:-1][again[1:]]
    owners = rng.integers(applications // 2, size=history)
    owners[1:][again[1:]] = owners[:-1][again[1:]]
    arrivals = np.maximum(events, arrivals)
    rows = pa.table(
        {
            "owner": owners,
            "event_": events,
            "arrived_": arrivals,
            "content_": pa.array(np.arange(history).astype(str)),
            "value": rng.random(history),
        }
    )
    moments = pa.table(
        {
            "application": np.arange(applications),
            "who": rng.integers(applications // 2, size=applications),
            "at": times(rng, applications)[0],
        }
    )
    backend.create_table("history", rows)
    backend.create_table("moments", moments)
    base, history_ = backend.table("moments"), backend.table("history")

    def plain() -> None:
        joined = base.asof_join(
            history_, on=base["at"] > history_["arrived_"], predicates=[base["who"] == history_["owner"]]
        )
        backend.create_table("plain", joined, overwrite=True)

    def known() -> None:
        in_force = values_in_force(history_, ["owner"])
        joined = base.asof_join(
            in_force, on=base["at"] > in_force["seen_"], predicates=[base["who"] == in_force["owner"]]
        )
        backend.create_table("known", joined, overwrite=True)

    least, taken = min(seconds(plain) for _ in range(2)), min(seconds(known) for _ in range(2))
    wrong = "select count(*) from known join plain using (application) where known.value is distinct from plain.value"
    differ = backend.raw_sql(wrong).fetchone()[0]
    print(f"{applications:,} applications x {history:,} rows of two times: {taken:.2f} CPU-s")
    print(f"  {taken / least:.2f} x DuckDB's as-of join by one time ({least:.2f} CPU-s; bound: {JOIN_BOUND:g} x)")
    print(f"  which, blind to corrections and late events, gives another row to {differ:,} applications")


def asking(study: Study, folder: Path, rows: int, asked: int, rng: np.random.Generator) -> None:
    started = time.perf_counter()
    live = LiveFeeds(study, folder)
    loaded = time.perf_counter() - started
    taken = []
    for _ in range(asked):
        who = f"C{rng.integers(max(rows // 10, 1))}"
        at = dt.datetime(2023, 1, 1) + dt.timedelta(seconds=int(rng.integers(0, DAYS * 86_400)))
        begun = time.perf_counter(), time.process_time()
        live.values({"customer_id": who}, at)
        taken.append((1000 * (time.perf_counter() - begun[0]), 1000 * (time.process_time() - begun[1])))
    (half, most), (half_cpu, most_cpu) = (np.quantile([pair[i] for pair in taken], [0.5, 0.99]) for i in (0, 1))
    print(
        f"live: {asked:,} customers, {2 * rows:,} rows of two feeds loaded in {loaded:.1f} s; bound: {LIVE_BOUND:g} ms"
    )
    print(f"  clock median {half:.2f} ms, p99 {most:.2f} ms; processor median {half_cpu:.2f} ms, p99 {most_cpu:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--applications", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=5_000_000)
    parser.add_argument("--asked", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    study = load_study(ROOT / "data" / "microloan" / "study.toml")
    print(f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        generate(folder, applications=2000, seed=chosen.seed)
        (folder / "feeds.toml").write_text(FEEDS, "utf-8")
        taking(study, folder, chosen.rows, rng)
        asking(study, folder, chosen.rows, chosen.asked, rng)
    joining(chosen.applications, chosen.history, rng)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
