"""How well features tell a protected group."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from riskbench.validation.fairness.proxies import proxies


def people(n=4000):
    rng = np.random.default_rng(0)
    group = np.where(rng.random(n) < 0.4, "women", "men")
    woman = group == "women"
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
    group = np.where(X["shifted"] > 2, "visible", group)
    table = proxies(X[["noise", "shifted", "spread"]], group)
    assert table.loc[0, ["feature", "group"]].tolist() == ["shifted", "visible"]
    assert (table["lower"] < table["auc"]).all()
    assert (table["auc"] < table["upper"]).all()


def test_the_same_seed_gives_the_same_table():
    X, group = people(500)
    assert proxies(X, group, seed=3).equals(proxies(X, group, seed=3))


def test_one_group_only_gives_an_empty_table():
    X, _ = people(50)
    table = proxies(X, ["a"] * 50)
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
