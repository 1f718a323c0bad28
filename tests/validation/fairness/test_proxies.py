"""How well features tell a protected group."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from riskbench.validation.fairness.proxies import joint_proxy, proxies


def people(n=4000):
    rng = np.random.default_rng(0)
    group = pd.Series(np.where(rng.random(n) < 0.4, "women", "men"))
    woman = (group == "women").to_numpy()
    X = pd.DataFrame(
        {
            "copy": np.where(woman, "f", "m"),
            "shifted": rng.normal(size=n) + woman,
            "spread": rng.normal(size=n) * np.where(woman, 4, 1),
            "missing": np.where(woman & (rng.random(n) < 0.5), np.nan, 1.0),
            "noise": rng.normal(size=n),
        }
    )
    return X, group


def auc_by_feature(X, group, **kwargs):
    return proxies(X, group, **kwargs).set_index("feature")["auc"]


def test_a_copy_tells_everything_and_noise_nothing():
    auc = auc_by_feature(*people())
    assert auc["copy"] == 1
    assert auc.index[0] == "copy"
    assert auc["noise"] == pytest.approx(0.5, abs=0.03)


def test_a_shift_of_one_standard_deviation_is_found_at_its_auc():
    # AUC of two normals one SD apart: Φ(1/√2) = .760, a little less in ten bins
    assert auc_by_feature(*people())["shifted"] == pytest.approx(norm.cdf(1 / np.sqrt(2)), abs=0.03)


def test_a_trend_of_any_shape_is_found():
    assert auc_by_feature(*people())["spread"] > 0.75


def test_missing_values_can_betray_a_group():
    # half of the women are missing and no man is: AUC ½ + ½ · ½
    assert auc_by_feature(*people())["missing"] == pytest.approx(0.75, abs=0.03)


def test_the_strongest_proxy_comes_first_with_its_group_and_interval():
    X, group = people()
    group = pd.Series(np.where(X["shifted"] > 2, "visible", group))
    table = proxies(X[["noise", "shifted", "spread"]], group)
    assert table.loc[0, ["feature", "group"]].tolist() == ["shifted", "visible"]
    assert (table["lower"] < table["auc"]).all()
    assert (table["auc"] < table["upper"]).all()


def test_the_same_seed_gives_the_same_table():
    X, group = people(500)
    assert proxies(X, group, seed=3).equals(proxies(X, group, seed=3))


def test_one_group_only_gives_an_empty_table():
    X, _ = people(50)
    table = proxies(X, pd.Series(["a"] * 50))
    assert table.empty
    assert list(table.columns) == ["feature", "group", "auc", "lower", "upper", "n"]


def test_all_kinds_of_columns_are_read():
    X, group = people(400)
    kinds = pd.DataFrame(
        {
            "boolean": X["noise"] > 0,
            "category": pd.Categorical(X["copy"]),
            "nullable": X["noise"].round().astype("Int64"),
            "empty": np.nan,
            "text": X["copy"].where(X["noise"] > 0),
        }
    )
    assert set(proxies(kinds, group)["feature"]) >= {"boolean", "category", "nullable", "text"}


def test_groups_of_other_rows_are_refused():
    with pytest.raises(ValueError, match="X and group must have the same length, got 50 and 49"):
        proxies(people(50)[0], ["a"] * 49)


def test_all_features_together_know_more_than_the_best_alone():
    X, group = people()
    X = pd.DataFrame(
        {f"part_{i}": np.random.default_rng(i).normal(size=4000) + 0.4 * (group == "women") for i in range(6)}
    )
    alone, together = proxies(X, group).loc[0, "auc"], joint_proxy(X, group).loc[0, "auc"]
    # six shifts of .4 SD are one of .4 · √6 = .98 SD: AUC Φ(.98/√2) = .756, against Φ(.4/√2) = .611
    assert together == pytest.approx(norm.cdf(0.4 * np.sqrt(6 / 2)), abs=0.03)
    assert alone == pytest.approx(norm.cdf(0.4 / np.sqrt(2)), abs=0.03)


def test_noise_together_knows_nothing_and_a_copy_everything():
    X, group = people()
    assert joint_proxy(X[["noise"]], group).loc[0, "auc"] == pytest.approx(0.5, abs=0.03)
    assert joint_proxy(X, group).loc[0, ["feature", "auc"]].tolist() == ["all features together", 1.0]


@pytest.mark.parametrize("group", [["a"] * 50, [""] * 50, ["a"] * 49 + ["b"]])
def test_together_needs_two_groups_to_learn_and_to_judge_on(group):
    assert joint_proxy(people(50)[0], pd.Series(group)).empty


def test_those_who_may_not_be_shown_are_neither_learned_nor_judged_on():
    X, group = people(1000)
    hidden = group.where(np.arange(1000) < 600, "")
    assert joint_proxy(X, hidden).loc[0, "n"] == proxies(X, hidden).loc[0, "n"] == 300


def test_nothing_is_said_of_a_group_of_which_a_half_holds_a_few():
    X, group = people(600)
    few = pd.Series(["few"] * 12 + list(group[12:]))
    assert "few" not in set(proxies(X, few, enough=30)["group"]) | set(joint_proxy(X, few, enough=30)["group"])
    assert proxies(X, pd.Series(["few"] * 12 + ["all others"] * 588), enough=30).empty
