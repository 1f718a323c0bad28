"""A small shop that lends for two months, writes what it decides into a log, and gets its repayments as they fall due."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from riskbench.core.project import Project
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import token_key
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.decision.log.tokens import load_tokens
from riskbench.monitoring.counts.baseline import Baseline, frozen
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick
from riskbench.monitoring.watch.logged_loans import LoggedLoans, Turned

FIRST = dt.date(2026, 1, 1)
OLD, NEW = "a" * 64, "b" * 64  # bundles
STUDY = """
schema_version = 1
name = "shop"
title = "A small shop"
description = "d"
purpose = "to be counted"
population = "booked"
customers = "mixed"
currency = "XTS"
licence = "none"
policy = "policy.yaml"
limitations = []
source = { kind = "files" }
base = { key = "id", customer = "who", as_of = "decided", segments = ["channel"] }
samples = { salt = "s", test_share = 0.3 }
scaling = { pdo = 20, base_score = 600, base_odds = 50 }

[outcome]
kind = "repayments"
table = "repayments"
booked = "booked"
days_past_due = 30
indeterminate_from = 15
materiality = 10.0
horizon_months = 2
observed_until = 2026-01-01
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
who = { role = "key", type = "text", description = "Customer" }
decided = { role = "date", type = "date", description = "Day" }
channel = { role = "feature", type = "category", description = "Channel", levels = ["app", "web"] }
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
status = { role = "outcome", type = "category", description = "Status", levels = ["open", "fraud"] }
written = { role = "outcome", type = "date", description = "Day" }
"""


def day(number: int) -> dt.date:
    """So many days after the first."""
    return FIRST + dt.timedelta(days=number)


def baseline_of(model: str = OLD, levels: tuple[str, ...] = ("app", "web")) -> Baseline:
    """A baseline that counts by channel, of some application decided on the first day."""
    row = {"day": FIRST, "model": model, "segment": "", "subject": "action", "cell": "approve", "n": 1}
    yardstick = Yardstick(model=model, segments=(Segment(column="channel", levels=levels),))
    record = {"study": "shop", "bundle": model, "yardstick": yardstick, "dated": "day"}
    return frozen(record, CountTable.of(pd.DataFrame([row]).assign(total=0.0, squares=0.0)), CountTable.empty())


@dataclass
class Shop:
    """Its tables in memory, and the project that they are written into. Days are numbers, 0 is `FIRST`."""

    project: Project
    applications: list[dict] = field(default_factory=list)
    repayments: list[dict] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.project.data / "shop"

    @property
    def log(self) -> Path:
        return self.project.root / "log.sqlite"

    def lend(self, name: str, on: int, late: tuple[int, int] = (0, 0), delay: int = 0, **changes: object) -> None:
        """A loan, `late` by so many days in its first and second month, each written down `delay` days after it."""
        usual = {"id": name, "who": name, "decided": day(on), "channel": "app", "booked": True}
        self.applications.append(usual | changes)
        for month, dpd in enumerate(late, 1):
            row = {"id": name, "month_on_book": month, "dpd": dpd, "past_due": 50.0 * (dpd > 0), "status": "open"}
            self.repayments.append(row | {"written": day(on + 30 * month + 1 + delay)})

    def decide(self, name: str, on: int, pd: float | None = 0.25, bundle: str = OLD, channel: object = "app") -> None:
        """A decision in the log; without a PD the model was stopped."""
        self._append([self._record(name, on, pd=pd, bundle=bundle, channel=channel)])

    def decide_all(self, names: Sequence[str]) -> None:
        """Decisions of the first day, in one go."""
        self._append([self._record(name, 0) for name in names])

    def _append(self, records: Sequence[DecisionRecord]) -> None:
        with open_log(self.log, create=not self.log.is_file()) as log:
            log.append(records)

    def _record(
        self, name: str, on: int, pd: float | None = 0.25, bundle: str = OLD, channel: object = "app"
    ) -> DecisionRecord:
        return DecisionRecord(
            caller="web",
            application=load_tokens(token_key(self.project)).application(name),
            bundle=bundle,
            inputs={"channel": channel},
            arm="champion",
            score=None if pd is None else 500,
            pd=pd,
            said=Said(action="refer", band="low", rule="", unknown=False, amount=0.0),
            at=dt.datetime.combine(day(on), dt.time(9), dt.UTC),
        )

    def arrive(self, on: int) -> None:
        """Write the tables as they stand at the end of a day."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = STUDY.replace("observed_until = 2026-01-01", f"observed_until = {day(on)}")
        (self.folder / "study.toml").write_text(text, "utf-8")
        for name, rows, dated, columns in (
            ("applications", self.applications, "decided", ["id", "who", "decided", "channel", "booked"]),
            ("repayments", self.repayments, "written", ["id", "month_on_book", "dpd", "past_due", "status", "written"]),
        ):
            there = pd.DataFrame([row for row in rows if row[dated] <= day(on)], columns=columns)
            kinds = {"month_on_book": "int64", "dpd": "int64", "past_due": "float64", "booked": "bool"}
            texts = dict.fromkeys({"id", "who", "channel", "status"} & {*columns}, "str")
            there = there.astype({name: kind for name, kind in kinds.items() if name in columns} | texts)
            there[dated] = pd.to_datetime(there[dated]).dt.date
            there.to_parquet(self.folder / f"{name}.parquet", index=False)

    def look(self, database: str, on: int, baseline: Baseline | None = None) -> Turned:
        """What a job that was just started sees on a day, as known when the day before ended."""
        now = dt.datetime.combine(day(on), dt.time(12), dt.UTC)
        with open_log(self.log, create=not self.log.is_file()) as log:
            return LoggedLoans(self.project, "shop", database, ("channel",)).known(log, baseline or baseline_of(), now)

    def whole(self, on: int) -> pd.DataFrame:
        """The same counted from nothing."""
        fresh = self.project.root / f"whole{next(_number)}.sqlite"
        return self.look(f"sqlite:///{fresh}", on).table.frame


_number = itertools.count()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop without customers."""
    return Shop(Project(tmp_path))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty monitoring database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'monitoring.sqlite'}"
        return
    postgres, schema = request.getfixturevalue("postgres"), f"loans{next(_number)}"
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield f"{postgres}&options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    engine.dispose()
