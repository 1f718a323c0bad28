import numpy as np
import pandas as pd
import pytest

from riskbench.validation.population import representativeness
from riskbench.validation.population.representativeness import (
    movement_checks,
    movement_table,
    movements,
    two_sample_auc,
    two_sample_check,
)


@pytest.fixture
def drifted(applicants):
    """The later half uses three quarters of what the earlier half may."""
    utilisation = np.random.default_rng(0).random(3000) * np.where(np.arange(3000) < 1500, 1, 0.75)
    return applicants(features={"utilisation": utilisation})


def checks_of(made):
    return {check.name: check for check in movement_checks(*movements(made), made)}


def test_an_unmoved_population_meets_the_convention_and_stays_below_what_chance_reaches(applicants):
    made = applicants()
    table = movement_table(*movements(made), made)
    assert table["feature"].tolist()[0] == "score"
    assert (table["psi"] < table["critical"]).all()
    assert checks_of(made)["score.psi.out_of_time"].status == "green"


def test_a_moved_feature_is_named_and_fails_on_edges_of_development(drifted):
    check = checks_of(drifted)["features.largest_csi.out_of_time"]
    assert (check.status, check.title) == ("red", "Largest CSI from development of 2 features: utilisation")
    assert movement_table(*movements(drifted), drifted)["p_holm"].iloc[0] < 0.001


def test_those_fitted_on_are_compared_apart_from_all_of_development(applicants):
    # of development only those with a low utilisation were booked: nothing moved, and the card saw a part
    utilisation = np.random.default_rng(0).random(3000).round(2)
    y = np.where((np.arange(3000) < 1500) & (utilisation > 0.5), np.nan, 0.0)
    checks = checks_of(applicants(y=y, features={"utilisation": utilisation}))
    assert checks["score.psi.out_of_time"].status == "green"
    assert checks["score.psi_from_fitted.out_of_time"].status == "red"


def test_where_all_of_development_is_labelled_nothing_is_known_of_those_never_lent_to(applicants):
    check = checks_of(applicants())["score.psi_from_fitted.out_of_time"]
    assert (check.status, check.reason) == ("not_evaluated", representativeness.ALL_LABELLED)


def test_a_constant_score_is_not_evaluated(applicants):
    made = applicants()
    made.scores["score"] = 500
    assert checks_of(made)["score.psi.out_of_time"].reason == "it needs two cells with cases"


def test_two_samples_of_one_population_cannot_be_told_apart(applicants):
    e = two_sample_check(applicants()).estimate
    assert e.lower < 0.5 < e.upper


def test_a_change_of_how_features_go_together_is_seen_though_no_feature_moved():
    rng = np.random.default_rng(0)
    x, later, half = rng.integers(0, 2, 4000), np.arange(4000) < 2000, rng.random(4000) < 0.5
    z = np.where(later, x, 1 - x)  # each margin is half and half; together they tell everything
    assert two_sample_auc(pd.DataFrame({"x": x, "z": z}), later, half).value == 1.0


def test_a_half_without_one_of_the_samples_is_not_evaluated():
    codes = pd.DataFrame({"x": [0, 1, 0, 1]})
    e = two_sample_auc(codes, [True, True, False, True], [True, True, False, False])
    assert e.reason == "it takes applications of both samples in each half"
