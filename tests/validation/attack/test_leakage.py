from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard import WoeBinning
from riskbench.validation.attack.leakage import COLUMNS, Suspects, leakage_checks, leakage_table


@pytest.fixture(scope="module")
def suspects(tables, card):
    """The made portfolio with candidates that are honest, and some that are not."""
    _, features, scores = tables
    X, y = features.drop(columns="application"), scores["y"]
    rng = np.random.default_rng(0)
    X["calls"] = np.where(y == 1, rng.normal(3, 1, len(y)), rng.normal(0, 1, len(y)))  # knows the outcome
    X["collected"] = rng.random(len(y)) * 100  # filled for bads alone
    X.loc[y == 0, "collected"] = np.nan
    X["closed"] = np.where(y.isna(), np.nan, rng.random(len(y)))  # filled with the outcome
    # overwritten: in the old half of the months it knows the outcome, later it is noise
    old = (scores["month"] < "2023-04").to_numpy()
    X["status"] = np.where(old & (rng.random(len(y)) < 0.5), y.fillna(0), rng.integers(0, 2, len(y))).astype(float)
    fitted = ((scores["sample"] == "development") & y.notna()).to_numpy()
    binning = WoeBinning(max_bins=5).fit(X[fitted], y[fitted].astype(int))
    return Suspects(binning, scores, X, tuple(card.points_), "test", Thresholds())


@pytest.fixture(scope="module")
def table(suspects):
    return leakage_table(suspects)


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ("calls", "separates too well alone"),
        ("calls", "adds too much"),
        ("collected", "filled for bad cases alone"),
        ("closed", "filled only where an outcome is known"),
        ("status", "old loans know it better"),
    ],
)
def test_a_candidate_that_knows_the_outcome_is_suspected(table, candidate, why):
    assert why in table.set_index("feature").loc[candidate, "suspicion"]


def test_honest_candidates_are_not_suspected(table):
    assert table.loc[table["feature"].isin(["income", "late", "age", "job"]), "suspicion"].tolist() == [""] * 4


def test_suspects_come_first_and_then_what_adds_most(table):
    assert list(table.columns) == COLUMNS
    quiet = table[table["suspicion"] == ""]
    assert quiet.index.min() == len(table) - len(quiet)
    assert quiet["auc_gain"].is_monotonic_decreasing


def test_the_checks_fail_where_a_candidate_does(table, suspects):
    found = {check.name: check.status for check in leakage_checks(table, suspects)}
    assert set(found.values()) == {"red"}


def test_what_is_dated_after_the_decision_is_suspected(suspects):
    known = pd.DataFrame({"feature": ["income"], "known": ["paid_at"], "after_decision": [0.2]})
    dated = leakage_table(replace(suspects, known=known)).set_index("feature")
    assert "dated after the decision in 20.0% of the rows" in dated.loc["income", "suspicion"]


def test_without_dates_time_travel_is_not_evaluated(suspects):
    undated = replace(suspects, rows=suspects.rows.assign(month=""))
    table = leakage_table(undated)
    assert table["time_travel_p"].isna().all()
    travel = {check.name: check for check in leakage_checks(table, undated)}["candidates.time_travel"]
    assert travel.status == "not_evaluated"
    assert "no decision dates" in travel.reason


def test_a_holdout_without_labels_is_not_evaluated(suspects):
    blind = replace(suspects, holdout="out_of_time")
    table = leakage_table(blind)
    found = {check.name: check.status for check in leakage_checks(table, blind)}
    assert found["candidates.auc_alone.out_of_time"] == found["candidates.auc_gain.out_of_time"] == "not_evaluated"
