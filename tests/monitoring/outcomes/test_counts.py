"""Outcomes as counts by the day of the decision."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.data.performance import known_by
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.outcomes.counts import label_difference, outcome_counts

DAY = dt.date(2025, 1, 10)
SCORES = pd.DataFrame({"application": ["a", "b", "c", "d"], "pd": [0.1, 0.2, 0.3, 0.4]})


def loans(**changes) -> pd.DataFrame:
    """Four loans of a day and two months: a missed its first instalment and was bad, d was found to be fraud."""
    first, second = pd.Timestamp(2025, 2, 9), pd.Timestamp(2025, 3, 11)
    return pd.DataFrame(
        {
            "application": ["a", "b", "c", "d"],
            "decided_on": pd.Timestamp(DAY),
            "final_on": pd.Timestamp(2025, 3, 31),
            "label": ["bad", "good", "indeterminate", "fraud"],
            "known_1": first,
            "dpd_1": 0.0,
            "owed_1": [50.0, 0.0, 0.0, 50.0],
            "status_1": ["late", "current", "current", "late"],
            "bad_1": 0.0,
            "known_2": second,
            "dpd_2": [30.0, 0.0, 20.0, 20.0],
            "owed_2": [100.0, 0.0, 50.0, 100.0],
            "status_2": ["late", "current", "late", "fraud"],
            "bad_2": [1.0, 0.0, 0.0, None],
        }
        | changes
    )


def cells(table: CountTable) -> dict[tuple[str, str], int]:
    return {(row.subject, row.cell): row.n for row in table.frame.itertuples() if row.segment == ""}


def test_each_age_counts_the_loans_that_are_that_old_and_the_label_those_that_are_good_or_bad():
    assert cells(outcome_counts(loans(), SCORES)) == {
        ("outcome:fpd", "bad"): 2,
        ("outcome:fpd", "good"): 2,
        ("outcome:1", "good"): 4,
        ("outcome:2", "bad"): 1,
        ("outcome:2", "good"): 2,  # fraud is no credit loss, once it is known
        ("outcome:final", "bad"): 1,
        ("outcome:final", "good"): 1,
    }


def test_the_sums_are_of_the_pds_and_of_their_squares():
    (row,) = outcome_counts(loans(), SCORES).where(subject="outcome:2").query("cell == 'good'").itertuples()
    assert (row.total, row.squares) == pytest.approx((0.5, 0.13))  # 0.2 + 0.3; 0.04 + 0.09
    assert row.day == pd.Timestamp(DAY)


@pytest.mark.parametrize(
    ("at", "ages"),
    [
        (dt.date(2025, 2, 8), set()),
        (dt.date(2025, 2, 9), {"fpd", "1"}),
        (dt.date(2025, 3, 11), {"fpd", "1", "2"}),
        (dt.date(2025, 3, 31), {"fpd", "1", "2", "final"}),
    ],
)
def test_an_age_shows_from_the_day_on_which_it_is_reached(at, ages):
    assert {subject.removeprefix("outcome:") for subject, _ in cells(outcome_counts(loans(), SCORES, at))} == ages


def test_loans_without_a_pd_or_a_date_take_no_part():
    undated = loans(decided_on=pd.NaT)
    assert outcome_counts(undated, SCORES).frame.empty
    assert cells(outcome_counts(loans(), SCORES[:1]))["outcome:fpd", "bad"] == 1


def test_segments_add_up_to_everyone():
    channel = pd.DataFrame({"application": list("abcd"), "channel": ["app", "web", "app", "app"]})
    table = outcome_counts(loans(), SCORES, segments=channel, model="card").frame
    sums = table.assign(everyone=table["segment"] == "").groupby(["everyone", "subject", "cell"])["n"].sum()
    pd.testing.assert_series_equal(sums[True], sums[False])
    assert set(table["segment"]) == {"", "channel=app", "channel=web"}
    assert set(table["model"]) == {"card"}


def test_a_loan_without_a_level_is_in_no_segment_and_neither_is_one_that_is_not_named():
    channel = pd.DataFrame({"application": list("abc"), "channel": ["app", None, "app"]})
    table = outcome_counts(loans(), SCORES, segments=channel)
    first = {
        name: int(table.where(subject="outcome:1", segment=name)["n"].sum()) for name in set(table.frame["segment"])
    }
    assert set(first) == {"channel=app", ""}
    assert first["channel=app"] < first[""]  # b has no level, d is not named


OUTCOMES = st.lists(
    st.tuples(st.integers(0, 90), st.booleans(), st.floats(0, 1), st.sampled_from([None, 0.0, 1.0])), max_size=12
)


def portfolio(rows: list[tuple]) -> tuple[pd.DataFrame, pd.DataFrame]:
    decided = [pd.Timestamp(DAY) + pd.Timedelta(days=day) for day, *_ in rows]
    frame = pd.DataFrame({"application": [f"l{i}" for i in range(len(rows))], "decided_on": decided})
    frame["decided_on"] = frame["decided_on"].astype("datetime64[s]")
    frame["final_on"] = frame["known_1"] = frame["decided_on"] + pd.Timedelta(days=30)
    frame["owed_1"] = [50.0 * missed for _, missed, *_ in rows]
    frame = frame.assign(dpd_1=0.0, status_1="current", label="good", bad_1=[bad for *_, bad in rows])
    return frame, pd.DataFrame({"application": frame["application"], "pd": [p for _, _, p, _ in rows]})


@settings(max_examples=12)
@given(OUTCOMES, st.integers(0, 130))
def test_counts_of_parts_add_up_to_the_counts_of_the_whole(rows, cut):
    performance, scores = portfolio(rows)
    at = DAY + dt.timedelta(days=cut)
    halves = (outcome_counts(performance[part::2], scores, at) for part in (0, 1))
    whole = outcome_counts(performance, scores, at).frame
    pd.testing.assert_frame_equal(CountTable.merged(halves).frame, whole)


@settings(max_examples=12)
@given(OUTCOMES, st.integers(0, 130))
def test_counts_at_a_date_are_those_of_the_table_as_it_stood_then(rows, cut):
    performance, scores = portfolio(rows)
    at = DAY + dt.timedelta(days=cut)
    then = outcome_counts(known_by(performance, at), scores).frame
    pd.testing.assert_frame_equal(outcome_counts(performance, scores, at).frame, then)


@settings(max_examples=12)
@given(OUTCOMES, st.integers(0, 130), st.integers(0, 130))
def test_a_later_look_only_adds_to_the_counts_of_an_age(rows, first, more):
    performance, scores = portfolio(rows)
    early = outcome_counts(performance, scores, DAY + dt.timedelta(days=first)).frame
    late = outcome_counts(performance, scores, DAY + dt.timedelta(days=first + more)).frame
    keys = ["day", "subject", "cell"]
    both = early.merge(late, on=keys, how="left", suffixes=("", "_late"))
    assert (both["n"] == both["n_late"]).all()


def test_counts_hold_the_labels_of_intake_and_say_how_many_they_do_not():
    applications = pd.DataFrame({"label": ["bad", "good", "good", "not_booked"]})
    assert label_difference(loans(), SCORES, applications).value == 1  # one good loan is not among the booked
    assert label_difference(loans(), SCORES, applications[:2]).value == 0
    assert not label_difference(loans(decided_on=pd.NaT), SCORES, applications).evaluated
