"""What a daily look at the outcomes of logged loans costs as the history grows, beside reading everything whole.

    python benchmarks/live_outcomes.py [--a-month 20000] [--years 1 2 4] [--folder FOLDER]

A lender decides as many applications each month, books six of ten of them for six months, and logs all. Its tables lie
in order of time, as they grow, and the log is an SQLite file. After each number of years stand the CPU seconds, and the
memory above that of the idle process, of a day's look, of the first look of a week, at which closed days are held
against their sums of control as well, and of reading everything. Each is a process of its own. The portfolio is drawn
from a fixed seed.
"""

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from peak_memory import CLEAR, resident

from riskbench.core.project import Project
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import token_key
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.decision.log.tokens import load_tokens
from riskbench.monitoring.counts.baseline import Baseline, frozen
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick
from riskbench.monitoring.watch.logged_loans import LoggedLoans

FIRST = dt.date(2022, 1, 3)
MONTH, HORIZON, BOOKED = 365.25 / 12, 6, 0.6
BUNDLE, CHANNELS = "b" * 64, ("agent", "app", "web")
ROWS = 50_000  # of a row group
STUDY = """
schema_version = 1
name = "grown"
title = "A lender that grows old"
description = "Made for a measurement."
purpose = "p"
population = "booked"
customers = "mixed"
currency = "XTS"
licence = "none"
policy = "policy.yaml"
limitations = []
source = { kind = "files" }
base = { key = "id", customer = "id", as_of = "decided", segments = ["channel"] }
samples = { salt = "s", test_share = 0.3 }
scaling = { pdo = 20, base_score = 600, base_odds = 50 }
[outcome]
kind = "repayments"
table = "repayments"
booked = "booked"
days_past_due = 30
indeterminate_from = 15
materiality = 10.0
horizon_months = 6
observed_until = DAY
early_settlement = "good"
rolled_over = "indeterminate"
fraud = "fraud"
dated = "written"
definition = "d"
[tables.applications]
file = "applications.parquet"
join = "base"
owner = "o"
purpose = "p"
lawful_basis = "l"
[tables.applications.columns]
id = { role = "key", type = "text", description = "Key" }
decided = { role = "date", type = "date", description = "Day" }
channel = { role = "feature", type = "category", description = "Channel", levels = ["agent", "app", "web"] }
booked = { role = "outcome", type = "boolean", description = "Booked" }
[tables.repayments]
file = "repayments.parquet"
join = "outcome"
owner = "o"
purpose = "p"
lawful_basis = "l"
[tables.repayments.columns]
id = { role = "key", type = "text", description = "Key" }
month_on_book = { role = "outcome", type = "integer", description = "Month" }
dpd = { role = "outcome", type = "integer", description = "Days past due" }
past_due = { role = "outcome", type = "number", description = "Owed" }
status = { role = "outcome", type = "category", description = "Status", levels = ["open"] }
written = { role = "outcome", type = "date", description = "Day" }
"""


