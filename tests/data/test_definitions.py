"""Other definitions of bad: the same labelling on another outcome section."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskbench.data.definitions import definitions_of, other_definitions
from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of

LOANS = {  # rows of (month on book, past due, days past due, status), and what own labels would say
    "clean": [(1, 0.0, 0, "current")],
    "late_14": [(1, 50.0, 14, "late")],
    "late_20": [(2, 50.0, 20, "late")],
    "late_30": [(5, 50.0, 30, "late")],
    "late_75": [(3, 50.0, 75, "late")],
    "rolled": [(2, 0.0, 0, "rolled_over")],
}
BAD, GOOD, NEITHER = 1.0, 0.0, None


@pytest.fixture
def engine(small):
    """An engine of the small study with a loan for each path, all decided in January 2024."""
    small.content["samples"]["development"]["last"] = dt.date(2024, 3, 31)
    small.rows["applications"] = [(name, name, dt.date(2024, 1, 10), 50.0, "web", 1, 2) for name in LOANS]
    small.rows["paid"] = [
        (name, month, dt.date(2024, 2, 10), due, dpd, status)
        for name, path in LOANS.items()
        for month, due, dpd, status in path
    ]
    return small.engine()


def test_a_study_is_offered_every_definition_but_its_own(small):
    names = [other.name for other in other_definitions(small.study())]  # own: 30 days, 6 months
    days, counted = ["dpd_15", "dpd_60", "dpd_90"], ["indeterminate_bad", "indeterminate_good"]
    assert names == [*days, *counted, "horizon_3", "horizon_4", "horizon_9", "horizon_12"]


@pytest.mark.parametrize(
    ("definition", "expected"),  # of late_14, late_20, late_30, late_75, rolled
    [
        ("dpd_15", [GOOD, BAD, BAD, BAD, NEITHER]),
        ("dpd_60", [GOOD, NEITHER, NEITHER, BAD, NEITHER]),
        ("indeterminate_bad", [GOOD, BAD, BAD, BAD, BAD]),
        ("indeterminate_good", [GOOD, GOOD, BAD, BAD, GOOD]),
        ("horizon_3", [GOOD, NEITHER, NEITHER, BAD, NEITHER]),  # of late_30 nothing is known of three months
    ],
)
def test_each_definition_labels_as_it_says(engine, definition, expected):
    joined = engine.collate()
    table = definitions_of(engine, joined, pd.Series([f"p{at}" for at in range(len(joined))]))
    found = dict(zip(joined["app"], table[definition].replace({np.nan: None}), strict=True))
    assert [found[name] for name in ("late_14", "late_20", "late_30", "late_75", "rolled")] == expected
    assert found["clean"] == GOOD


def test_the_rows_and_pseudonyms_are_those_given(engine):
    names = pd.Series([f"p{at}" for at in range(len(LOANS))])
    assert definitions_of(engine, engine.collate(), names)["application"].tolist() == names.tolist()


def test_a_window_beyond_what_the_repayments_hold_has_no_column(engine):
    table = definitions_of(
        engine, engine.collate(), pd.Series(list(LOANS))
    )  # five months are known, six are the study's
    assert [name for name in table if name.startswith("horizon")] == ["horizon_3", "horizon_4"]


def test_a_definition_by_which_nobody_is_bad_is_all_missing(engine):
    assert definitions_of(engine, engine.collate(), pd.Series(list(LOANS)))["dpd_90"].isna().all()


def test_a_plain_column_has_no_other_definition(studies):
    assert other_definitions(studies["taiwan"]) == ()


def test_days_and_window_of_the_study_itself_would_give_its_own_labels(portfolio, collated):
    study, folder = portfolio
    wide = study.model_copy(update={"outcome": study.outcome.model_copy(update={"days_past_due": 60})})
    engine = Engine(wide, folder)
    found = definitions_of(engine, collated, collated["application_id"])["dpd_30"]
    own = labels_of(Engine(study, folder), collated)["y"]
    assert found.equals(own.reset_index(drop=True).rename("dpd_30"))
