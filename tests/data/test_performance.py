"""How booked loans have paid, month by month on book, as it was known at any day."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of
from riskbench.data.performance import OF_A_MONTH, ages_of, known_by, performance_of

DECIDED = dt.date(2024, 1, 11)  # of the application a1 of the small study


def performance(small, paid: list[tuple], **outcome) -> pd.DataFrame:
    """The performance of a1 alone, from its rows (month on book, day after the decision, past due, dpd, status)."""
    small.content["outcome"] |= outcome
    small.rows["paid"] = [("a1", m, DECIDED + dt.timedelta(days=day), *rest) for m, day, *rest in paid]
    engine = small.engine()
    joined = engine.collate()
    applications = pd.DataFrame({"application": joined["app"], "label": ["good", "not_booked", "not_booked"]})
    return performance_of(engine, joined, applications)


def of_each_month(found: pd.DataFrame, name: str) -> list[object]:
    values = found[[f"{name}_{m}" for m in ages_of(found)]].iloc[0]
    return [None if pd.isna(value) else value for value in values]


def test_one_row_a_booked_loan_with_each_month_on_book_up_to_the_horizon(small):
    found = performance(small, [(1, 30, 0.0, 0, "current"), (2, 60, 20.0, 30, "late")])
    assert found["application"].tolist() == ["a1"]
    assert ages_of(found) == [1, 2, 3, 4, 5, 6]
    assert of_each_month(found, "dpd")[:3] == [0.0, 30.0, None]
    assert of_each_month(found, "owed")[:2] == [0.0, 20.0]
    assert of_each_month(found, "status")[:2] == ["current", "late"]


def test_a_loan_that_was_bad_stays_bad_and_one_that_left_stays_as_it_was(small):
    late = [(1, 30, 20.0, 30, "late"), (2, 60, 0.0, 0, "current")]
    assert of_each_month(performance(small, late), "bad") == [1.0] * 6
    assert of_each_month(performance(small, [(1, 30, 0.0, 0, "settled_early")]), "bad") == [0.0] * 6


def test_arrears_of_a_few_coins_are_no_days_past_due(small):
    found = performance(small, [(2, 60, 9.99, 30, "late")])
    assert (of_each_month(found, "dpd")[1], of_each_month(found, "owed")[1]) == (0.0, 0.0)


@pytest.mark.parametrize(("meaning", "then"), [("fraud", None), ("bad", 1.0), ("good", 0.0)])
def test_from_its_flag_on_fraud_is_what_the_study_says_and_before_it_nobody_knows(small, meaning, then):
    rows = [(1, 30, 20.0, 0, "late"), (2, 60, 40.0, 20, "fraud")]
    assert of_each_month(performance(small, rows, fraud=meaning), "bad") == [0.0, *[then] * 5]


def test_without_a_column_of_dates_a_month_on_book_is_known_when_both_its_kinds_are_over(small):
    # 11 January + 30 days = 10 February, a calendar month = 11 February; + 60 days = 11 March, two months = 11 March
    known = of_each_month(performance(small, [(1, 5, 0.0, 0, "current")]), "known")
    assert known[:2] == [pd.Timestamp(2024, 2, 11), pd.Timestamp(2024, 3, 11)]


def test_with_dates_it_is_known_from_its_date_on(small):
    rows = [(1, 33, 0.0, 0, "current"), (2, 63, 0.0, 0, "current")]
    known = of_each_month(performance(small, rows, dated="due_date"), "known")
    assert known[:2] == [pd.Timestamp(2024, 2, 13), pd.Timestamp(2024, 3, 14)]


def test_a_month_without_a_row_is_known_only_where_it_has_ended_before_the_end_of_observation(small):
    known = of_each_month(performance(small, [], observed_until=dt.date(2024, 4, 1)), "known")
    assert [day is not None for day in known] == [True, True, False, False, False, False]  # 11 Feb, 11 Mar, 11 Apr


def test_a_label_is_known_from_the_end_of_its_window_or_from_its_last_row_where_that_came_later(small):
    # 31 January + 180 days = 29 July; the end of the sixth calendar month after January is 31 July
    assert performance(small, [(1, 30, 0.0, 0, "current")])["final_on"].tolist() == [pd.Timestamp(2024, 7, 31)]
    late = performance(small, [(6, 300, 0.0, 0, "current")], dated="due_date")
    assert late["final_on"].tolist() == [pd.Timestamp(2024, 11, 6)]  # 11 January + 300 days


def test_a_study_whose_outcome_is_a_column_has_labels_and_no_months(small):
    small.engine()  # writes the files
    small.columns["ended"] = {"role": "outcome", "type": "integer", "description": "d"}
    small.content["outcome"] = {"kind": "column", "column": "ended", "bad": [1], "good": [0]} | {
        "horizon_months": 6,
        "definition": "d",
    }
    study = small.study()
    joined = pd.DataFrame({"app": ["a1"], "decided": [DECIDED]})
    found = performance_of(Engine(study, small.folder), joined, pd.DataFrame({"application": ["p"], "label": ["bad"]}))
    assert found.columns.tolist() == ["application", "decided_on", "final_on", "label"]
    assert found.iloc[0].tolist() == ["p", pd.Timestamp(DECIDED), pd.Timestamp(2024, 7, 31), "bad"]


# --- on the default study -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paid(portfolio, collated) -> pd.DataFrame:
    study, folder = portfolio
    engine = Engine(study, folder)
    applications = labels_of(engine, collated).assign(application=collated["application_id"])
    return performance_of(engine, collated, applications)


@pytest.fixture(scope="module")
def some(paid) -> pd.DataFrame:
    return paid[::25].reset_index(drop=True)


def test_a_loan_is_bad_by_the_last_month_if_and_only_if_its_label_is(paid):
    judged = paid[paid["label"].isin(["good", "bad", "indeterminate"])]
    assert ((judged["bad_6"] == 1) == (judged["label"] == "bad")).all()


@settings(max_examples=25)
@given(at=st.dates(dt.date(2023, 1, 1), dt.date(2026, 1, 31)))
def test_nothing_shows_that_became_known_after_the_date(some, at):
    known, end = known_by(some, at), pd.Timestamp(at)
    assert (known["decided_on"] <= end).all()
    assert (known.loc[known["final_on"] > end, "label"] == "immature").all()
    for m in ages_of(known):
        later = known["application"].map(some.set_index("application")[f"known_{m}"]) > end
        assert known.loc[later, [f"{name}_{m}" for name in OF_A_MONTH]].isna().all(axis=None)


@settings(max_examples=25)
@given(at=st.dates(dt.date(2023, 1, 1), dt.date(2026, 1, 31)), more=st.integers(0, 400))
def test_what_was_known_stays_as_it_was_at_every_later_date(some, at, more):
    early, late = known_by(some, at), known_by(known_by(some, at + dt.timedelta(days=more)), at)
    pd.testing.assert_frame_equal(early, late)


def test_the_table_names_no_customer_and_shares_the_types_of_a_table_without_loans(paid):
    assert "customer" not in paid
    assert known_by(paid, dt.date(2020, 1, 1)).dtypes.astype(str).to_dict() == paid.dtypes.astype(str).to_dict()
    assert np.isnat(paid["known_6"].to_numpy()).any()
