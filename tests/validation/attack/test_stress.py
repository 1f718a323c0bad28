from dataclasses import replace

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.validation.attack import exported, stress
from riskbench.validation.attack.stress import Target, noise_table, outage_table, stress_checks


@pytest.fixture(scope="module")
def target(tables, card):
    _, features, scores = tables
    return Target(card.to_dict(), features.drop(columns="application"), scores["y"], MasterScale(), {"late": [0.0]})


def test_noise_and_gaps_cost_discrimination(target):
    table = noise_table(target).set_index("attack")
    assert table.loc["as they are", "grades_changed"] == 0
    assert table.loc["20% of the values missing", "upper"] < 0
    assert table.loc["noise of 25% of the SD", "grades_changed"] > table.loc["noise of 5% of the SD", "grades_changed"]


def test_the_same_seed_is_the_same_noise(target):
    assert noise_table(target, 4).equals(noise_table(target, 4))


def test_special_values_take_no_noise(target):
    spoilt = stress._noisy(target, 0.5, np.random.default_rng(0))
    special = (target.X["late"] == 0).to_numpy()
    assert (spoilt["late"] == 0)[special].all()
    assert (spoilt["late"] != target.X["late"])[~special].all()


def test_an_outage_earns_the_points_of_the_missing_bin(target, card):
    table = outage_table(target).set_index("attack")
    blank = target.X.assign(age=np.nan)
    assert table.loc["age", "points"] == pytest.approx(card.points(blank).mean() - card.points(target.X).mean())
    assert table.loc["age", "mean_pd"] == pytest.approx(card.predict_proba(blank)[:, 1].mean())


def test_the_worst_outage_comes_first_and_is_judged(target):
    table = outage_table(target)
    assert table["auc_change"].is_monotonic_increasing
    (check,) = stress_checks(table, "test", Thresholds())
    assert check.title.endswith(table["attack"][0])
    assert check.estimate.value == table["auc_change"][0]


def test_decisions_change_where_the_pd_crosses_the_cut_off(target):
    table = outage_table(replace(target, approved=0.5)).set_index("attack")
    codes = target.codes.assign(late=len(exported.features(target.document)["late"]["labels"]) - 1)
    after, cutoff = exported.pds(target.document, codes), np.quantile(target.pds, 0.5)
    assert table.loc["late", "decisions_changed"] == ((after <= cutoff) != (target.pds <= cutoff)).mean()


def test_without_labels_discrimination_is_not_evaluated_and_the_rest_is(target):
    blind = replace(target, y=target.y * np.nan)
    table = outage_table(blind)
    assert table["auc"].isna().all()
    assert (table["mean_pd"] > 0).all()
    assert stress_checks(table, "test", Thresholds())[0].status == "not_evaluated"


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_cut_off_lets_some_in_and_some_not(target, share):
    with pytest.raises(ValueError, match=r"approved must lie in \(0, 1\)"):
        replace(target, approved=share)
