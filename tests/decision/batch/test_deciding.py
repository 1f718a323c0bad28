"""A table decided by a bundle: row by row what the frame gives, in whatever form the table comes."""

import ibis
import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import CannotRun, DataError
from riskbench.decision.batch.deciding import Asked, decide_table

DECIDED = ["action", "band", "rule", "amount", "unknown", "hits", "alerts", "rate", "all_in_rate", "arm"]
SHADOWED = ["shadow:lenient:action", "shadow:lenient:rule", "shadow:lenient:amount"]


def in_duckdb(rows):
    return ibis.duckdb.connect().create_table("applications", rows)


def by_table(bundle, rows, **asked):
    return decide_table(bundle, in_duckdb(rows), Asked(**asked)).execute()


@pytest.fixture(scope="module")
def got(bundle, applications):
    """The whole table, decided once: building the query takes longer than its rows."""
    return by_table(bundle, applications.assign(note="x"), keep=("note", "employment"))


def test_it_decides_as_the_frame_does_arms_and_shadows_included(expected, got):
    for column in [*DECIDED, *SHADOWED]:
        assert got[column].fillna(-1).tolist() == expected[column].fillna(-1).tolist(), column
    assert {"approve", "limit", "refer", "decline"} == set(got["action"])
    assert set(got["arm"]) == {"champion", "b"}


def test_every_kind_of_cause_occurs_in_these_applications(expected):
    rules = set(expected["rule"])
    assert {"level:employment", "below:delinquencies_12m", "stale:bureau", "by_income", "cap:amount", "price"} <= rules


def test_scores_and_pds_are_those_of_the_card(bundle, applications, got):
    scored = bundle.score(applications)
    assert got["score"].tolist() == scored["score"].tolist()
    np.testing.assert_allclose(got["pd"], scored["pd"], rtol=1e-12)


def test_reasons_are_the_texts_of_the_bins_that_cost_most(simple, applications):
    got = by_table(simple, applications, reasons=2, language="zh")
    X = simple.completed(applications)[list(simple.scorecard.points_)]
    bins, worst = simple.scorecard.binning_.bins(X), simple.scorecard.reasons(X, n=2)
    texts = {of.feature: of.bins for of in simple.reasons.features}
    told = [None if pd.isna(name) else texts[name][bins[name][row]].zh for row, name in worst["reason_2"].items()]
    assert [None if pd.isna(text) else text for text in got["reason_2"]] == told
    assert "reason_3" not in got


def test_the_reason_of_a_rule_is_told_in_the_words_of_the_bundle(bundle, got):
    for arm, rule, unknown, reason in set(zip(got["arm"], got["rule"], got["unknown"], got["reason"], strict=True)):
        assert not rule or reason == bundle.reasons.of_rule(rule, unknown, arm).en
    of_band = got[got["rule"] == ""].iloc[0]
    assert of_band["reason"] == f"score in band {of_band['band']}"


def test_without_a_language_features_are_told_by_name_and_nothing_is_put_into_words(simple, applications):
    got = by_table(simple, applications, language=None)
    assert "reason" not in got
    assert set(got["reason_1"].dropna()) <= set(simple.scorecard.points_)


def test_other_types_of_the_same_values_decide_alike(bundle, applications, expected):
    other = applications.astype({"term_months": "Int64", "enquiries_6m": "Int16", "delinquencies_12m": "float32"})
    other["employment"] = other["employment"].astype("category")
    assert by_table(bundle, other, reasons=0)["action"].tolist() == expected["action"].tolist()


def test_columns_are_kept_under_their_names_and_rows_have_their_key_first(applications, got):
    assert list(got.columns[:3]) == ["application_id", "note", "employment"]
    assert got["application_id"].tolist() == applications["application_id"].tolist()


def test_a_feature_that_is_handed_over_is_taken_as_it_is(simple, applications):
    given = applications.assign(amount_to_income=0.1)
    assert by_table(simple, given, reasons=0)["score"].tolist() == simple.score(given)["score"].tolist()


def test_one_age_may_stand_for_all_rows_and_unknown_is_an_age_as_well(simple, applications):
    rows = applications.drop(columns="age_hours:bureau")
    assert by_table(simple, rows, ages={"bureau": None}, reasons=0)["hits"].str.contains("stale:bureau").all()
    fresh = by_table(simple, rows, ages={"bureau": 1.0}, reasons=0)
    assert not fresh["hits"].str.contains("stale").any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.drop(columns="application_id"), "the key of an application.*column application_id"),
        (lambda rows: rows.drop(columns="customer_id"), "the customer by whom arms are drawn.*customer_id"),
        (lambda rows: rows.drop(columns=["term_months", "employment"]), "column term_months, employment"),
        (lambda rows: rows.rename(columns={"employment": "EMPLOYMENT"}), "rename EMPLOYMENT as employment"),
        (lambda rows: rows.rename(columns={"monthly_income": "month_income"}), "rename month_income as monthly_income"),
        (lambda rows: rows.assign(monthly_income="900"), "numbers is expected, and it is of type string.*monthly_inc"),
        (lambda rows: rows.assign(monthly_income=True), "numbers is expected, and it is of type boolean"),
        (lambda rows: rows.assign(employment=pd.Timestamp("2026-01-01")), "text is expected.*column employment"),
        (lambda rows: rows.assign(customer_id=1.5), "a customer is a text or a whole number"),
        (lambda rows: rows.drop(columns="age_hours:bureau"), "how old the data of bureau are.*bureau=HOURS"),
        (lambda rows: rows.assign(amount_to_income="much"), "is a number, and it is of type string"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_what_the_bundle_reads_is_refused_by_its_schema(bundle, applications, change, message):
    with pytest.raises(DataError, match=message):
        decide_table(bundle, in_duckdb(change(applications)))


def test_a_kept_column_with_the_name_of_a_decision_is_refused(bundle, applications):
    with pytest.raises(CannotRun, match="of that name itself: action"):
        by_table(bundle, applications.assign(action="x"), keep=("action",))


def test_an_age_of_a_source_that_nobody_asks_for_is_refused(bundle, applications):
    with pytest.raises(CannotRun, match="asks for the age of bureau, and an age of tax was given"):
        by_table(bundle, applications, ages={"tax": 1.0})
