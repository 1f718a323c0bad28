"""One application at one moment: the card is trained, a batch decides and the service answers by the same values."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riskbench.decision.batch.deciding import Asked, decide_table
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.inputs import hours
from riskbench.decision.policy.policy import Policy
from riskbench.decision.row import RowDecider
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import ReasonTexts
from riskbench.service.feeding import feeds_of
from tests.data.conftest import Small
from tests.data.feeds.conftest import Fed
from tests.examples import examples

START = dt.datetime(2024, 1, 1)
FED = ["lines", "value_count", "value_sum", "value_max", "value_last", "value_mean", "value_min"]
SAME = ("action", "rule", "amount", "hits", "alerts")
values = st.integers(-5, 5).map(float)
hours_of = st.integers(0, 40 * 4).map(lambda quarter: quarter * 6)
# whose, hours to the event, hours on its way, value: of one event there are corrections, and some arrive after all
arriving = st.lists(
    st.tuples(st.sampled_from(["c1", "c2"]), hours_of, st.sampled_from([0, 6, 24, 500]), values),
    min_size=6, max_size=20, unique_by=lambda row: row[:3],
)  # fmt: skip
decided = st.lists(st.tuples(st.sampled_from(["c1", "c2", "c3"]), hours_of), min_size=4, max_size=8)


def at(hour: float) -> dt.datetime:
    return START + dt.timedelta(hours=hour)


def toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {toml(of)}' for key, of in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A card on what feeds bring, with rules, a limit and freshness that read it too."""
    study = Small(Path()).study()
    rng, n = np.random.default_rng(3), 600
    X = pd.DataFrame({name: rng.integers(-5, 6, n).astype(float) for name in ("lines", "value_sum", "value_last")})
    y = (rng.random(n) < 1 / (1 + np.exp(X["lines"] / 3 - X["value_sum"] / 4))).astype(float)
    bands = [{"name": "low", "action": "refer", "from": -np.inf, "to": 480.0},
             {"name": "high", "action": "approve", "from": 480.0, "to": np.inf}]  # fmt: skip
    many = {"name": "many", "when": [{"variable": "value_count", "op": ">", "value": 3}], "action": "decline",
            "reason": "many", "on_missing": "refer"}  # fmt: skip
    limit = {"name": "by_last", "by": "value_last", "on_missing": "refer", "reason": "little",
             "lines": [{"from": -np.inf, "to": 2.0, "value": 7.0}, {"from": 2.0, "to": np.inf, "value": 20.0}]}  # fmt: skip
    fresh = [{"source": source, "within_hours": 30.0, "action": action, "reason": "old", "on_missing": "refer"}
             for source, action in (("reports", "refer"), ("account", "alert"))]  # fmt: skip
    costs = {"lgd": 0.6, "margin": 0.2, "funding_cost": 0.1}
    policy = {"schema_version": 2, "bands": bands, "rules": [many], "limits": [limit], "freshness": fresh}
    steps: dict[str, Any] = {"step": ["logit"], "slope": [1.0], "intercept": [0.0], "because": ["for a test"]}
    return bundle_of(
        study, Scorecard(WoeBinning(max_bins=4)).fit(X, y), Policy.model_validate(policy | {"economics": costs}),
        ReasonTexts(), steps=pd.DataFrame(steps), made_from=MadeFrom(study="0" * 64, code="1" * 64, data="2" * 64),
    )  # fmt: skip


def fed_study(folder: Path, decisions: list[tuple[str, int]], reports: list, account: list) -> Fed:
    """The small study by the clock, with all rows brought by its feeds: delivered in two files, the later ones first.

    Beside what is drawn stand, of every customer, a row that speaks of the time after all decisions and a correction
    that arrives after them; either would show.
    """
    small = Small(folder)
    for table, column in (("applications", "decided"), ("reports", "reported"), ("account", "booked")):
        small.content["tables"][table]["columns"][column]["type"] = "timestamp"
        small.types[table] = [
            (name, pa.timestamp("us") if name == column else kind) for name, kind in small.types[table]
        ]
    small.rows["applications"] = [
        (f"a{n}", who, at(hour), 50.0, "web", 1, 1) for n, (who, hour) in enumerate(decisions)
    ]
    small.rows |= {"reports": [], "account": [], "paid": []}
    (folder / "study.toml").write_text("\n".join(f"{key} = {toml(value)}" for key, value in small.content.items()))
    fed = Fed(small)
    for feed, column, value, rows in (
        ("reports", "reported", "lines", reports),
        ("account", "booked", "value", account),
    ):
        planted = [
            ("c1", 2000, 0, 999.0),
            ("c2", -2000, 4000, 999.0),
            *[(w, e, d + 4000, 999.0) for w, e, d, _ in rows],
        ]
        frame = pd.DataFrame([
            {"who": w, column: at(e), value: v, "spoke": at(e), "came": at(e + d)} for w, e, d, v in [*planted, *rows]
        ])  # fmt: skip
        for n, part in enumerate(np.array_split(np.arange(len(frame)), 2)):
            fed.deliver(f"{n}.parquet", frame.iloc[part], feed)
            fed.refresh(feed, at=dt.datetime(2026, 1, 1))
    return fed


def told(cell: Any) -> Any:
    return None if pd.isna(cell) else float(cell)


@settings(max_examples=examples(2), phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(decided, arriving, arriving)
def test_training_batch_and_service_read_the_same_values_and_decide_alike(bundle, decisions, reports, account):
    with tempfile.TemporaryDirectory() as folder:
        fed = fed_study(Path(folder), decisions, reports, account)
        engine, trained = fed.engine(), fed.joined()
        ages = engine.ages(trained["decided"]).add_prefix("age_hours:")

        moments = engine.table("applications").select("app", "who", "decided", "amount", "channel")
        known = engine.frame(engine.with_known(moments).order_by("app")).set_index("app")
        asked = pd.concat([known.reset_index(), ages.reset_index(drop=True)], axis=1)
        batch = decide_table(bundle, ibis.duckdb.connect().create_table("asked", asked), Asked(reasons=0)).execute()
        batch = batch.set_index("app")
        framed = bundle.decide(pd.concat([trained, ages], axis=1))

        feeds, decide = feeds_of(Path(folder)), RowDecider(bundle)
        for n, (who, hour) in enumerate(decisions):
            app = f"a{n}"
            given = {"amount": 50.0} | ({"channel": "web"} if "channel" in _read(bundle) else {})
            inputs, live_ages = feeds.complete(who, given, at(hour).replace(tzinfo=dt.UTC))
            there = {name: told(trained.loc[app, name]) for name in FED}
            assert 999.0 not in there.values()
            assert there == {name: told(known.loc[app, name]) for name in FED}
            assert there == {name: told(inputs[name]) for name in FED}
            assert hours(bundle.inputs.sources, live_ages) == {
                source: told(ages.loc[app, f"age_hours:{source}"]) for source in bundle.inputs.sources
            }
            read = {name: inputs[name] for name in _read(bundle)}
            said = decide(read, customer=who, ages=live_ages).decision
            mine = {"action": said.action, "rule": said.rule, "amount": said.amount,
                    "hits": ";".join(said.hits), "alerts": ";".join(said.alerts)}  # fmt: skip
            assert mine == {name: framed.loc[app, name] for name in SAME}
            assert mine == {name: batch.loc[app, name] for name in SAME}


def _read(bundle: Bundle) -> list[str]:
    return [column.name for column in bundle.inputs.columns]
