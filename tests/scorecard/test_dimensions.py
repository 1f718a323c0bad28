"""What each dimension adds to the card, costs and asks for; and every column of a study with its reason."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.study import load_study
from riskbench.scorecard.design import card_builder, design_binning
from riskbench.scorecard.dimensions import (
    NO_CANDIDATE,
    NO_PLACE,
    NOT_IN_CARD,
    cost,
    dimension_of,
    dimension_table,
    privacy,
)
from riskbench.scorecard.selection import dates_known, every_column, known_too_late, select

DATA = Path(__file__).parents[2] / "data"
STUDY = load_study(DATA / "microloan" / "study.toml")


def sample(seed, n=4000):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {name: draw.normal(size=n) for name in ("utilisation", "mean_inflow", "night_share", "term_months")}
    )
    odds = 1.5 + X["mean_inflow"] - 0.7 * X["utilisation"]
    return X, pd.Series((draw.random(n) < 1 / (1 + np.exp(odds))).astype(float))


DEVELOPMENT, TEST = sample(0), sample(1)
FUNNEL = select(*DEVELOPMENT, design_binning(STUDY, DEVELOPMENT[0]).fit(*DEVELOPMENT), STUDY.limits)
WORTH = dimension_table(STUDY, FUNNEL, card_builder(STUDY), DEVELOPMENT, TEST).set_index("dimension")


def test_every_dimension_has_a_row_and_one_without_candidates_says_so():
    assert WORTH.index.tolist() == ["core", "bureau", "income", "device", "payment", "social", "macro"]
    assert WORTH.loc["macro", "reason"] == NO_CANDIDATE
    assert np.isnan(WORTH.loc["macro", "lost"])


def test_a_dimension_that_carries_the_outcome_is_missed_in_both_readings():
    payment, bureau = WORTH.loc["payment"], WORTH.loc["bureau"]
    assert payment["alone"] > bureau["alone"] > 0.6
    assert payment["lost"] > bureau["lost"] > 0
    assert payment["lost_lower"] > 0
    assert payment["p_value"] < 0.001


def test_what_the_card_does_not_use_cannot_be_lost_and_says_so():
    device = WORTH.loc["device"]
    assert device["chosen"] == 0
    assert device[["lost", "lost_lower", "lost_upper", "p_value"]].isna().all()
    assert device["reason"] == f"{NO_PLACE}; {NOT_IN_CARD}"


def test_a_card_of_one_dimension_without_it_ranks_nobody():
    names = ["mean_inflow"]
    funnel = FUNNEL[FUNNEL["feature"].isin(names)]
    samples = [(X[names], y) for X, y in (DEVELOPMENT, TEST)]
    worth = dimension_table(STUDY, funnel, card_builder(STUDY), *samples).set_index("dimension").loc["payment"]
    assert worth["lost"] == pytest.approx(worth["alone"] - 0.5)


@pytest.mark.parametrize(
    ("features", "what", "asked"),
    [
        (["utilisation"], 0.4, "medium"),  # the bureau, on legitimate interest
        (["mean_inflow", "spent_share"], 0.1, "high"),  # payments, on consent
        (["monthly_income"], 0.0, "low"),  # steps before a contract
        (["night_share"], 0.0, "high"),  # a device, whatever the basis
        (["utilisation", "mean_inflow"], 0.5, "high"),
        ([], 0.0, ""),
    ],
)
def test_cost_and_privacy_come_from_the_tables_that_features_are_read_from(features, what, asked):
    assert cost(STUDY, features) == pytest.approx(what)
    assert privacy(STUDY, features) == asked


def test_a_basis_that_nobody_recorded_is_said_to_be_not_declared():
    assert privacy(load_study(DATA / "taiwan" / "study.toml"), ["PAY_0"]) == "not declared"


def test_engineered_features_have_the_dimension_that_they_declare():
    assert dimension_of(STUDY, "burden") == "income"


COLUMNS = every_column(STUDY, FUNNEL).set_index(["table", "column"])


def test_every_column_of_the_study_has_one_row_with_a_reason():
    declared = {(t, c) for t, table in STUDY.tables.items() for c in (*table.columns, *table.aggregates)}
    assert set(COLUMNS.index) == declared | {("engineered", name) for name in STUDY.features}
    assert not COLUMNS.index.has_duplicates
    assert (COLUMNS["reason"].str.len() > 5).all()


@pytest.mark.parametrize(
    ("table", "column", "reason"),
    [
        ("customers", "sex", "kept apart, only to test fairness"),
        ("customers", "full_name", "names a person"),
        ("decisions", "legacy_score", "set by the lender itself"),
        ("applications", "collections_calls", "written after the decision"),
        ("repayments", "dpd", "read only to build the label"),
        ("payments", "inflow", "a row a time: read by mean_inflow"),
        ("previous_loans", "status", "no aggregate reads it"),
    ],
)
def test_a_column_that_is_no_candidate_says_why(table, column, reason):
    found = COLUMNS.loc[(table, column)]
    assert found["result"] == "no candidate"
    assert reason in found["reason"]


def test_a_candidate_has_the_result_of_the_funnel():
    assert COLUMNS.loc[("bureau", "utilisation"), "result"] == "kept"
    assert COLUMNS.loc[("device", "os"), "reason"] == "not among the candidates of this run"


LENDINGCLUB = load_study(DATA / "lendingclub" / "study.toml")


def opened(days):
    day = pd.to_datetime(pd.Series(["2010-01-01"] * 200))
    return pd.DataFrame({"issue_d": day, "earliest_cr_line": day + pd.to_timedelta(days, unit="D")})


def test_a_feature_dated_after_the_decision_is_suspected():
    known = dates_known(LENDINGCLUB, opened([30] * 10 + [-30] * 190), pd.Index(["history_months", "term"]))
    assert known["after_decision"].tolist()[0] == pytest.approx(0.05)
    late = known_too_late(known, Thresholds())
    assert late == {
        "history_months": "leakage suspected: earliest_cr_line: after the decision in 5.0% of the rows, over 1.0%"
    }


def test_a_slip_of_the_pen_is_no_leakage():
    known = dates_known(LENDINGCLUB, opened([30] + [-30] * 199), pd.Index(["history_months"]))
    assert known_too_late(known, Thresholds()) == {}


def test_what_comes_from_dated_rows_is_read_as_of_the_decision():
    known = dates_known(STUDY, pd.DataFrame(index=[0]), pd.Index(["utilisation", "spent_share", "channel"]))
    assert known["known"].tolist() == ["read as of the decision", "read as of the decision", "not dated"]
