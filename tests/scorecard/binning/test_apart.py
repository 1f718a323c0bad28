"""The rules by which missing and special bins get their weight of evidence."""

import json

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import WoeBinning

ROWS = [(1, 80, 20), (2, 60, 40), (3, 30, 70), (-9, 29, 31), (None, 9, 21)]  # bad rates .2, .4, .7; .517 and .7


def sample():
    rows = [(value, label) for value, goods, bads in ROWS for label in [0] * goods + [1] * bads]
    return pd.DataFrame({"x": [value for value, _ in rows]}, dtype="Float64"), np.array([label for _, label in rows])


def fitted(**rules):
    return WoeBinning(special_values={"x": [-9]}, **rules).fit(*sample())


def test_nearest_takes_the_weight_of_the_bin_whose_bad_rate_is_nearest():
    table = fitted(special="nearest", missing="nearest").table("x").set_index("bin")
    assert table.loc["= -9", "woe"] == table.loc["2 to < 3", "woe"]  # |.517 − .4| < |.7 − .517|
    assert table.loc["missing", "woe"] == table.loc[">= 3", "woe"]
    assert table.loc["= -9", "note"] == "WoE of the bin of the nearest bad rate by rule: 2 to < 3"
    assert table.loc["= -9", ["goods", "bads"]].tolist() == [29, 31]  # its line stays


def test_worst_takes_the_weight_of_the_riskiest_bin_even_where_it_was_never_seen():
    table = WoeBinning(special_values=[-1], special="worst", missing={"x": "worst"}).fit(*sample()).table("x")
    table = table.set_index("bin")
    worst = table["woe"].min()
    assert table.loc["= -1", ["count", "woe"]].tolist() == [0, worst]
    assert (table.loc["missing", "woe"], table.loc["missing", "note"]) == (worst, "WoE of the worst bin by rule: >= 3")


def test_average_has_woe_0_and_says_so():
    row = fitted(missing="average").table("x").iloc[-1]
    assert (row["woe"], row["note"], row["iv"]) == (0.0, "average risk by rule: WoE 0", 0.0)


def test_own_is_the_weight_of_its_own_counts():
    row = fitted().table("x").iloc[-1]
    assert row["woe"] == pytest.approx(np.log((9 / 208) / (21 / 182)))


@pytest.mark.parametrize("rule", ["own", "nearest", "worst", "average"])
def test_table_and_transform_agree_under_every_rule_and_after_json(rule):
    b = fitted(missing=rule, special=rule)
    again = WoeBinning.from_dict(json.loads(json.dumps(b.to_dict())))
    probe = pd.DataFrame({"x": [1, 2, 3, -9, None]}, dtype="Float64")
    assert again.transform(probe)["x"].tolist() == b.table("x")["woe"].tolist()
    pd.testing.assert_frame_equal(again.table("x"), b.table("x"))
    assert again.get_params() == b.get_params()


def test_rules_by_feature_leave_the_others_their_own():
    X, y = sample()
    X["z"] = X["x"]
    b = WoeBinning(missing={"z": "average"}).fit(X, y)
    assert b.table("z")["woe"].iloc[-1] == 0.0
    assert b.table("x")["woe"].iloc[-1] == pytest.approx(np.log((9 / 208) / (21 / 182)))


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"missing": "best"}, "missing must be one of own, nearest, worst, average, got 'best'"),
        ({"special": {"x": "zero"}}, "special must be one of own, nearest, worst, average, got 'zero'"),
        ({"missing": {"w": "own"}}, "missing names 'w', which X does not have"),
    ],
)
def test_a_rule_that_does_not_exist_is_refused(wrong, text):
    with pytest.raises(ValueError, match=text):
        WoeBinning(**wrong).fit(*sample())
