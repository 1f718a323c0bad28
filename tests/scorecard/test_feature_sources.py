"""Where features come from: dimension, cost, and how far their sources intrude."""

from pathlib import Path

import pytest

from riskbench.data.study import load_study
from riskbench.scorecard.feature_sources import columns_behind, cost, dimension_of, intrusion

DATA = Path(__file__).parents[2] / "data"
STUDY = load_study(DATA / "microloan" / "study.toml")


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
def test_cost_and_intrusion_come_from_the_tables_that_features_are_read_from(features, what, asked):
    assert cost(STUDY, features) == pytest.approx(what)
    assert intrusion(STUDY, features) == asked


def test_a_basis_that_nobody_recorded_is_said_to_be_not_declared():
    assert intrusion(load_study(DATA / "taiwan" / "study.toml"), ["PAY_0"]) == "not declared"


def test_engineered_features_have_the_dimension_that_they_declare():
    assert dimension_of(STUDY, "burden") == "income"


def test_the_columns_behind_a_feature_are_those_of_its_formula_without_the_moment_of_the_decision():
    study = load_study(DATA / "lendingclub" / "study.toml")
    assert columns_behind(study, "history_months") == {"earliest_cr_line"}
    assert columns_behind(study, "term") == {"term"}
