"""Which changes are proposed, and in which order."""

import numpy as np
import pytest

from riskbench.validation.alternatives.workshop import Recipe


def guide_of(found, attribute="sex"):
    return found.search.guide(attribute, found.tried[0])


def test_what_features_carry_adds_up_to_the_gap_in_mean_log_odds(planted):
    guide, champion = guide_of(planted), planted.tried[0]
    everybody = np.ones(len(planted.workshop.y), bool)
    risk = planted.workshop.risk(champion.recipe, champion.logit, everybody)
    carried = guide.carried(champion.recipe, champion.logit)
    assert sum(carried.values()) == pytest.approx(risk[guide.low].mean() - risk[guide.high].mean())


def test_the_proxy_carries_the_gap_and_is_changed_first(planted):
    guide, champion = guide_of(planted), planted.tried[0]
    carried = guide.carried(champion.recipe, champion.logit)
    assert max(carried, key=carried.get) == "district"
    promises, recipes = zip(*guide.proposals(champion.recipe, champion.logit), strict=True)
    assert list(promises) == sorted(promises, reverse=True)
    assert recipes[0].without("district") == champion.recipe.without("district")


def test_every_proposal_is_one_change_away(planted):
    champion = planted.tried[0]
    for _, recipe in guide_of(planted).proposals(champion.recipe, champion.logit):
        assert len(recipe.parts - champion.recipe.parts) <= 1
        assert len(champion.recipe.parts - recipe.parts) == 1


def test_another_feature_is_proposed_only_where_its_evidence_points_the_right_way(made, search):
    table = made(4000)
    table["echo"] = table["income"] + 0.8 * table["debt"]  # beside income it says that debt is safe
    found = search(table, card=("income", "debt"), candidates=("echo",))
    champion = found.search._tried(found.champion, 0)
    guide = found.search.guide("sex", champion)
    assert guide._adding(champion.recipe, champion.logit, "income") == ["echo"]
    assert guide._adding(champion.recipe, champion.logit, "debt") == []


def test_a_card_of_one_feature_with_two_bins_cannot_be_changed(made, search):
    table = made(2000)
    table["district"] = (table["district"] > 0).astype(float)
    found = search(table, card=("district",))
    guide = found.search.guide("sex", found.search._tried(found.champion, 0))
    logit = found.workshop.fit(found.champion)
    assert guide.proposals(Recipe(found.champion.parts), logit) == []
