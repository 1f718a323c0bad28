"""A small lender: a card on a number, a category and an engineered feature, its bundle, and applications with days."""

import datetime as dt
import itertools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from scipy.special import expit

from riskbench.data.candidates import candidates_of
from riskbench.data.study import Study
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, outcome_fields
from riskbench.decision.policy.policy import Policy
from riskbench.decision.row import RowDecider
from riskbench.monitoring.counts.from_run import Model, RunTables, baseline_of
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import ReasonTexts

STUDY_TEXT = """
schema_version = 1
name = "counted"
title = "A small lender"
description = "d"
purpose = "to be counted"
population = "booked"
customers = "mixed"
currency = "XTS"
licence = "none"
policy = "policy.yaml"
limitations = []
source = { kind = "files" }
base = { key = "id", customer = "who", as_of = "asked", amount = "amount", segments = ["channel"] }
outcome = { kind = "column", column = "y", bad = ["1"], good = ["0"], horizon_months = 12, definition = "d" }
samples = { salt = "s", test_share = 0.3 }
scaling = { pdo = 20, base_score = 600, base_odds = 50 }

[features.burden]
formula = "ratio(amount, income)"
description = "Amount over income"

[tables.applications]
file = "applications.parquet"
join = "base"
owner = "o"
purpose = "p"
lawful_basis = "l"

[tables.applications.columns]
id = { role = "key", type = "text", description = "Key" }
who = { role = "key", type = "text", description = "Customer" }
asked = { role = "date", type = "date", description = "Day" }
amount = { role = "feature", type = "number", description = "Amount" }
income = { role = "feature", type = "number", description = "Income", lower = 1, upper = 1e6 }
enquiries = { role = "feature", type = "number", description = "Enquiries", special = [-999] }
channel = { role = "feature", type = "category", description = "Channel", levels = ["app", "branch", "web"] }
y = { role = "outcome", type = "integer", description = "Bad" }
"""
STUDY = Study.model_validate(tomllib.loads(STUDY_TEXT))
POLICY = {
    "schema_version": 2,
    "bands": [
        {"name": "high", "action": "approve", "from": 540, "to": float("inf")},
        {"name": "middle", "action": "refer", "from": 500, "to": 540},
        {"name": "low", "action": "decline", "from": float("-inf"), "to": 500},
    ],
    "economics": {"lgd": 0.5, "margin": 0.2, "funding_cost": 0.04, "cost_per_application": 1, "cost_per_account": 2},
}


def raw(n: int, seed: int = 3) -> pd.DataFrame:
    """Applications as they come: of 2026, a few of them with what is missing, special or unheard of."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "asked": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 120, n)), unit="D"),
            "amount": rng.integers(1, 60, n) * 50.0,
            "income": np.where(rng.random(n) < 0.02, np.nan, rng.integers(5, 40, n) * 100.0),
            "enquiries": rng.choice([-999.0, np.nan, 0.0, 1.0, 2.0, 3.0, 5.0], n),
            "channel": pd.Series(rng.choice(["app", "branch", "web", None], n, p=[0.5, 0.2, 0.25, 0.05]), dtype="str"),
        }
    )


@dataclass(frozen=True)
class Lender:
    """The bundle, and what a run would hold of some applications."""

    bundle: Bundle

    @property
    def card(self) -> Scorecard:
        return self.bundle.scorecard

    @cached_property
    def decider(self) -> RowDecider:
        """What decides one application."""
        return RowDecider(self.bundle)

    @property
    def model(self) -> Model:
        return Model("counted", self.card, self.bundle, ("channel",))

    def tables(self, rows: pd.DataFrame, development: int) -> RunTables:
        """What a run holds: the first `development` rows are its development sample."""
        features = candidates_of(STUDY, rows)
        scored = self.bundle.score(rows)
        sample = np.where(np.arange(len(rows)) < development, "development", "monitoring")
        applications = rows.drop(columns="asked").assign(month=rows["asked"].dt.strftime("%Y-%m"), sample=sample)
        return RunTables(
            applications,
            features,
            scored.assign(pd_applied=scored["pd"]),
            self.bundle.decide(rows),
            days=rows["asked"],
        )


@pytest.fixture(scope="session")
def lender() -> Lender:
    """A card fitted to two thousand applications, riskier the more is asked for by income."""
    frame, rng = raw(2_000, seed=1), np.random.default_rng(2)
    features = candidates_of(STUDY, frame)
    risk = expit(frame["amount"] / frame["income"].fillna(500) - 2 + (frame["channel"] == "web"))
    card = Scorecard(WoeBinning(max_bins=4)).fit(
        features[["burden", "enquiries", "channel"]], (rng.random(len(frame)) < risk).astype(int)
    )
    steps = pd.DataFrame({"step": ["logit"], "slope": [1.0], "intercept": [0.0], "because": ["for a test"]})
    made = MadeFrom(study="0" * 64, code="1" * 64, data="2" * 64)
    return Lender(bundle_of(STUDY, card, Policy.model_validate(POLICY), ReasonTexts(), steps=steps, made_from=made))


NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
_number = itertools.count()


def decision_of(lender: Lender, row: pd.Series, **fields: Any) -> DecisionRecord:
    """The record of one of the rows of `raw`, as a service would write it."""
    inputs = {name: None if pd.isna(row[name]) else row[name] for name in ("amount", "income", "enquiries", "channel")}
    outcome = lender.decider(inputs)
    usual = {
        "at": row["asked"].to_pydatetime().replace(hour=9, tzinfo=dt.UTC),
        "caller": "web",
        "application": "a" * 32,
        "bundle": lender.bundle.address,
        "inputs": inputs,
        **outcome_fields(outcome),
    }
    return DecisionRecord(**(usual | fields))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for counts in each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'monitoring.sqlite'}"
    postgres, schema = request.getfixturevalue("postgres"), f"counts{next(_number)}"
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    engine.dispose()
    return f"{postgres}&options=-csearch_path%3D{schema}"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DecisionLog]:
    """An empty decision log."""
    with open_log(tmp_path / "log.sqlite", create=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def yardstick(lender: Lender) -> Yardstick:
    """What a run of the lender froze."""
    return baseline_of(lender.tables(raw(1_500), 600), lender.model).record.yardstick
