"""Cards refitted with a change: as if they had been built so."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.edits.changes import merged
from riskbench.validation.alternatives.workshop import Recipe, Workshop


@pytest.fixture(scope="module")
def shop(made) -> Workshop:
    return made_shop(made(2000))


def made_shop(table) -> Workshop:
    from riskbench.scorecard.woe_binning import WoeBinning

    develop = table["sample"].eq("development").to_numpy()
    X = table[["income", "district", "debt", "savings"]]
    binning = WoeBinning(max_bins=5).fit(X[develop], table.loc[develop, "y"].to_numpy(int))
    return Workshop(binning, X, table["y"].to_numpy(float), develop)


def built(shop, features, merge=None) -> Scorecard:
    """The card that `fit_card` would build: bins edited as a modeller does, and everything fitted."""
    rows = shop.fitted_on
    binning = shop.binning.restricted_to(features)
    if merge:
        binning.merge(*merge, reason="a wider bin", who="a modeller")
    return Scorecard(binning, constrained=True).fit(shop.X.loc[rows, features], shop.y[rows].astype(int))


def same(shop, recipe, card) -> bool:
    everybody = np.ones(len(shop.y), bool)
    exact = card.logit_.log_odds(card.binning_.transform(shop.X))
    return np.allclose(shop.risk(recipe, shop.fit(recipe), everybody), exact, rtol=0, atol=1e-8)


def test_a_card_without_a_feature_is_the_card_built_without_it(shop):
    recipe = shop.recipe(["income", "district", "debt"])
    assert same(shop, recipe, built(shop, ["income", "district", "debt"]))
    assert same(shop, recipe.without("district"), built(shop, ["income", "debt"]))


def test_a_card_with_another_feature_is_the_card_built_with_it(shop):
    swapped = shop.recipe(["income", "district"]).without("district")
    swapped = swapped.having("savings", shop.binning.features_["savings"].division)
    assert same(shop, swapped, built(shop, ["income", "savings"]))


@pytest.mark.parametrize("bins", [[0, 1], [1, 2]])
def test_a_card_with_merged_bins_is_the_card_whose_modeller_merged_them(shop, bins):
    fewer = merged(shop.binning.features_["income"].division, bins)
    recipe = shop.recipe(["income", "debt"]).having("income", fewer)
    assert same(shop, recipe, built(shop, ["income", "debt"], ("income", bins)))


def test_a_feature_that_cannot_keep_its_sign_is_left_out_as_the_champion_leaves_it(made):
    table = made(3000)
    table["district"] = table["income"] * 0.98 - 0.8 * table["debt"]  # beside the two it turns
    shop = made_shop(table)
    card = built(shop, ["income", "district", "debt"])
    assert same(shop, shop.recipe(["income", "district", "debt"]), card)


def test_what_has_no_fit_gives_none(shop):
    assert shop.fit(Recipe(frozenset())) is None
    copied = pd.concat([shop.X, shop.X["income"].rename("copy")], axis=1)
    rows = shop.fitted_on
    from riskbench.scorecard.woe_binning import WoeBinning

    binning = WoeBinning(max_bins=5).fit(copied[rows], shop.y[rows].astype(int))
    twice = Workshop(binning, copied, shop.y, shop.development)
    assert twice.fit(twice.recipe(["income", "copy"])) is None


def test_recipes_are_equal_whatever_the_order_of_their_features():
    age, income = Division(cuts=(30,)), Division(cuts=(1, 2))
    one, other = Recipe.of({"age": age, "income": income}), Recipe.of({"income": income, "age": age})
    assert one == other
    assert list(one.divisions) == ["age", "income"]


def test_a_change_is_told_in_words(shop):
    champion = shop.recipe(["income", "district"])
    savings = shop.binning.features_["savings"].division
    first = merged(shop.binning.features_["income"].division, [0, 1])
    assert shop.told(champion, champion) == "the champion"
    assert shop.told(champion.without("district"), champion) == "without district"
    assert (
        shop.told(champion.without("district").having("savings", savings), champion) == "savings in place of district"
    )
    assert shop.told(champion.having("income", first), champion) == f"of income one bin: {first.labels[0]}"
    assert shop.told(champion.having("savings", savings), champion) == "savings added"
