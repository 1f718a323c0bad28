"""A small dated study with every kind of join, for the tests that need one."""

import copy
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskbench.data.applications import assemble_applications
from riskbench.data.engine import Engine
from riskbench.data.sources import ensure_data
from riskbench.data.study import Study, load_study

STUDIES = Path(__file__).parents[2] / "data"
WHOSE = {"owner": "o", "purpose": "p", "lawful_basis": "l"}


def column(role: str, kind: str, **more) -> dict:
    return {"role": role, "type": kind, "description": "d", **more}


KEY, CUSTOMER, DATE = column("key", "text"), column("key", "text"), column("date", "date")

SMALL = {
    "schema_version": 1,
    "name": "small",
    "title": "t",
    "description": "d",
    "purpose": "p",
    "population": "through_the_door",
    "customers": "mixed",
    "currency": "units",
    "licence": "none",
    "source": {"kind": "files"},
    "base": {"key": "app", "customer": "who", "as_of": "decided", "amount": "amount"},
    "outcome": {
        "kind": "repayments",
        "table": "paid",
        "days_past_due": 30,
        "indeterminate_from": 15,
        "materiality": 10.0,
        "horizon_months": 6,
        "observed_until": dt.date(2024, 12, 31),
        "early_settlement": "good",
        "rolled_over": "indeterminate",
        "fraud": "fraud",
        "definition": "d",
    },
    "samples": {
        "salt": "s",
        "test_share": 0.3,
        "development": {"first": dt.date(2024, 1, 1), "last": dt.date(2024, 3, 31)},
        "out_of_time": {"first": dt.date(2024, 4, 1), "last": dt.date(2024, 5, 31)},
    },
    "features": {"double": {"formula": "amount * 2", "description": "d"}},
    "protected": {"sex": {"formula": "sex", "description": "d"}},
    "tables": {
        "applications": {
            "file": "applications.parquet",
            "join": "base",
            **WHOSE,
            "columns": {
                "app": KEY,
                "who": CUSTOMER,
                "decided": DATE,
                "amount": column("feature", "number", lower=0, upper=100, special=[-1]),
                "channel": column("feature", "category", levels=["web", "branch"]),
                "rating": column("price", "integer"),
                "calls": column("leakage", "integer"),
            },
        },
        "people": {
            "file": "people.parquet",
            "join": "one",
            "on": "who",
            **WHOSE,
            "columns": {"who": CUSTOMER, "name": column("identifier", "text"), "sex": column("protected", "category")},
        },
        "reports": {
            "file": "reports.parquet",
            "join": "latest",
            "on": "who",
            "known_at": "reported",
            **WHOSE,
            "columns": {"who": CUSTOMER, "reported": DATE, "lines": column("feature", "number")},
        },
        "rates": {
            "file": "rates.parquet",
            "join": "latest",
            "known_at": "published",
            **WHOSE,
            "columns": {"published": DATE, "rate": column("context", "number")},
        },
        "account": {
            "file": "account.parquet",
            "join": "aggregate",
            "on": "who",
            "known_at": "booked",
            "within_days": 30,
            **WHOSE,
            "columns": {"who": CUSTOMER, "booked": DATE, "value": column("feature", "number")},
            "aggregates": {
                f"value_{how}": {"column": "value", "how": how, "description": "d"}
                for how in ("count", "mean", "sum", "min", "max", "last")
            },
        },
        "own": {
            "file": "paid.parquet",
            "join": "aggregate",
            "on": "who",
            "through": "app",
            "known_at": "due_date",
            **WHOSE,
            "columns": {"app": KEY, "due_date": DATE, "dpd": column("feature", "integer")},
            "aggregates": {
                "own_rows": {"column": "dpd", "how": "count", "description": "d"},
                "own_worst": {"column": "dpd", "how": "max", "description": "d"},
            },
        },
        "paid": {
            "file": "paid.parquet",
            "join": "outcome",
            **WHOSE,
            "columns": {
                "app": KEY,
                "month_on_book": column("outcome", "integer"),
                "due_date": column("outcome", "date"),
                "past_due": column("outcome", "number"),
                "dpd": column("outcome", "integer"),
                "status": column("outcome", "category"),
            },
        },
    },
}

