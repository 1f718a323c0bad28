"""Outcomes beside the decisions that caused them, and the count of what did not join."""

import datetime as dt

import pandas as pd
import pytest

from riskbench.data.engine import Engine
from riskbench.data.sources import ensure_data
from riskbench.data.study import load_study
from riskbench.monitoring.feedback.joining import COLUMNS, join, outcomes_at

LOANS = {"a1": "good", "a2": "bad", "a3": "not_booked", "a4": "immature", "a5": "bad"}


def decided(*rows: tuple[str, str]) -> pd.DataFrame:
    """Decisions of (id, application), a minute apart."""
    made = {"model": "m", "arm": "champion", "band": "b", "action": "approve", "said": "approve", "override": False}
    frame = pd.DataFrame(list(rows), columns=["decision", "application"]).assign(**made, pd=0.1, score=500.0)
    return frame.assign(at=pd.date_range("2026-03-01 23:00", periods=len(frame), freq="min"))


def outcomes() -> pd.DataFrame:
    day = pd.Timestamp("2026-03-01")
    return pd.DataFrame({"application": list(LOANS), "decided_on": day, "label": list(LOANS.values()), "age": 6})


def test_each_decision_has_the_outcome_of_its_application():
    rows = join(decided(("d1", "a1"), ("d2", "a2"), ("d3", "a3")), outcomes()).rows
    assert list(rows.columns) == COLUMNS
    assert dict(zip(rows["decision"], rows["label"], strict=True)) == {"d1": "good", "d2": "bad", "d3": "not_booked"}
    assert rows["month"].unique().tolist() == ["2026-03"]


def test_a_loan_belongs_to_the_decision_that_held_last():
    found = join(decided(("first", "a2"), ("d1", "a1"), ("last", "a2")), outcomes())
    assert found.rows.set_index("label")["decision"].to_dict() == {"good": "d1", "bad": "last"}
    assert found.counts.superseded == 1


def test_what_does_not_join_is_counted():
    counts = join(decided(("d1", "a1"), ("d3", "a3"), ("d9", "nobody")), outcomes()).counts
    # a2, a4 and a5 are loans without a decision; a3 was decided and became no loan
    assert (counts.decisions, counts.joined, counts.unknown) == (3, 2, 1)
    assert (counts.matured, counts.not_booked, counts.undecided) == (1, 1, 3)
    assert "3 loans without a decision" in counts.told()


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory, request):
    study = load_study(request.config.rootpath / "data" / "microloan" / "study.toml")
    study = study.model_copy(update={"source": study.source.model_copy(update={"applications": 3000})})
    folder = tmp_path_factory.mktemp("portfolio")
    return Engine(study, folder, ensure_data(study, folder))


def at(engine: Engine, day: dt.date) -> pd.DataFrame:
    return outcomes_at(engine, lambda keys: keys.astype("str"), day).set_index("application")


def test_an_outcome_is_known_no_sooner_than_its_window_has_closed(portfolio):
    early, late = at(portfolio, dt.date(2024, 6, 30)), at(portfolio, dt.date(2025, 12, 31))
    assert early["decided_on"].max() <= pd.Timestamp("2024-06-30")
    known = early[early["label"].isin(["good", "bad"])]
    assert known["decided_on"].max() < pd.Timestamp("2024-01-01")  # six months and the rest of the month
    assert known["label"].equals(late["label"].reindex(known.index))  # and it does not change afterwards


def test_the_age_of_a_loan_is_in_full_calendar_months(portfolio):
    found = at(portfolio, dt.date(2024, 6, 15))
    january = found[found["decided_on"].dt.to_period("M") == pd.Period("2024-01")]
    complete = january["decided_on"].dt.day <= 15  # 15 January to 15 June are five months, from the 16th on four
    assert january.loc[complete, "age"].unique().tolist() == [5]
    assert january.loc[~complete, "age"].unique().tolist() == [4]
