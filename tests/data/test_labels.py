import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine
from riskbench.data.labels import label, labels_of

CLEAN = [(month, 0.0, 0, "current") for month in range(1, 7)]
ANCHORS = {"good": CLEAN, "bad": [(1, 50.0, 30, "late")]}  # so that both classes are there
OLD = dt.date(2024, 1, 15)


def labels(small, loans: dict, decided: dict | None = None) -> dict:
    """The labels of loans given as rows of (month on book, past due, days past due, status)."""
    loans = ANCHORS | loans
    apps = pd.DataFrame({"app": list(loans), "decided": [(decided or {}).get(name, OLD) for name in loans]})
    rows = [(name, *row) for name, path in loans.items() for row in path]
    outcomes = pd.DataFrame(rows, columns=["app", "month_on_book", "past_due", "dpd", "status"])
    made = label(small.study(), apps, outcomes)
    assert made["y"].isna().equals(~made["label"].isin(["good", "bad"]))
    return dict(zip(apps["app"], made["label"], strict=True))


def label_of(small, path: list, decided: dt.date = OLD) -> str:
    return labels(small, {"it": path}, {"it": decided})["it"]


# --- the definition, rule by rule -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([(1, 0.0, 0, "current")], "good"),
        ([(1, 50.0, 14, "late")], "good"),
        ([(1, 50.0, 15, "late")], "indeterminate"),
        ([(1, 50.0, 29, "late")], "indeterminate"),
        ([(1, 50.0, 30, "late")], "bad"),
        ([(1, 10.0, 30, "late")], "bad"),  # the materiality itself is material
        ([(1, 9.99, 30, "late")], "good"),  # arrears of a few coins
        ([(1, 9.99, 90, "late"), (2, 10.0, 20, "late")], "indeterminate"),
        ([(6, 50.0, 30, "late")], "bad"),
        ([(6, 0.0, 0, "current"), (7, 50.0, 90, "late")], "good"),  # after the horizon
        ([(1, 50.0, 60, "late"), (2, 0.0, 0, "current")], "bad"),  # cured, and bad all the same
        ([(2, 0.0, 0, "settled_early")], "good"),
        ([(1, 50.0, 20, "late"), (2, 0.0, 0, "settled_early")], "indeterminate"),
        ([(2, 0.0, 0, "rolled_over")], "indeterminate"),
        ([(2, 0.0, 0, "rolled_over"), (5, 50.0, 30, "late")], "bad"),
        ([(1, 50.0, 30, "late"), (2, 50.0, 60, "fraud")], "fraud"),
        ([], "not_booked"),
        ([(9, 0.0, 0, "current")], "indeterminate"),  # booked, and nothing is known of its six months
    ],
)
def test_the_definition_holds_rule_by_rule(small, path, expected):
    assert label_of(small, path) == expected


@pytest.mark.parametrize(
    ("key", "status"), [("early_settlement", "settled_early"), ("rolled_over", "rolled_over"), ("fraud", "fraud")]
)
@pytest.mark.parametrize("meaning", ["good", "bad", "indeterminate", "fraud"])
def test_the_study_says_what_each_ending_counts_as(small, key, status, meaning):
    small.content["outcome"][key] = meaning
    assert label_of(small, [(2, 0.0, 0, status)]) == meaning


def test_y_is_1_for_bad_0_for_good_and_missing_otherwise(small):
    apps = pd.DataFrame({"app": ["g", "b", "n"], "decided": OLD}, index=[7, 5, 3])
    rows = pd.DataFrame([("g", 1, 0.0, 0, "current"), ("b", 1, 50.0, 30, "late")])
    made = label(small.study(), apps, rows.set_axis(["app", "month_on_book", "past_due", "dpd", "status"], axis=1))
    assert made.index.tolist() == [7, 5, 3]
    np.testing.assert_array_equal(made["y"], [0.0, 1.0, np.nan])


# --- closed windows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decided", "expected"),
    # observed until 2024-12-31: six months of a loan of 30 June end on 27 December by thirty days and on 30 December by
    # the calendar; those of 1 July end on 28 December or 1 January, and its month's last loan is of 31 July
    [(dt.date(2024, 6, 1), "bad"), (dt.date(2024, 6, 30), "bad"), (dt.date(2024, 7, 1), "immature")],
)
def test_a_bad_loan_in_an_open_window_stays_unlabelled(small, decided, expected):
    assert label_of(small, [(1, 50.0, 30, "late")], decided) == expected


