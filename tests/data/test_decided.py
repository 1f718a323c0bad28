"""What is read of some days is what reading everything has of them, and a sum of control tells any change."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from riskbench.data.decided import SINGLE, Days, controls, decided, outcome_rows
from riskbench.data.engine import Engine
from riskbench.data.labels import label_names, labels_of
from riskbench.data.performance import delays_of, performance_from, performance_of
from riskbench.data.sources import ensure_data
from riskbench.data.study import Study, load_study

MARCH = Days(dt.date(2025, 3, 1), (dt.date(2024, 2, 29),))


@pytest.fixture(scope="module")
def home(tmp_path_factory, request) -> tuple[Study, Path]:
    study = load_study(request.config.rootpath / "data" / "microloan" / "study.toml")
    study = study.model_copy(update={"source": study.source.model_copy(update={"applications": 2000})})
    folder = tmp_path_factory.mktemp("portfolio")
    ensure_data(study, folder)
    return study, folder


def applications(engine: Engine, days: Days) -> pd.DataFrame:
    found = engine.frame(decided(engine, days).order_by(engine.study.base.key))
    return found[days.hold(pd.to_datetime(found[engine.study.as_of]))].reset_index(drop=True)


def test_applications_of_some_days_are_those_of_the_whole_with_these_days(home):
    engine = Engine(*home)
    whole = engine.collate()
    mine = whole[MARCH.hold(pd.to_datetime(whole["decided_at"]))].reset_index(drop=True)
    found = applications(engine, MARCH)
    assert 0 < len(found) < len(whole)
    pd.testing.assert_frame_equal(found, mine[found.columns])


def test_loans_of_some_days_have_paid_as_the_whole_says_given_the_delays_of_all(home):
    engine = Engine(*home)
    study, whole = engine.study, engine.collate()
    labels = pd.DataFrame({"application": whole["application_id"], "label": labels_of(engine, whole)["label"]})
    everything = performance_of(engine, whole, labels)
    found, rows = applications(engine, MARCH), engine.frame(outcome_rows(engine, decided(engine, MARCH)))
    named = pd.DataFrame({"application": found["application_id"], "label": label_names(study, found, rows)})
    booked = whole[(labels["label"] != "not_booked").to_numpy()]
    delays = delays_of(study, booked, engine.frame(outcome_rows(engine, decided(engine, Days()))))
    mine = performance_from(study, found, named.astype("str"), rows, delays)
    expected = everything[MARCH.hold(everything["decided_on"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, expected.astype({"application": "str", "label": "str"}))


def test_many_single_days_are_held_as_few_are(home):
    every_ninth = [dt.date(2023, 1, 1) + dt.timedelta(days=9 * number) for number in range(SINGLE + 1)]
    found = applications(Engine(*home), Days(dt.date(2025, 12, 1), every_ninth))
    days = {day for day in pd.to_datetime(found["decided_at"]).dt.date if day < dt.date(2025, 12, 1)}
    assert days <= {*every_ninth}
    assert len(days) > SINGLE / 2


@pytest.mark.parametrize(
    ("table", "column"), [("repayments", "past_due"), ("repayments", "dpd"), ("decisions", "funded")]
)
def test_a_changed_row_changes_the_sum_of_its_day_alone_and_the_order_none(home, tmp_path, table, column):
    study, folder = home
    for file in folder.glob("*.parquet"):
        frame = pd.read_parquet(file)
        if file.stem == table:
            was = frame.loc[7, column]
            frame.loc[7, column] = not was if column == "funded" else was + 1
        frame.sample(frac=1, random_state=1).to_parquet(tmp_path / file.name, index=False)
    before, after = controls(Engine(study, folder), Days()), controls(Engine(study, tmp_path), Days())
    assert before.keys() == after.keys()
    assert sum(before[day] != after[day] for day in before) == 1
