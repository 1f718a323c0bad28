"""A card built as its study wants it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.scorecard import Scorecard
from riskbench.scorecard.design import CardDesign, card_builder, declared_binning, fit_card
from riskbench.scorecard.selection import select

STUDY = load_study(Path(__file__).parents[2] / "data" / "taiwan" / "study.toml")


def test_where_no_feature_earns_a_place_the_model_is_the_bad_rate_alone() -> None:
    X, y = pd.DataFrame({"noise": [0.0, 1.0] * 200}), np.repeat([0, 1, 0, 0], 100)
    assert card_builder(STUDY)(X, y).predict_proba(X)[:, 1].tolist() == [0.25] * 400


def test_where_all_were_set_aside_before_the_model_is_the_bad_rate_alone() -> None:
    X, y = pd.DataFrame({"late": [0.0, 0.0, 1.0, 1.0] * 100}), np.array([0, 0, 1, 0] * 100)
    assert card_builder(STUDY, CardDesign(left_out=["late"]))(X, y).predict_proba(X)[:, 1].tolist() == [0.25] * 400


def test_where_one_does_the_model_is_a_card() -> None:
    X, y = pd.DataFrame({"late": [0.0, 0.0, 1.0, 1.0] * 100}), np.array([0, 0, 1, 0] * 100)
    y[:4] = [1, 0, 1, 0]  # both classes on both sides
    assert isinstance(card_builder(STUDY)(X, y), Scorecard)


def built_with(**design):
    """A card in which `shadow`, kept by name, has the wrong sign beside `a`."""
    draw = np.random.default_rng(0)
    X = pd.DataFrame({"a": draw.normal(size=5000)})
    X["shadow"] = X["a"] + 0.9 * draw.normal(size=5000)
    y = (draw.random(5000) < 1 / (1 + np.exp(1 - 2 * X["a"] + 0.6 * X["shadow"]))).astype(int).to_numpy()
    return X, y, card_builder(STUDY, CardDesign(**design))(X, y)


def test_a_feature_kept_by_name_has_the_right_sign_or_no_place_in_a_card_built_again_as_in_the_champion() -> None:
    X, y, card = built_with(keep=["shadow"])
    champion = fit_card(STUDY, declared_binning(STUDY, X).fit(X, y), X, y)
    assert list(card.points_) == list(champion.points_) == ["a"]
    assert card.points(X).tolist() == champion.points(X).tolist()
    assert champion.signs_.pressed == ["shadow"]


def test_a_card_is_on_the_scale_of_its_study() -> None:
    _, _, card = built_with()
    assert (card.pdo, card.base_score, card.base_odds) == (STUDY.scaling.pdo, STUDY.scaling.base_score, 50)


@pytest.mark.parametrize("plain", [False, True])
def test_bins_fixed_by_hand_are_taken_as_given_and_counted_anew(plain: bool) -> None:
    X, y = pd.DataFrame({"late": np.tile(np.arange(4.0), 100)}), np.tile([0, 0, 0, 1, 0, 0, 1, 0], 50)
    whole = declared_binning(STUDY, X).fit(X, y)
    whole.set_cuts("late", [1, 3], reason="as the policy has it", who="Ada")
    design = CardDesign(edits=whole.edits_)
    build = card_builder(STUDY, CardDesign.model_validate(json.loads(json.dumps(design.plain()))) if plain else design)
    part = build(X[:200], y[:200]).binning_.features_["late"]
    assert part.coding.edges.tolist() == [1, 3]
    assert part.cases.tolist() == [50, 100, 50, 0]


def test_a_design_is_settled_by_what_the_funnel_and_the_edits_say_and_travels_as_plain_data() -> None:
    X, y = pd.DataFrame({"late": np.tile(np.arange(4.0), 100), "empty": np.nan}), np.tile([0, 0, 0, 1, 0, 0, 1, 0], 50)
    design = CardDesign(max_bins=3, keep=["late"])
    binning = design.binning(STUDY, X).fit(X, y)
    assert binning.max_bins == 3
    binning.set_cuts("late", [1, 3], reason="as the policy has it", who="Ada")
    settled = design.settled(select(X, y, binning, STUDY.limits, keep=design.keep), binning)
    assert (settled.left_out, settled.edits) == (("empty",), tuple(binning.edits_))
    assert CardDesign.model_validate(json.loads(json.dumps(settled.plain()))) == settled


def test_a_design_of_unknown_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="max_bin\n"):
        CardDesign(max_bin=3)