@pytest.mark.parametrize(
    ("decided", "horizon", "until", "expected"),
    [
        # January 2023 ends with a loan of the 31st, whose thirty days are over on 2 March, its month on 28 February
        (dt.date(2023, 1, 1), 1, dt.date(2023, 3, 1), "immature"),
        (dt.date(2023, 1, 31), 1, dt.date(2023, 3, 1), "immature"),
        (dt.date(2023, 1, 31), 1, dt.date(2023, 3, 2), "good"),
        # June 2024 with six months: by thirty days over on 27 December, by the calendar at the month's end
        (dt.date(2024, 6, 1), 6, dt.date(2024, 12, 30), "immature"),
        (dt.date(2024, 6, 1), 6, dt.date(2024, 12, 31), "good"),
    ],
)
def test_a_month_closes_when_the_window_of_its_last_loan_is_over(small, decided, horizon, until, expected):
    small.content["outcome"] |= {"horizon_months": horizon, "observed_until": until}
    old = dict.fromkeys(ANCHORS, dt.date(2010, 1, 1))
    assert labels(small, {"it": [(1, 0.0, 0, "current")]}, {"it": decided} | old)["it"] == expected


def test_fraud_in_an_open_window_is_not_counted_before_its_neighbours(small):
    assert label_of(small, [(2, 50.0, 30, "fraud")], dt.date(2024, 11, 1)) == "immature"


@settings(max_examples=60)
@given(
    st.dates(dt.date(2023, 1, 1), dt.date(2025, 12, 31)),
    st.integers(1, 24),
    st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31)),
)
def test_no_window_is_closed_before_its_last_month_is_over(make_small, tmp_path_factory, decided, horizon, until):
    small = make_small(tmp_path_factory.getbasetemp())
    small.content["outcome"] |= {"horizon_months": horizon, "observed_until": until}
    small.content["samples"].pop("out_of_time")
    old = dt.date(2010, 1, 1)
    made = labels(small, {"it": [(1, 0.0, 0, "current")]}, {"it": decided, "good": old, "bad": old})["it"]
    thirty_days = decided + dt.timedelta(days=30 * horizon)
    calendar = (pd.Timestamp(decided) + pd.DateOffset(months=horizon)).date()
    if max(thirty_days, calendar) > until:
        assert made == "immature"
    # the month's last loan is at most thirty days younger, and the later of the two ends at most three days off
    if max(thirty_days, calendar) + dt.timedelta(days=34) <= until:
        assert made == "good"


@settings(max_examples=40)
@given(st.dates(dt.date(2023, 1, 1), dt.date(2025, 12, 31)), st.integers(1, 12))
def test_the_loans_of_one_month_close_together(make_small, tmp_path_factory, decided, horizon):
    small = make_small(tmp_path_factory.getbasetemp())
    small.content["outcome"]["horizon_months"] = horizon
    first, last = decided.replace(day=1), (pd.Timestamp(decided) + pd.offsets.MonthEnd(0)).date()
    paths = {name: [(1, 0.0, 0, "current")] for name in ("first", "it", "last")}
    when = {"first": first, "it": decided, "last": last, "good": dt.date(2020, 1, 1), "bad": dt.date(2020, 1, 1)}
    made = labels(small, paths, when)
    assert made["first"] == made["it"] == made["last"]


def test_a_loan_whose_first_month_is_not_over_is_booked_where_the_study_knows_it(small):
    small.columns["funded"] = {"role": "outcome", "type": "boolean", "description": "d"}
    apps = pd.DataFrame({"app": ["g", "b", "new", "declined"], "decided": [OLD, OLD, *[dt.date(2024, 12, 20)] * 2]})
    apps["funded"] = [True, True, True, None]
    columns = ["app", "month_on_book", "past_due", "dpd", "status"]
    rows = pd.DataFrame([("g", 1, 0.0, 0, "current"), ("b", 1, 50.0, 30, "late")], columns=columns)
    assert label(small.study(), apps, rows)["label"].tolist() == ["good", "bad", "not_booked", "not_booked"]
    small.content["outcome"]["booked"] = "funded"
    assert label(small.study(), apps, rows)["label"].tolist() == ["good", "bad", "immature", "not_booked"]