def portfolio(applications: int, a_month: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Applications in order, and the repayments of those booked, in the order in which they were written down."""
    rng = np.random.default_rng(20261126)
    decided = np.datetime64(FIRST) + (np.arange(applications) / a_month * MONTH).astype("timedelta64[D]")
    made = {
        "decided": decided,
        "channel": rng.choice(CHANNELS, applications),
        "booked": rng.random(applications) < BOOKED,
    }
    frame = pd.DataFrame({"id": [f"A{number:09d}" for number in range(applications)], **made})
    loans, bad_from = frame[frame["booked"]], rng.geometric(0.02, applications)[frame["booked"]]
    parts = []
    for month in range(1, HORIZON + 1):
        dpd = np.where(bad_from <= month, 30 * (month - bad_from + 1), 0)
        written = loans["decided"] + pd.to_timedelta(30 * month + rng.integers(0, 3, len(loans)), unit="D")
        rows = {"id": loans["id"], "month_on_book": month, "dpd": dpd, "past_due": dpd * 1.5, "status": "open"}
        parts.append(pd.DataFrame(rows | {"written": written}))
    return frame, pd.concat(parts).sort_values("written", kind="stable")


def arrive(folder: Path, tables: tuple[pd.DataFrame, pd.DataFrame], day: dt.date) -> None:
    """The tables as they stand at the end of a day."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(STUDY.replace("DAY", str(day)), "utf-8")
    for name, table, dated in zip(("applications", "repayments"), tables, ("decided", "written"), strict=True):
        there = table[table[dated] <= pd.Timestamp(day)]
        there = there.assign(**{dated: there[dated].dt.date})
        there.to_parquet(folder / f"{name}.parquet", index=False, row_group_size=ROWS)


def decide(project: Project, applications: pd.DataFrame, at_once: int = 2_000) -> None:
    """What was decided of applications, by the log's own writer."""
    tokens, said = (
        load_tokens(token_key(project)),
        Said(action="approve", band="high", rule="", unknown=False, amount=1),
    )
    inputs = {f"column_{number}": number * 1.37 for number in range(12)}
    with open_log(project.root / "log.sqlite", create=True) as log:
        for start in range(0, len(applications), at_once):
            some = applications[start : start + at_once]
            log.append(
                [
                    DecisionRecord(
                        caller="shop", application=tokens.application(key), bundle=BUNDLE, arm="champion", score=500,
                        pd=0.1, said=said, inputs=inputs | {"channel": channel},
                        at=dt.datetime.combine(decided, dt.time(9), dt.UTC),
                    )
                    for key, decided, channel in zip(some["id"], some["decided"].dt.date, some["channel"], strict=True)
                ]
            )  # fmt: skip


def baseline() -> Baseline:
    row = {"day": FIRST, "model": BUNDLE, "segment": "", "subject": "action", "cell": "approve", "n": 1}
    yardstick = Yardstick(model=BUNDLE, segments=(Segment(column="channel", levels=CHANNELS),))
    record = {"study": "grown", "bundle": BUNDLE, "yardstick": yardstick, "dated": "day"}
    return frozen(record, CountTable.of(pd.DataFrame([row]).assign(total=0.0, squares=0.0)), CountTable.empty())


def look(folder: Path, database: str, day: dt.date) -> dict[str, float]:
    """CPU seconds of a look in this process, the memory that it took, and how many loans have matured."""
    loans = LoggedLoans(Project(folder), "grown", f"sqlite:///{folder / database}", ("channel",))
    now = dt.datetime.combine(day, dt.time(12), dt.UTC)
    before = resident("VmRSS")
    CLEAR.write_text("5", "ascii")
    with open_log(folder / "log.sqlite", writing=False) as log:
        began = time.process_time()
        found = loans.known(log, baseline(), now)
        seconds = time.process_time() - began
    matured = found.table.where(subject="outcome:final")["n"].sum()
    return {"seconds": seconds, "mib": (resident("VmHWM") - before) / 2**20, "matured": int(matured)}


def elsewhere(folder: Path, database: str, day: dt.date) -> dict[str, float]:
    command = [sys.executable, __file__, "--look", str(folder), database, str(day)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)


def told(what: str, cost: dict[str, float], beside: dict[str, float]) -> None:
    ratio = f"   {cost['seconds'] / beside['seconds']:.2f} and {cost['mib'] / beside['mib']:.2f} of reading all"
    print(f"  {what:34s} {cost['seconds']:6.2f} CPU-s {cost['mib']:7.0f} MiB{ratio}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--a-month", type=int, default=20_000)
    parser.add_argument("--years", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--look", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.look:
        print(json.dumps(look(Path(asked.look[0]), asked.look[1], dt.date.fromisoformat(asked.look[2]))))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        project = Project(Path(place))
        tables = portfolio(int((max(asked.years) * 12 + 1) * asked.a_month), asked.a_month)
        logged = 0
        for years in sorted(asked.years):
            friday = FIRST + dt.timedelta(days=364 * years + 4)
            until = int((tables[0]["decided"] <= pd.Timestamp(friday)).sum())
            decide(project, tables[0][logged:until])
            logged = until
            data = project.data / "grown"
            arrive(data, tables, friday)
            elsewhere(project.root, "kept.sqlite", friday + dt.timedelta(days=1))  # where last year's work is taken up
            arrive(data, tables, friday + dt.timedelta(days=1))
            daily = elsewhere(project.root, "kept.sqlite", friday + dt.timedelta(days=2))
            arrive(data, tables, friday + dt.timedelta(days=3))
            weekly = elsewhere(project.root, "kept.sqlite", friday + dt.timedelta(days=4))
            whole = elsewhere(project.root, f"whole{years}.sqlite", friday + dt.timedelta(days=4))
            if weekly["matured"] != whole["matured"]:
                raise SystemExit(f"{weekly['matured']:,} loans matured are kept, and {whole['matured']:,} are there")
            print(f"{years} years, {logged:,} decisions, {whole['matured']:,} loans matured:")
            told("a day's look", daily, whole)
            told("the first look of a week", weekly, whole)
            told("reading all", whole, whole)


if __name__ == "__main__":
    main()