TYPES = {
    "applications": [
        ("app", pa.string()),
        ("who", pa.string()),
        ("decided", pa.date32()),
        ("amount", pa.float64()),
        ("channel", pa.string()),
        ("rating", pa.int32()),
        ("calls", pa.int32()),
    ],
    "people": [("who", pa.string()), ("name", pa.string()), ("sex", pa.string())],
    "reports": [("who", pa.string()), ("reported", pa.date32()), ("lines", pa.float64())],
    "rates": [("published", pa.date32()), ("rate", pa.float64())],
    "account": [("who", pa.string()), ("booked", pa.date32()), ("value", pa.float64())],
    "paid": [
        ("app", pa.string()),
        ("month_on_book", pa.int32()),
        ("due_date", pa.date32()),
        ("past_due", pa.float64()),
        ("dpd", pa.int32()),
        ("status", pa.string()),
    ],
}


def day(number: int) -> dt.date:
    """A day of 2024, counted from 0."""
    return dt.date(2024, 1, 1) + dt.timedelta(days=number)


ROWS = {
    "applications": [
        ("a1", "c1", day(10), 50.0, "web", 1, 2),
        ("a2", "c2", day(40), -1.0, "branch", 2, 0),
        ("a3", "c1", day(90), None, "web", None, 1),
    ],
    "people": [("c1", "Ann", "female"), ("c2", "Bob", None)],
    "reports": [("c1", day(5), 1.0), ("c1", day(50), 2.0)],
    "rates": [(day(1), 3.0), (day(30), 4.0)],
    "account": [("c1", day(9), 5.0), ("c1", day(10), 9.0)],
    "paid": [("a1", 1, day(40), 0.0, 0, "current"), ("a1", 2, day(70), 20.0, 30, "late")],
}


class Small:
    """The small study in a folder: change its description or its rows, then ask for the study or an engine."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.content, self.rows, self.types = copy.deepcopy(SMALL), copy.deepcopy(ROWS), copy.deepcopy(TYPES)

    @property
    def columns(self) -> dict:
        """The declared columns of the table of applications."""
        return self.content["tables"]["applications"]["columns"]

    def study(self) -> Study:
        return Study.model_validate(self.content)

    def engine(self) -> Engine:
        for name, rows in self.rows.items():
            names = [field[0] for field in self.types[name]]
            table = pa.Table.from_pylist(
                [dict(zip(names, row, strict=True)) for row in rows], pa.schema(self.types[name])
            )
            pq.write_table(table, self.folder / f"{name}.parquet")
        return Engine(self.study(), self.folder)

    def joined(self) -> pd.DataFrame:
        return self.engine().collate()

    def applications(self, key: bytes = b"k" * 32) -> pd.DataFrame:
        """Those of a run: one good, one bad, one without a label."""
        labels = pd.DataFrame({"label": ["good", "bad", "immature"], "y": [0.0, 1.0, np.nan]})
        return assemble_applications(self.study(), self.joined(), labels, pd.Series(["development"] * 3), key)


@pytest.fixture
def small(tmp_path) -> Small:
    return Small(tmp_path)


@pytest.fixture(scope="session")
def make_small() -> type[Small]:
    """For properties: a fresh small study in a folder of one's own."""
    return Small


@pytest.fixture(scope="session")
def studies() -> dict[str, Study]:
    """The committed studies by name."""
    return {
        name: load_study(STUDIES / name / "study.toml")
        for name in ("microloan", "taiwan", "lendingclub", "south_german", "superlender")
    }


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory, studies) -> tuple[Study, Path]:
    """The default study with fewer applications, and the folder of its tables."""
    source = studies["microloan"].source.model_copy(update={"applications": 8000})
    study = studies["microloan"].model_copy(update={"source": source})
    folder = tmp_path_factory.mktemp("portfolio")
    ensure_data(study, folder)
    return study, folder


@pytest.fixture(scope="session")
def collated(portfolio) -> pd.DataFrame:
    """The joined applications of the portfolio; not to be changed."""
    return Engine(*portfolio).collate()