# --- labels from a column, and what cannot be a target --------------------------------------------------------------


def column_study(small, bad, good):
    small.columns["paid_back"] = {"role": "outcome", "type": "category", "description": "d"}
    outcome = {
        "kind": "column",
        "column": "paid_back",
        "horizon_months": 6,
        "definition": "d",
        "bad": bad,
        "good": good,
    }
    small.content["outcome"] = outcome
    return small.study()


@pytest.mark.parametrize(
    ("values", "bad", "good", "expected"),
    [
        ([1, 0, 2], [1], [0], ["bad", "good", "indeterminate"]),
        (["no", "yes", None], ["no"], ["yes"], ["bad", "good", "indeterminate"]),
        ([True, False, False], [1], [0], ["bad", "good", "good"]),
    ],
)
def test_a_column_says_good_or_bad_and_anything_else_is_neither(small, values, bad, good, expected):
    made = label(column_study(small, bad, good), pd.DataFrame({"paid_back": values}), None)
    assert made["label"].tolist() == expected


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([0, 0], "no application is bad (2 good)"),
        ([1, 1], "no application is good (2 bad)"),
        ([2, 2], "no application is bad (2 indeterminate)"),
    ],
)
def test_a_target_of_one_class_is_refused_with_what_there_is_instead(small, values, says):
    with pytest.raises(DataError) as refused:
        label(column_study(small, [1], [0]), pd.DataFrame({"paid_back": values}), None)
    error = refused.value
    assert (error.rule, error.file, error.column) == (
        f"the target must have both classes: {says}",
        "applications.parquet",
        "paid_back",
    )


def test_repayments_of_one_class_are_refused_with_their_file(small):
    small.content["outcome"]["days_past_due"] = 90
    with pytest.raises(DataError, match=r"is bad \(2 indeterminate, 1 good\) \(file paid.parquet, column dpd\)"):
        labels(small, {"late": [(1, 50.0, 30, "late")]})


def test_labels_from_repayments_need_them(small):
    with pytest.raises(DataError, match="need the table of repayments"):
        label(small.study(), pd.DataFrame({"app": ["a"], "decided": [OLD]}), None)


# --- against the truth of the synthetic portfolio -------------------------------------------------------------------


def test_labels_agree_with_the_truth_outside_fraud_and_indeterminates(portfolio, collated):
    study, folder = portfolio
    engine = Engine(study, folder)
    made = labels_of(engine, collated)["label"]
    truth = collated[["application_id"]].merge(pd.read_parquet(folder / "truth" / "truth.parquet"), how="left")
    known = made.isin(["good", "bad"]).to_numpy()
    assert known.sum() > 1000
    honest = known & ~truth["fraudulent"].to_numpy()
    assert ((made[honest] == "bad").to_numpy() == truth.loc[honest, "would_default"].to_numpy()).all()
    assert truth.loc[(made == "fraud").to_numpy(), "fraudulent"].all()
    assert not truth.loc[(made == "indeterminate").to_numpy(), "would_default"].any()


def test_only_booked_loans_are_labelled_and_only_those_of_closed_months(portfolio, collated):
    study, folder = portfolio
    engine = Engine(study, folder)
    made = labels_of(engine, collated)["label"]
    known = collated[made.isin(["good", "bad"]).to_numpy()]
    assert known["funded"].all()
    # observed until 2025-12-31, six months before: the end of June
    assert pd.to_datetime(known["decided_at"]).max().strftime("%Y-%m") == "2025-06"
    assert (pd.to_datetime(known["decided_at"]) + pd.Timedelta(days=180)).max() <= pd.Timestamp("2025-12-31")


def test_a_label_in_a_column_counts_once_its_window_had_closed(studies):
    study = studies["lendingclub"]
    outcome = study.outcome.model_copy(update={"horizon_months": 12, "observed_until": dt.date(2010, 12, 31)})
    loans = pd.DataFrame(
        {
            "issue_d": pd.to_datetime(["2009-11-01", "2009-12-01", "2010-01-01"] * 2),
            "bad": [1, 1, 1, 0, 0, 0],
        }
    )  # a loan of December 2009 closes with December 2010, one of January in the year after
    made = label(study.model_copy(update={"outcome": outcome}), loans, None)["label"].tolist()
    assert made == ["bad", "bad", "immature", "good", "good", "immature"]
