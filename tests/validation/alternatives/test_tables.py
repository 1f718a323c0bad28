"""What the page shows."""

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.validation.alternatives import tables


def test_the_standing_names_who_is_approved_least_and_most(planted):
    row = tables.standing(planted).set_index("attribute").loc["sex"]
    assert (row["lowest"], row["highest"]) == ("women", "men")
    assert row["approval_gap_lower"] <= row["approval_gap"] <= row["approval_gap_upper"]


def test_the_feature_that_carries_most_and_tells_best_stands_first(planted):
    table = tables.carriers(planted).query("attribute == 'sex'")
    assert table["feature"].iloc[0] == "district"
    assert table["proxy_auc"].iloc[0] == table["proxy_auc"].max() > 0.7
    assert table["points_apart"].is_monotonic_decreasing


def test_every_card_put_forward_is_shown_by_every_attribute(planted):
    table = tables.everybody(planted)
    cards = {of.number for of in planted.nominees}
    assert set(zip(table["card"], table["attribute"], strict=True)) == {(n, a) for n in cards for a in ("sex", "side")}


def test_no_card_of_the_frontier_is_worse_in_both_than_another_on_development(planted):
    table = tables.frontier(planted)
    assert table["kind"].eq("champion").sum() == 1
    assert {"frontier", "alternative"} <= set(table["kind"])
    bounded = table["auc_lower"].notna()
    assert table.loc[bounded, "kind"].eq("alternative").all()


@pytest.mark.parametrize(("card", "best"), [((0.1, 0.8), True), ((0.2, 0.8), False), ((0.2, 0.9), True)])
def test_a_card_is_on_the_frontier_where_no_other_has_both(card, best):
    assert tables._undominated(card, np.array([[0.1, 0.8], [0.2, 0.8], [0.2, 0.9]])) is best


def test_at_other_cut_offs_the_policy_s_own_stands_among_them(planted):
    table = tables.cut_offs(planted)
    assert table["approval_share"].is_monotonic_increasing
    assert planted.yardstick.judged.share in set(table["approval_share"])
    difference = table["approval_gap"] - table["champion_gap"]
    assert table["gap_change"].to_numpy() == pytest.approx(difference.to_numpy())


def test_the_refit_of_the_champion_is_the_champion(planted):
    logit = planted.tried[0].logit
    assert tables.refit_difference(planted.workshop, planted.champion, logit).value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "table", [tables.standing, tables.carriers, tables.everybody, tables.frontier, tables.cut_offs]
)
def test_without_attributes_no_table_is_made(made, search, table):
    with pytest.raises(NotEvaluated, match="no protected attributes"):
        table(search(made(400), ()))
