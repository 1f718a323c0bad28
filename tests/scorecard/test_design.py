"""A card built as its study wants it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.scorecard import Scorecard
from riskbench.scorecard.design import card_builder, design_binning

STUDY = load_study(Path(__file__).parents[2] / "data" / "taiwan" / "study.toml")


def test_where_no_feature_earns_a_place_the_model_is_the_bad_rate_alone() -> None:
    X, y = pd.DataFrame({"noise": [0.0, 1.0] * 200}), np.repeat([0, 1, 0, 0], 100)
    assert card_builder(STUDY)(X, y).predict_proba(X)[:, 1].tolist() == [0.25] * 400


def test_where_one_does_the_model_is_a_card() -> None:
    X, y = pd.DataFrame({"late": [0.0, 0.0, 1.0, 1.0] * 100}), np.array([0, 0, 1, 0] * 100)
    y[:4] = [1, 0, 1, 0]  # both classes on both sides
    assert isinstance(card_builder(STUDY)(X, y), Scorecard)


@pytest.mark.parametrize("plain", [False, True])
def test_bins_fixed_by_hand_are_taken_as_given_and_counted_anew(plain: bool) -> None:
    X, y = pd.DataFrame({"late": np.tile(np.arange(4.0), 100)}), np.tile([0, 0, 0, 1, 0, 0, 1, 0], 50)
    whole = design_binning(STUDY, X).fit(X, y)
    whole.set_cuts("late", [1, 3], reason="as the policy has it", who="Ada")
    build = card_builder(STUDY, edits=[edit.plain() for edit in whole.edits_] if plain else whole.edits_)
    part = build(X[:200], y[:200]).binning_.features_["late"]
    assert part.coding.edges.tolist() == [1, 3]
    assert part.cases.tolist() == [50, 100, 50, 0]
